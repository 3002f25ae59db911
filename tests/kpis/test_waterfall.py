"""Reason for the gap (F6): the worked example, the edges, and that the terms add up."""

import random
from decimal import Decimal

import pytest

from apps.kpis.calculations.waterfall import (
    Sums,
    Terms,
    explain,
    log_mean,
    planned,
    terms_of,
    total_of,
)


def sums(leads, won, amount, corrections=0):
    return Sums(*(Decimal(str(value)) for value in (leads, won, amount, corrections)))


def test_worked_example_of_the_formulas():
    before = {"all": sums(400, 48, 4_320_000)}
    after = {"all": sums(360, 36, 3_672_000)}

    terms = explain(before, after)["all"]

    assert round(terms.leads) == -420_096
    assert round(terms.conversion) == -726_958
    assert round(terms.average_deal) == 499_054
    assert terms.mix == 0
    assert terms.total == Decimal(-648_000)


def test_more_leads_of_the_weak_group_is_a_mix():
    """All leads and both conversions and average deals stand still; only the shares move."""
    before = {"strong": sums(50, 10, 1000), "weak": sums(50, 1, 100)}
    after = {"strong": sums(40, 8, 800), "weak": sums(60, "1.2", 120)}

    terms = explain(before, after)

    assert terms["strong"] == Terms(mix=Decimal(-200))
    assert terms["weak"] == Terms(mix=Decimal(20))


def test_equal_periods_explain_nothing():
    same = {"a": sums(10, 2, 500)}
    assert explain(same, same)["a"] == Terms()
    assert log_mean(Decimal(5), Decimal(5)) == 5


@pytest.mark.parametrize(
    ("before", "after", "term"),
    [
        (sums(0, 0, 0), sums(5, 1, 100), "mix"),
        (sums(5, 1, 100), sums(0, 0, 0), "mix"),
        (sums(5, 1, 100), sums(5, 0, 0), "conversion"),
        (sums(5, 0, 0), sums(5, 1, 100), "conversion"),
        # A share of another's deal: money without a won deal of one's own.
        (sums(5, 1, 100), sums(5, 0, 40), "conversion"),
    ],
)
def test_what_cannot_be_taken_apart_goes_whole_to_one_term(before, after, term):
    found = terms_of(before, after, Decimal(0))

    assert found == Terms(**{term: after.amount - before.amount})


def test_corrections_are_a_term_of_their_own():
    before, after = {"a": sums(10, 2, 500, -20)}, {"a": sums(10, 2, 500, 5)}
    assert explain(before, after)["a"] == Terms(corrections=Decimal(25))


def random_group(chance):
    leads = chance.choice([0, chance.randint(1, 400)])
    won = chance.randint(0, leads) if leads else chance.choice([0, 0, 1])
    cents = chance.randint(1, 10**10) if won else chance.choice([0, 0, chance.randint(1, 10**6)])
    fixed = chance.choice([0, 0, chance.randint(-(10**6), 10**6)])
    return sums(leads, won, Decimal(cents) / 100, Decimal(fixed) / 100)


def test_terms_add_up_to_the_difference_in_ten_thousand_cases():
    """Invariant 8."""
    chance = random.Random(6)
    for _case in range(10_000):
        names = range(chance.randint(1, 6))
        before = {name: random_group(chance) for name in names if chance.random() < 0.9}
        after = {name: random_group(chance) for name in names if chance.random() < 0.9}

        terms = explain(before, after)

        whole = sum(terms.values(), Terms())
        change = total_of(after.values()).revenue - total_of(before.values()).revenue
        assert whole.total == change
        for name, found in terms.items():
            own = after.get(name, Sums()).revenue - before.get(name, Sums()).revenue
            assert found.total == own


def test_plan_supposes_the_usual_conversion_and_average_deal():
    usual = {"a": sums(100, 20, 4000), "few": sums(10, 2, 900)}
    whole = total_of(usual.values())

    made = planned({"a": Decimal(1000), "few": Decimal(490)}, usual, whole)

    assert made["a"] == sums(25, 5, 1000)
    # Two won deals say nothing: 110 leads, 22 won, 4,900 stand in.
    assert made["few"] == sums(11, "2.2", 490)


def test_plan_without_a_past_supposes_nothing():
    assert planned({"a": Decimal(1000)}, {}, Sums()) == {}
