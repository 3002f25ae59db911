"""Product lines and shares."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.deals.actions import Line, set_lines, set_splits
from tests.deals.test_deals import code_of, won
from tests.factories.deals import ProductFactory

pytestmark = pytest.mark.django_db


def line(**fields):
    values = {
        "product": ProductFactory(),
        "quantity": Decimal(2),
        "list_price": Decimal("1000.00"),
        "sold_price": Decimal("900.00"),
    }
    return Line(**{**values, **fields})


def test_lines_are_replaced_and_the_amount_may_follow(deal, seller):
    set_lines(deal, by=seller, lines=[line(), line()])

    changed = set_lines(deal, by=seller, lines=[line(quantity=Decimal("1.5"))], follow_amount=True)

    assert deal.lines.count() == 1
    # 1.5 × 900.
    assert (changed.amount, changed.amount_base) == (Decimal("1350.00"), Decimal("1350.00"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sold_price": Decimal("1000.01")}, "over_list"),
        ({"quantity": Decimal(0)}, "not_positive"),
        ({"sold_price": Decimal("-1.00")}, "not_positive"),
    ],
)
def test_a_line_without_sense_leaves_the_others_as_they_are(deal, seller, fields, code):
    """T67: a negative discount among them"""
    set_lines(deal, by=seller, lines=[line()])

    with pytest.raises(ValidationError) as error:
        set_lines(deal, by=seller, lines=[line(**fields)])

    assert code_of(error) == code
    assert deal.lines.get().sold_price == Decimal("900.00")


def test_shares_make_exactly_one(deal, seller, colleague):
    """T67"""
    for shares in (
        {seller: Decimal("0.6"), colleague: Decimal("0.41")},
        {seller: Decimal("0.9999")},
    ):
        with pytest.raises(ValidationError) as error:
            set_splits(deal, by=seller, shares=shares)
        assert code_of(error) == "not_whole"

    set_splits(deal, by=seller, shares={seller: Decimal("0.6667"), colleague: Decimal("0.3333")})

    assert dict(deal.splits.values_list("user", "share")) == {
        seller.pk: Decimal("0.6667"),
        colleague.pk: Decimal("0.3333"),
    }


def test_a_negative_share_does_not_balance_another(deal, seller, colleague):
    """T67"""
    with pytest.raises(ValidationError):
        set_splits(deal, by=seller, shares={seller: Decimal("1.5"), colleague: Decimal("-0.5")})

    assert not deal.splits.exists()


def test_shares_of_a_won_deal_are_moved_by_those_who_lead(deal, seller, colleague, lead, stages):
    deal = won(deal, stages)

    with pytest.raises(PermissionDenied):
        set_splits(deal, by=seller, shares={seller: Decimal(1)})
    set_splits(deal, by=lead, shares={colleague: Decimal(1)})

    assert deal.splits.get().user == colleague
