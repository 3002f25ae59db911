"""Who hears of a request to open a closed month, and of the answer."""

from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.notifying import notify
from apps.core.periods import month_of
from apps.kpis.models import ReopenRequest
from apps.staff.choices import Role
from apps.staff.models import User

KIND = "kpis.month"


def tell_deciders(request: ReopenRequest) -> None:
    _tell(
        User.objects.filter(role=Role.DIRECTOR).exclude(pk=request.asked_by_id),
        _("{name} asks to open {month} again"),
        request,
        "asked",
        name=request.asked_by.get_full_name(),
    )


def tell_decision(request: ReopenRequest) -> None:
    answer = _("{month} is open again") if request.is_approved else _("{month} stays closed")
    _tell([request.asked_by], answer, request, "decided")


def _tell(people: Any, text: Any, request: ReopenRequest, step: str, **values: Any) -> None:
    month = format_lazy("{}", _Month(request))
    notify(
        people,
        kind=KIND,
        title=format_lazy(text, month=month, **values),
        body=request.reason,
        url=reverse("kpis:month", args=[request.month.year, request.month.month]),
        dedupe_key=f"month-{step}-{request.pk}",
    )


class _Month:
    """The name of the month in the language of whoever reads it."""

    def __init__(self, request: ReopenRequest) -> None:
        self.period = month_of(request.month)

    def __str__(self) -> str:
        return self.period.label
