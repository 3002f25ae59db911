"""Which debts a payment pays, worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deals.bank.matching import Debt, after, numbers_in, propose
from apps.deals.choices import MatchReason, PaymentState

FIRST = Debt(1, 10, Decimal("300"), frozenset({"10", "a-7"}))
SECOND = Debt(2, 10, Decimal("500"), frozenset({"10"}))
THIRD = Debt(3, 11, Decimal("500"), frozenset({"11"}))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Оплата по счету № 0042 от 12.11.2026", {"42"}),
        ("опл. по сч. 42/1", {"42/1"}),
        ("по договору №А-7, в т.ч. НДС 20 %", {"а-7"}),
        ("Сделка 4218", {"4218"}),
        ("за товар, сумма 300-00", set()),
        ("", set()),
    ],
)
def test_numbers_of_bills_are_found_in_a_purpose(text, numbers):
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("amount", "purpose", "debts", "state", "reason", "parts"),
    [
        # the number of the deal, its debts the oldest first
        ("600", "сделка 10", [FIRST, SECOND, THIRD], "sure", "number", [(1, 300), (2, 300)]),
        # the only debt of this sum
        ("300", "", [FIRST, SECOND], "sure", "amount", [(1, 300)]),
        # two debts of this sum
        ("500", "", [FIRST, SECOND, THIRD], "doubtful", "several_equal", [(2, 500)]),
        # ... of which the purpose names one
        ("500", "сделка 11", [FIRST, SECOND, THIRD], "sure", "number", [(3, 500)]),
        # everything at once
        ("1300", "", [FIRST, SECOND, THIRD], "sure", "all_debts", [(1, 300), (2, 500), (3, 500)]),
        # a sum of no debt
        ("700", "", [FIRST, SECOND], "doubtful", "amount_differs", [(1, 300), (2, 400)]),
        # more than what was named: the rest would be an advance
        (
            "900",
            "сделка 10",
            [FIRST, SECOND, THIRD],
            "doubtful",
            "more_than_named",
            [(1, 300), (2, 500)],
        ),
        ("400", "№ 10 и № 11", [FIRST, THIRD], "doubtful", "several_deals", [(1, 300), (3, 100)]),
        ("400", "сделка 10", [], "doubtful", "no_debts", []),
    ],
)
def test_what_a_payment_pays(amount, purpose, debts, state, reason, parts):
    found = propose(Decimal(amount), purpose, debts)

    assert (found.state, found.reason) == (PaymentState(state), MatchReason(reason))
    assert list(found.parts) == [(pk, Decimal(part)) for pk, part in parts]


def test_a_sure_payment_leaves_less_to_the_next_one():
    paid = propose(Decimal("600"), "сделка 10", [FIRST, SECOND])

    assert [(debt.pk, debt.left) for debt in after(paid, [FIRST, SECOND])] == [(2, Decimal("200"))]


def test_a_doubtful_payment_leaves_the_debts_as_they_are():
    doubtful = propose(Decimal("700"), "", [FIRST, SECOND])

    assert after(doubtful, [FIRST, SECOND]) == [FIRST, SECOND]


money = st.decimals("0.01", "100000", places=2)


@given(money, st.lists(money, max_size=6))
def test_parts_never_exceed_the_payment_or_a_debt(amount, lefts):
    debts = [Debt(pk, pk % 2, left) for pk, left in enumerate(lefts)]

    found = propose(amount, "", debts)

    assert sum(part for _pk, part in found.parts) <= amount
    assert all(0 < part <= debts[pk].left for pk, part in found.parts)
    if found.state == PaymentState.SURE:
        assert sum(part for _pk, part in found.parts) == amount
