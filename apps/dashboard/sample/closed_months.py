"""The months that the head of the sample department has closed by now."""

from __future__ import annotations

from datetime import date

from apps.core.periods import add_months, month_of
from apps.kpis.actions.months import close_month
from apps.staff.choices import Role
from apps.staff.models import User

# Last month is still talked about: what is open about it stands on its page.
LEFT_OPEN = 1


def close_history(today: date) -> None:
    """Close what is longer over than last month: after a night, which counts a month before it closes."""
    head = User.objects.working().filter(role=Role.HEAD).order_by("pk").first()
    if head is not None:
        close_month(add_months(month_of(today).start, -1 - LEFT_OPEN), by=head)
