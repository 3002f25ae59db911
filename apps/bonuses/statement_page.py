"""The page of a statement: total, how it came about, the scale, lines, questions, the months before."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator

from apps.bonuses import rules, words
from apps.bonuses.choices import LineKind
from apps.bonuses.models import Statement, StatementLine
from apps.bonuses.picture import picture_of
from apps.bonuses.words import line_words

LINES = 100
MONTHS = 13
WITH = ("deal__client", "allocation__receipt", "correction", "original__statement")


def read_statement(statement: Statement, viewer: Any, page: Any, today: Any) -> dict[str, Any]:
    """The context of the page; a fixed number of statements."""
    version = statement.scheme_version
    lines = Paginator(statement.lines.in_order().select_related(*WITH), LINES).get_page(page)
    disputes = list(statement.disputes.select_related("line"))
    asked = {dispute.line_id: dispute for dispute in disputes}
    return {
        "statement": statement,
        "version": version,
        "rules": words.rules_of(version) if version else [],
        "story": words.story_of(statement),
        "picture": picture_of(statement),
        "next_step": words.next_words(statement),
        "page": lines,
        "rows": [row_of(line, statement, asked) for line in lines],
        "held": [row_of(line, statement, asked) for line in lines if line.kind in HELD],
        "disputes": disputes,
        "history": list(history_of(statement, viewer)),
        "can_approve": rules.can_approve(statement, by=viewer, today=today),
        "can_dispute": rules.can_dispute(statement, by=viewer),
    }


HELD = (LineKind.CAP, LineKind.OVERDUE, LineKind.HYGIENE)


def row_of(line: StatementLine, statement: Statement, asked: dict[Any, Any]) -> dict[str, Any]:
    return {"line": line, "words": line_words(line, statement), "dispute": asked.get(line.pk)}


def history_of(statement: Statement, viewer: Any) -> Any:
    """The person's other months that the viewer may see, newest first."""
    rows = Statement.objects.visible_to(viewer).filter(person=statement.person_id)
    return rows.order_by("-month")[:MONTHS]
