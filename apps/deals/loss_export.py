"""The matrix of losses as a file: unfolded to stage × reason × competitor."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.deals.losses import SUMS, Losses
from apps.deals.models import RefusalReason


def export_rows(losses: Losses) -> Iterator[list[Any]]:
    """The matrix unfolded: a row per stage, reason and competitor, the dearest first."""
    rows = losses.lost.values("closed_from", "refusal_reason", "competitor__name").annotate(**SUMS)
    for row in rows.order_by("-money", "-n", "closed_from", "refusal_reason", "competitor__name"):
        reason = losses.reasons[row["refusal_reason"]]
        stage = losses.stages.get(row["closed_from"])
        branch = losses.reasons[reason.parent_id] if reason.parent_id else reason
        yield [
            stage.pipeline.name if stage else "",
            stage.name if stage else _("stage not known"),
            branch.name,
            reason.name,
            influence_of(reason),
            row["competitor__name"] or "",
            row["n"],
            row["money"],
            row["unpriced"],
        ]


def influence_of(reason: RefusalReason) -> str:
    if reason.is_system:
        return ""
    return _("yes") if reason.is_controllable else _("no")


def export_headings() -> list[str]:
    return [
        _("Pipeline"),
        _("Lost at the stage"),
        _("Branch"),
        _("Refusal reason"),
        _("We can influence the reason"),
        _("Competitor"),
        _("Deals"),
        _("Amount in the company's currency"),
        _("Of them without an amount"),
    ]
