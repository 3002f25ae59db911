"""What is still open about a month before it is closed; rooms above add their own questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import moments_of
from apps.core.periods import Period
from apps.deals.choices import Outcome
from apps.deals.models import Deal
from apps.deals.models.bank import BankPayment
from apps.tasks.models import Task


@dataclass(frozen=True)
class Found:
    """How many rows are open, their sum in the company's currency where they have one, the page."""

    count: int
    url: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Check:
    """`find(month, viewer)` looks at the rows that the viewer sees; `label` is lazy."""

    code: str
    label: Any
    find: Callable[[Period, Any], Found]


_checks: dict[str, Check] = {}


def add_check(check: Check) -> None:
    """Ask it before every closing; one of the same code replaces it."""
    _checks[check.code] = check


def open_questions(month: Period, viewer: Any) -> list[tuple[Check, Found]]:
    return [(check, check.find(month, viewer)) for check in _checks.values()]


def register() -> None:
    add_check(Check("open_deals", _("Open deals expected to close in the month"), expected_deals))
    add_check(Check("unplanned", _("Won deals without a schedule of payments"), unplanned_deals))
    add_check(Check("tasks", _("Tasks of the month that are not done"), open_tasks))
    add_check(Check("bank", _("Bank payments that are not booked"), unbooked_payments))


def expected_deals(month: Period, viewer: Any) -> Found:
    days = {"expected_from": month.start.isoformat(), "expected_to": month.last_day.isoformat()}
    deals = (
        Deal.objects.visible_to(viewer)
        .kept()
        .filter(
            outcome=Outcome.OPEN,
            expected_close_on__gte=month.start,
            expected_close_on__lt=month.end,
        )
    )
    return _found(deals, f"{reverse('deals:deal_list')}?{urlencode({'outcome': 'open', **days})}")


def unplanned_deals(month: Period, viewer: Any) -> Found:
    deals = (
        Deal.objects.visible_to(viewer)
        .kept()
        .filter(
            outcome=Outcome.WON,
            amount__gt=0,
            schedule=None,
            closed_on__gte=month.start,
            closed_on__lt=month.end,
        )
    )
    return _found(deals, reverse("deals:debtors_unplanned"))


def _found(deals: Any, url: str) -> Found:
    sums = deals.order_by().aggregate(count=Count("pk"), amount=Sum("amount_base"))
    return Found(sums["count"], url, sums["amount"])


def open_tasks(month: Period, viewer: Any) -> Found:
    first, end = moments_of(month)
    tasks = Task.objects.visible_to(viewer).open().filter(due_at__gte=first, due_at__lt=end)
    return Found(tasks.count(), f"{reverse('tasks:task_list')}?whose=team&state=overdue")


def unbooked_payments(month: Period, viewer: Any) -> Found:
    waiting = (
        BankPayment.objects.visible_to(viewer)
        .waiting()
        .filter(received_on__gte=month.start, received_on__lt=month.end)
    )
    return Found(waiting.count(), reverse("deals:bank_statement_list"))
