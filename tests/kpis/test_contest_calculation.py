"""Scores, places, prizes and the simulation, by hand."""

from decimal import Decimal

import pytest

from apps.kpis.calculations.contest import (
    Prize,
    Tally,
    baselines,
    payout,
    places,
    scores,
    simulate,
    to_next,
)

D = Decimal
PRIZES = [Prize(D(1), D(30_000)), Prize(D(2), D(20_000)), Prize(D(3), D(10_000))]
STEPS = [Prize(D("1.1"), D(5_000)), Prize(D("1.3"), D(12_000))]


def tally(top, bottom=13):
    return Tally(D(top), D(bottom))


def test_the_worked_example_of_the_formulas():
    # 13 weeks: 1,300 and 2,600 thousand; half a month of both is 325 on average, over 2 1/6 weeks.
    base = baselines({1: tally(1300), 2: tally(2600)})
    assert round(base[1], 2) == D("107.14")
    assert round(base[2], 2) == D("192.86")

    facts = {1: tally(540, 4), 2: tally(780, 4)}
    assert scores(facts, base) == {1: D("1.260"), 2: D("1.011")}
    assert scores(facts, None) == {1: D("135.000"), 2: D("195.000")}


def test_who_was_away_does_not_start_from_nothing():
    base = baselines({1: tally(0), 2: tally(2600)})
    assert round(base[1], 2) == D("14.29")
    assert scores({1: tally(0, 0), 2: tally(800, 4)}, base)[1] is None


def test_equal_scores_share_a_place_and_its_prizes():
    found = {1: D("1.5"), 2: D("1.2"), 3: D("1.2"), 4: D("1.1"), 5: None}
    assert places(found) == {1: 1, 2: 2, 3: 2, 4: 4}
    assert payout(found, PRIZES, by_place=True) == {1: D(30_000), 2: D(15_000), 3: D(15_000)}


def test_three_share_two_prizes_to_the_kopeck():
    found = {1: D(1), 2: D(1), 3: D(1)}
    won = payout(found, [Prize(D(1), D("100.00"))], by_place=True)
    assert won == {1: D("33.34"), 2: D("33.33"), 3: D("33.33")}


def test_nothing_done_wins_nothing():
    assert payout({1: D(0), 2: None}, PRIZES, by_place=True) == {}


def test_a_threshold_pays_everybody_who_reaches_it_once():
    found = {1: D("1.3"), 2: D("1.299"), 3: D("1.099"), 4: None}
    assert payout(found, STEPS, by_place=False) == {1: D(12_000), 2: D(5_000)}


def test_the_way_to_the_next_prize():
    found = {1: D("1.5"), 2: D("1.2"), 3: D("1.0"), 4: D("0.9"), 5: D("0.8"), 6: None}

    def left(side, prizes=PRIZES, by_place=True):
        return to_next(found, prizes, side, by_place=by_place)

    assert [left(side) for side in (1, 2, 3, 4, 5, 6)] == [
        None,
        D("0.3"),
        D("0.2"),
        D("0.1"),
        D("0.2"),
        None,
    ]
    assert left(2, STEPS, False) == D("0.1")
    assert left(1, STEPS, False) is None


def simulated(past, prizes=PRIZES, *, budget=60_000, seed=1, by_place=True):
    return simulate(past, prizes, by_place=by_place, budget=D(budget), seed=seed)


def test_who_always_led_always_wins_and_places_pay_the_same():
    found = simulated([{1: D(3), 2: D(2), 3: D(1)}] * 8)
    assert found.wins == {1: pytest.approx(1), 2: 0, 3: 0}
    assert (found.top_side, found.is_lopsided, found.is_short) == (1, True, False)
    assert (found.expected, found.low, found.high) == (D(60_000), D(60_000), D(60_000))
    assert found.over_budget == 0
    assert simulated([{1: D(3), 2: D(2), 3: D(1)}] * 8, budget=59_999).over_budget == 1


def test_equals_win_equally_often():
    found = simulated([{1: D(1), 2: D(1), 3: D(1), 4: D(1)}] * 6)
    assert list(found.wins.values()) == [pytest.approx(0.25)] * 4
    assert not found.is_lopsided


def test_thresholds_pay_as_often_as_they_were_reached():
    # Each reaches 1.1 in one stretch of two: of two people half a prize each.
    past = [{1: D("1.15"), 2: D("0.85")}, {1: D("0.85"), 2: D("1.15")}] * 3
    found = simulated(past, STEPS, by_place=False, budget=9_999)
    assert float(found.expected) == pytest.approx(5_000, rel=0.05)
    assert (found.low, found.high) == (D(0), D(10_000))
    assert found.over_budget == pytest.approx(0.25, abs=0.04)


def test_the_season_of_a_stretch_is_taken_out():
    quiet, busy = {1: D(1), 2: D(2)}, {1: D(10), 2: D(20)}
    assert simulated([quiet, busy] * 3).wins[2] == pytest.approx(1)


def test_few_stretches_are_told_and_none_is_no_simulation():
    assert simulated([{1: D(1)}] * 5).is_short
    empty = simulated([])
    assert (empty.windows, empty.expected, empty.wins, empty.top_side) == (0, 0, {}, None)


def test_the_same_seed_gives_the_same_answer():
    past = [{1: D(1), 2: D("1.2")}, {1: D("1.3"), 2: D(1)}] * 3
    assert simulated(past, seed=5) == simulated(past, seed=5)


def test_a_handicap_makes_a_contest_fairer():
    """One sells twice as much as the others; against his own baseline he is one of four."""
    weeks = [(30, 52, 39, 90), (46, 29, 46, 66), (28, 43, 50, 98), (51, 38, 31, 76)] * 2
    past = [{side: tally(top, 4) for side, top in enumerate(one)} for one in weeks]
    base = baselines(
        {side: tally(sum(one[side] for one in weeks[:4]) * 13 / 16) for side in range(4)}
    )
    plain = simulated([scores(one, None) for one in past])
    fair = simulated([scores(one, base) for one in past])
    assert plain.is_lopsided
    assert plain.top_share > 0.9
    assert not fair.is_lopsided
    assert fair.top_share < 0.5
