"""What the access log shows at first: one look of the administrator, and who fetched tables."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.urls import reverse

from apps.core.models import ExportRecord
from apps.dashboard.sample.days import ZONE, Span
from apps.dashboard.sample.people import Staff
from apps.deals.models import Deal
from apps.staff.choices import Role
from apps.staff.models import DataReading, PageRead

READ = 3
REASON = "РОП просил найти сделки, которых не видно после слияния двух клиентов"
# Who, what, how many days ago.
EXPORTS = (
    (Role.HEAD, "deals:deal_export", (), 1),
    (Role.LEAD, "clients:client_export", ("xlsx",), 2),
    (Role.HEAD, "clients:client_export", ("csv",), 6),
)


def make_access_log(span: Span, staff: Staff) -> None:
    """The look was four days ago and took twenty minutes."""
    began = at(span, 4, time(16, 5))
    reading = DataReading.objects.create(
        admin_id=staff.one(Role.ADMIN).id,
        reason=REASON,
        opened_at=began,
        until=began + timedelta(minutes=30),
        closed_at=began + timedelta(minutes=20),
    )
    deals = Deal.objects.order_by("pk").values_list("pk", flat=True)[:READ]
    PageRead.objects.bulk_create(
        PageRead(
            reading=reading,
            path=reverse("deals:deal", args=[deal]),
            at=began + timedelta(minutes=3 * number),
        )
        for number, deal in enumerate(deals, start=1)
    )
    ExportRecord.objects.bulk_create(
        ExportRecord(
            user_id=staff.one(role).id,
            what=what,
            path=reverse(what, args=arguments),
            at=at(span, days, time(10, 40)),
        )
        for role, what, arguments, days in EXPORTS
    )


def at(span: Span, days: int, clock: time) -> datetime:
    """`clock` on the working day `days` working days ago."""
    return datetime.combine(span.lived[-days], clock, ZONE)
