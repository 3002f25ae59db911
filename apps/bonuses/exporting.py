"""Statements as tables for spreadsheets, with the kopecks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.bonuses.choices import StatementStatus
from apps.bonuses.models import Statement
from apps.bonuses.statement_page import WITH, named
from apps.bonuses.words import line_words


def statement_headings() -> list[str]:
    return [
        _("Why"),
        _("Deal"),
        _("Client"),
        _("Payment of"),
        _("Base"),
        _("Amount"),
        _("Left after cap and gates"),
        _("In words"),
    ]


def statement_rows(statement: Statement, viewer: Any) -> Iterator[list[Any]]:
    """A line each, the total last."""
    for line in statement.lines.in_order().select_related(*WITH):
        title, client = named(line, viewer)
        allocation = line.allocation
        yield [
            line.get_kind_display(),
            title,
            client,
            allocation.receipt.received_on if allocation else None,
            line.base,
            line.amount,
            line.kept,
            line_words(line, statement),
        ]
    yield [_("Total"), "", "", None, statement.base, statement.total, None, ""]


def payroll_headings() -> list[str]:
    return [_("Person"), _("Personnel code"), _("Team"), _("Month"), _("Bonus"), _("State")]


def payroll_rows(viewer: Any, month: date) -> Iterable[list[Any]]:
    """What was approved for `month`, nothing else: people by name."""
    rows = Statement.objects.visible_to(viewer).locked().filter(month=month)
    rows = rows.select_related("person", "node").order_by("person__name_key", "pk")
    return (
        [
            row.person.get_full_name(),
            row.person.external_id,
            row.node.name if row.node else "",
            f"{row.month:%Y-%m}",
            row.total,
            StatementStatus(row.status).label,
        ]
        for row in rows
    )
