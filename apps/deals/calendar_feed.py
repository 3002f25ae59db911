"""Next steps of a person's deals in his own calendar."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.calendar_feeds import Entry
from apps.core.calendars import company_zone, moments_of
from apps.core.periods import Period
from apps.deals.models import Deal

MOST = 1000


def entries_of(person: Any, period: Period) -> Iterator[Entry]:
    """The planned step of each open deal that he owns, at its hour."""
    zone = person.zone or company_zone()
    begun, ended = moments_of(period, zone)
    rows = Deal.objects.visible_to(person).open().filter(owner=person)
    rows = rows.filter(next_step_at__gte=begun, next_step_at__lt=ended).select_related("client")
    for deal in rows.order_by("next_step_at", "pk")[:MOST]:
        yield Entry(
            uid=f"deal-step-{deal.pk}",
            title=f"{deal.next_step or _('Next step')}: {deal.client}",
            on=deal.next_step_at.astimezone(zone),
            changed_at=deal.stage_since,
            version=deal.version,
            text=deal.title,
            url=reverse("deals:deal", args=[deal.pk]),
        )
