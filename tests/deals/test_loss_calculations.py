"""The worked examples of apps/deals/FORMULAS.md, and what must hold for any numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deals.loss_calculations import (
    Agreement,
    Lost,
    agreements,
    matrix_of,
    pareto,
    recoverable,
)
from apps.deals.trust_calculations import (
    Wins,
    tenth_of,
    trust_index,
    trust_label,
    truth_of,
)

QUOTE, CONTRACT = 1, 2
PRICE, TERMS, NO_BUDGET = 11, 12, 13


def lost(count, amount, unpriced=0):
    return Lost(count, Decimal(amount), unpriced)


def test_matrix_adds_up_by_reason_and_stage():
    made = matrix_of(
        [
            (QUOTE, PRICE, lost(2, 300)),
            (QUOTE, NO_BUDGET, lost(1, 0, 1)),
            (CONTRACT, PRICE, lost(1, 500)),
            (None, TERMS, lost(1, 40)),
        ]
    )

    assert made.by_reason == {PRICE: lost(3, 800), NO_BUDGET: lost(1, 0, 1), TERMS: lost(1, 40)}
    assert made.by_stage == {QUOTE: lost(3, 300, 1), CONTRACT: lost(1, 500), None: lost(1, 40)}
    assert made.total == lost(5, 840, 1)


AMOUNTS = st.integers(0, 10**11).map(lambda cents: Decimal(cents) / 100)
ROWS = st.lists(
    st.tuples(
        st.sampled_from([QUOTE, CONTRACT, None]),
        st.sampled_from([PRICE, TERMS, NO_BUDGET]),
        st.builds(Lost, st.integers(1, 9), AMOUNTS, st.integers(0, 1)),
    ),
    max_size=20,
)


@given(ROWS)
def test_cells_rows_and_columns_add_up_to_the_same_total(rows):
    made = matrix_of(rows)

    def added(sums):
        return sum(sums, Lost())

    assert added(made.cells.values()) == made.total
    assert added(made.by_reason.values()) == made.total
    assert added(made.by_stage.values()) == made.total
    assert made.total == added(one for _stage, _reason, one in rows)


def test_pareto_in_roubles():
    bars = pareto({PRICE: lost(3, 600), TERMS: lost(1, 300), NO_BUDGET: lost(5, 100)})

    assert [bar.key for bar in bars] == [PRICE, TERMS, NO_BUDGET]
    assert [bar.share for bar in bars] == [Decimal("0.6"), Decimal("0.3"), Decimal("0.1")]
    assert [bar.cumulative for bar in bars] == [Decimal("0.6"), Decimal("0.9"), Decimal(1)]
    assert [bar.of_longest for bar in bars] == [Decimal(1), Decimal("0.5"), Decimal(100) / 600]


def test_pareto_of_deals_without_amounts_has_no_shares():
    (bar,) = pareto({PRICE: lost(2, 0, 2)})

    assert (bar.share, bar.cumulative, bar.of_longest) == (None, None, 0)
    assert pareto({}) == []


def test_recoverable_leaves_out_what_nobody_stated():
    part = recoverable(
        [(True, lost(6, 600)), (False, lost(4, 200)), (None, lost(90, 9000)), (True, lost(2, 0, 2))]
    )

    assert (part.ours, part.stated) == (lost(8, 600, 2), lost(12, 800, 2))
    assert part.of_amount == Decimal("0.75")
    assert part.of_count == Decimal(8) / 12


def test_recoverable_of_nothing():
    part = recoverable([(None, lost(1, 10))])

    assert (part.of_amount, part.of_count) == (None, None)


def test_agreement_by_stated_reason():
    by_reason = agreements({(PRICE, PRICE): 6, (PRICE, TERMS): 2, (TERMS, PRICE): 1})

    assert by_reason == {PRICE: Agreement(6, 8), TERMS: Agreement(0, 1)}
    assert by_reason[PRICE].share == 0.75
    assert Agreement(0, 0).share is None


# --- Trust ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "due", "index", "tenth"),
    [
        (45, 75, 60, 6),
        (0, 75, 0, 0),
        (75, 75, 100, 9),
        (1, 3, 33, 3),
        (2, 3, 67, 6),
        # 69.5 rounds up to 70, and still stands in the tenth 60–69.
        (139, 200, 70, 6),
    ],
)
def test_trust_index(done, due, index, tenth):
    assert (trust_index(done, due), tenth_of(done, due)) == (index, tenth)


def test_nothing_due_no_index():
    assert trust_index(0, 0) is None


def test_labels_cover_the_scale():
    assert [trust_label(tenth) for tenth in (0, 3, 9)] == ["0–9", "30–39", "90–100"]


def test_a_rate_over_nine_deals_is_not_told():
    assert (Wins(5, 9).rate, Wins(5, 9).interval) == (None, None)
    assert Wins(5, 10).rate == 0.5


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (Wins(10, 100), Wins(40, 100), "yes"),
        (Wins(40, 100), Wins(10, 100), "no"),
        (Wins(3, 10), Wins(5, 10), "unsure"),
        (Wins(3, 9), Wins(90, 100), "little"),
        (Wins(0, 0), Wins(90, 100), "little"),
    ],
)
def test_the_verdict(low, high, says):
    assert truth_of({2: low, 7: high}).says == says


def test_the_verdict_cuts_the_scale_at_fifty():
    truth = truth_of({4: Wins(1, 10), 0: Wins(2, 30), 5: Wins(6, 12), 9: Wins(10, 12)})

    assert (truth.low, truth.high) == (Wins(3, 40), Wins(16, 24))
    assert truth.difference == pytest.approx(16 / 24 - 3 / 40)
