"""What is in a deal: product lines and the shares of its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.numerals import percent
from apps.deals import rules
from apps.deals.actions.deals import change_deal
from apps.deals.actions.locks import lock_deal, save_deal
from apps.deals.calculations import LineMoney, lines_total
from apps.deals.models import Deal, DealLine, DealSplit, Product
from apps.staff.models import User

WHOLE = Decimal(1)


@dataclass(frozen=True)
class Line:
    """A product line as a person fills it in; money per unit in the deal's currency."""

    product: Product
    quantity: Decimal
    list_price: Decimal
    sold_price: Decimal
    vat_rate: Decimal = Decimal(0)
    cost: Decimal | None = None


@transaction.atomic
def set_lines(
    deal: Deal,
    *,
    by: User,
    lines: Sequence[Line],
    expected_version: int | None = None,
    follow_amount: bool = False,
) -> Deal:
    """Replace the lines; with `follow_amount` their total becomes the amount of the deal.

    Raises ValidationError "over_list" for a price above the list price (a negative discount).
    """
    deal = save_deal(lock_deal(deal, by=by), expected_version=expected_version)
    rows = [DealLine(deal=deal, **vars(line)) for line in lines]
    for row in rows:
        check_line(row)
    deal.lines.all().delete()
    DealLine.objects.bulk_create(rows)
    if follow_amount and rows:
        deal = change_deal(deal, by=by, amount=lines_total(map(money_of, rows)))
    return deal


def check_line(row: DealLine) -> None:
    row.clean_fields(exclude=["deal", "product"])
    if row.sold_price < 0 or row.quantity <= 0 or row.list_price < 0:
        raise ValidationError(_("Quantity and prices are positive."), code="not_positive")
    if row.sold_price > row.list_price:
        raise ValidationError(
            _("%(product)s: the price is above the list price."),
            code="over_list",
            params={"product": row.product},
        )


def money_of(line: Any) -> LineMoney:
    return LineMoney(line.quantity, line.list_price, line.sold_price, line.cost)


@transaction.atomic
def set_splits(
    deal: Deal, *, by: User, shares: Mapping[User, Decimal], expected_version: int | None = None
) -> Deal:
    """Share the amount among people; no shares give the owner everything.

    Raises ValidationError "not_whole" unless the shares make exactly 1, and PermissionDenied for a
    won deal of one's own (rules.can_split).
    """
    deal = lock_deal(deal, by=by)
    if not rules.can_split(deal, by=by):
        raise PermissionDenied
    if shares and sum(shares.values()) != WHOLE:
        raise ValidationError(
            _("The shares make %(sum)s, not 100%%."),
            code="not_whole",
            params={"sum": percent(sum(shares.values()), 2)},
        )
    deal = save_deal(deal, expected_version=expected_version)
    rows = [DealSplit(deal=deal, user=user, share=share) for user, share in shares.items()]
    for row in rows:
        check_share(row)
    deal.splits.all().delete()
    DealSplit.objects.bulk_create(rows)
    return deal


def check_share(row: DealSplit) -> None:
    row.clean_fields(exclude=["deal", "user"])
    if row.share <= 0:
        raise ValidationError(_("A share is above zero."), code="not_positive")
