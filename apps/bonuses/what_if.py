"""What one more deal would change: counted on the spot from the night's statement, saved nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.bonuses.calculations import Standing, accrue, difference
from apps.bonuses.models import Statement
from apps.bonuses.reading.items import net_shares
from apps.bonuses.reading.terms import terms_of
from apps.core.money import round_money, split_exactly
from apps.deals.models import Deal


@dataclass(frozen=True)
class Effect:
    """`more` money for `base` more; `total` of the month before corrections; `is_higher`: a new step."""

    base: Decimal
    more: Decimal
    total: Decimal
    is_higher: bool


def standing_of(statement: Statement) -> Standing:
    return Standing(
        statement.base, statement.plan, statement.overdue_share, statement.hygiene_share
    )


def effect_of(statement: Statement, base: Decimal) -> Effect | None:
    """What `base` more in the month would bring; None without a scheme."""
    if statement.scheme_version is None:
        return None
    terms, standing = terms_of(statement.scheme_version), standing_of(statement)
    then, is_higher = difference(terms, standing, base)
    return Effect(base, then.total - accrue(terms, standing).total, then.total, is_higher)


def part_of(deal: Deal, person_id: int, *, with_vat: bool) -> Decimal:
    """The person's part of the deal, in the company's currency; 0 while it has no amount."""
    amount = deal.amount_base or Decimal(0)
    splits = list(deal.splits.order_by("pk"))
    if splits:
        parts = split_exactly(amount, [row.share for row in splits])
        mine = [part for row, part in zip(splits, parts, strict=True) if row.user_id == person_id]
        amount = sum(mine, Decimal(0))
    elif deal.owner_id != person_id:
        amount = Decimal(0)
    if with_vat:
        return amount
    return round_money(amount * net_shares([deal.pk]).get(deal.pk, Decimal(1)))


def effect_of_deal(statement: Statement, deal: Deal) -> Effect | None:
    version = statement.scheme_version
    if version is None:
        return None
    return effect_of(statement, part_of(deal, statement.person_id, with_vat=version.with_vat))


def current_statement(person_id: int, viewer: Any) -> Statement | None:
    """The newest open month of the person, if `viewer` may see it; with its scheme and steps."""
    rows = Statement.objects.visible_to(viewer).open().filter(person=person_id)
    rows = rows.select_related("scheme_version").prefetch_related("scheme_version__tiers")
    return rows.order_by("-month").first()
