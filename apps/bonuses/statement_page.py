"""The page of a statement: total, how it came about, the scale, lines, questions, the months before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Sum
from django.utils.translation import gettext as _

from apps.bonuses import rules, words
from apps.bonuses.models import Statement, StatementLine
from apps.bonuses.picture import picture_of
from apps.bonuses.words import line_words
from apps.core.access import allowed
from apps.deals.models import Deal
from apps.staff.choices import Role

LINES = 100
MONTHS = 13
WITH = ("deal__client", "allocation__receipt", "correction", "original__statement")


def read_statement(statement: Statement, viewer: Any, page: Any, today: Any) -> dict[str, Any]:
    """The context of the page; a fixed number of statements."""
    version = statement.scheme_version
    lines = Paginator(statement.lines.in_order().select_related(*WITH), LINES).get_page(page)
    kinds = statement.lines.values_list("kind").order_by()
    amounts = dict(kinds.annotate(Sum("amount")))
    disputes = list(statement.disputes.select_related("line"))
    asked = {dispute.line_id: dispute for dispute in disputes}
    rows = rows_of(lines, statement, viewer, asked)
    return {
        "statement": statement,
        "version": version,
        "rules": words.rules_of(version) if version else [],
        "story": words.story_of(statement),
        "sums": words.sums_of(statement, amounts),
        "picture": picture_of(statement),
        "next_step": words.next_words(statement),
        "page": lines,
        "rows": rows,
        "held": [row for row in rows if row.line.kind in words.HELD],
        "disputes": disputes,
        "history": list(history_of(statement, viewer)),
        "can_approve": rules.can_approve(statement, by=viewer, today=today),
        "can_dispute": rules.can_dispute(statement, by=viewer),
    }


@dataclass(frozen=True)
class Row:
    """A line for the page. `title` names its deal as far as the viewer may know it; `is_linked`: he
    sees the deal itself; a deal may have gone to another owner since."""

    line: StatementLine
    words: str
    title: str
    client: str
    is_linked: bool
    dispute: Any = None


def rows_of(
    lines: Iterable[StatementLine], statement: Statement, viewer: Any, asked: dict[Any, Any]
) -> list[Row]:
    """One statement for all lines."""
    lines = list(lines)
    deals = {line.deal_id for line in lines if line.deal_id}
    seen: set[int] = set()
    if deals and allowed(viewer, "deals.view_deal"):
        visible = Deal.objects.visible_to(viewer).filter(pk__in=deals)
        seen = set(visible.values_list("pk", flat=True))
    return [
        Row(
            line,
            line_words(line, statement),
            *named(line, viewer),
            line.deal_id in seen,
            asked.get(line.pk),
        )
        for line in lines
    ]


def named(line: StatementLine, viewer: Any) -> tuple[str, str]:
    """The deal and its client; for HR, which sees people and no deals, the number of the deal alone."""
    deal = line.deal
    if deal is None:
        return "", ""
    if viewer.role == Role.HR:
        return _("Deal %(number)s") % {"number": deal.pk}, ""
    return deal.title, deal.client.name if deal.client else ""


def history_of(statement: Statement, viewer: Any) -> Any:
    """The person's other months that the viewer may see, newest first."""
    rows = Statement.objects.visible_to(viewer).filter(person=statement.person_id)
    return rows.order_by("-month")[:MONTHS]
