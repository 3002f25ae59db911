"""What a person has accrued this month, as the night counted it: one statement of SQL."""

from typing import Any

from apps.bonuses.models import Statement
from apps.core.access import allowed
from apps.core.periods import add_months


def accrued_of(person: Any, today: Any) -> Statement | None:
    """The statement of the current month; in its first days, before a night, that of the last one."""
    if not allowed(person, "bonuses.view_statement"):
        return None
    month = today.replace(day=1)
    rows = Statement.objects.filter(person=person, month__in=[month, add_months(month, -1)])
    return rows.select_related("scheme_version").order_by("-month").first()
