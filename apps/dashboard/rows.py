"""Addresses of the rows behind a number: the deal list with the filters that the number has."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.kpis.choices import ScopeKind


class Rows:
    """Links of one scope; a person filters by owner, a node by team, the company not at all."""

    def __init__(self, kind: str, scope_id: int) -> None:
        self.scope: dict[str, Any] = {}
        self.place = {"person" if kind == ScopeKind.PERSON else "team": scope_id}
        if kind == ScopeKind.PERSON:
            self.scope = {"owner": scope_id}
        elif kind != ScopeKind.COMPANY:
            self.scope = {"team": scope_id}

    def deals(self, **filters: Any) -> str:
        return f"{reverse('deals:deal_list')}?{urlencode(self.scope | filters)}"

    def closed(self, outcome: str, start: date, end: date) -> str:
        """Deals closed within the half-open period; the list takes its last day."""
        last = end - timedelta(days=1)
        return self.deals(
            outcome=outcome, closed_from=start.isoformat(), closed_to=last.isoformat()
        )

    def debtors(self, **filters: Any) -> str:
        return f"{reverse('deals:debtor_list')}?{urlencode(self.scope | filters)}"

    def late_tasks(self) -> str:
        """Tasks of a person whose term has passed; "" for a node, which the list cannot name."""
        if "owner" not in self.scope:
            return ""
        chosen = {"whose": "team", "state": "overdue", "assignee": self.scope["owner"]}
        return f"{reverse('tasks:task_list')}?{urlencode(chosen)}"

    def receivables(self, **filters: Any) -> str:
        return f"{reverse('deals:receivables')}?{urlencode(self.scope | filters)}"

    def gap(self, month: date) -> str:
        """Why the month's revenue is off its plan."""
        return f"{reverse('kpis:gap')}?{urlencode(self.place | {'month': f'{month:%Y-%m}'})}"
