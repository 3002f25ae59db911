"""F12 by hand, at its edges, and over many invented worlds whose truth is known."""

from datetime import date

import numpy as np
import pytest

from apps.core.periods import Period
from apps.kpis.calculations.effect import (
    Record,
    Sums,
    estimated,
    matched,
    measure,
    on_the_plan,
    relative,
    windows_of,
)

TREATED = ((600, 720), (660, 780), (540, 660))
PEERS = ((600, 630), (630, 660), (570, 600), (660, 690), (540, 570))


def record(person, before, after, weeks=6.0):
    return Record(person, Sums(float(before), weeks), Sums(float(after), weeks))


def group(pairs, first=0):
    return [record(first + at, *pair) for at, pair in enumerate(pairs)]


def rates(*pairs):
    """(won, closed) before and after of each person."""
    return [
        Record(at, Sums(won, closed, closed), Sums(won2, closed2, closed2))
        for at, ((won, closed), (won2, closed2)) in enumerate(pairs)
    ]


def test_the_worked_example_of_the_formulas():
    outcome = measure(group(TREATED), group(PEERS, 10), seed=1)

    found = outcome.estimate
    assert (found.treated_before, found.treated_after) == (100, 120)
    assert (found.peers_before, found.peers_after) == (100, 105)
    assert (found.effect, found.expected) == (15, 105)
    assert relative(found.effect, found.expected) == pytest.approx(1 / 7)
    # Everybody of a group changed by the same, so chance has nothing to say.
    assert outcome.interval.low == pytest.approx(15)
    assert outcome.interval.high == pytest.approx(15)
    assert outcome.verdict == "better"


def test_more_is_worse_where_less_is_better():
    outcome = measure(group(TREATED), group(PEERS, 10), seed=1, less_is_better=True)
    assert outcome.verdict == "worse"


def test_a_rate_is_the_ratio_of_the_sums():
    treated = rates(((1, 2), (2, 2)), ((10, 40), (20, 60)), ((9, 18), (8, 18)))
    peers = rates(*[((4, 12), (3, 12))] * 5)
    found = estimated(treated, peers)
    assert found.treated_before == pytest.approx(20 / 60)
    assert found.treated_after == pytest.approx(30 / 80)
    assert found.effect == pytest.approx(0.125)


def test_who_stood_far_away_is_no_peer():
    _able, peers = matched(group(TREATED), group((*PEERS, (1200, 1900)), 10))
    assert [one.person for one in peers] == [10, 11, 12, 13, 14]


def test_who_has_nobody_near_is_left_out():
    able, peers = matched(group((*TREATED, (3000, 3000))), group(PEERS, 10))
    assert [one.person for one in able] == [0, 1, 2]
    assert len(peers) == 5


@pytest.mark.parametrize(
    ("treated", "peers", "verdict"),
    [(2, 5, "few_people"), (3, 4, "few_peers"), (3, 0, "few_peers"), (0, 5, "few_people")],
)
def test_too_few_people_allow_no_conclusion(treated, peers, verdict):
    outcome = measure(group(TREATED[:treated]), group(PEERS[:peers], 10), seed=1)
    assert (outcome.verdict, outcome.estimate, outcome.interval) == (verdict, None, None)


def test_a_rate_of_nine_cases_allows_no_conclusion():
    peers = rates(*[((4, 12), (3, 12))] * 5)
    nine, ten = ((1, 3), (2, 3)), ((1, 3), (2, 4))
    assert measure(rates(nine, nine, nine), peers, seed=1, is_rate=True).verdict == "few_cases"
    assert measure(rates(nine, nine, ten), peers, seed=1, is_rate=True).verdict == "few_cases"
    enough = rates(((2, 4), (2, 4)), *[nine, nine])
    assert measure(enough, peers, seed=1, is_rate=True).verdict != "few_cases"


def test_nothing_to_divide_by_allows_no_conclusion():
    empty = [Record(at, Sums(0.0, 0.0), Sums(0.0, 0.0)) for at in range(3)]
    assert measure(empty, group(PEERS, 10), seed=1).verdict in ("few_peers", "few_cases")


def test_windows_are_whole_weeks_with_a_week_to_settle():
    windows = windows_of(date(2026, 3, 16))
    assert windows.before == Period(date(2026, 2, 2), date(2026, 3, 16))
    assert windows.after == Period(date(2026, 3, 23), date(2026, 5, 4))
    assert (windows.before.length, windows.after.length) == (42, 42)


@pytest.mark.parametrize(
    ("ends_on", "weeks"),
    [(date(2026, 6, 14), 8), (date(2026, 4, 15), 3), (date(2026, 3, 20), 2)],
)
def test_the_end_of_a_decision_sets_the_weeks_between_two_and_eight(ends_on, weeks):
    windows = windows_of(date(2026, 3, 16), ends_on)
    assert (windows.weeks, windows.before.length) == (weeks, weeks * 7)


def test_the_rest_of_the_year_or_of_the_decision_counts_for_the_plan():
    assert on_the_plan(15.0, people=3, since=date(2026, 12, 18)) == 90
    until = date(2026, 12, 25)
    assert on_the_plan(15.0, people=3, since=date(2026, 12, 18), until=until) == 45
    assert on_the_plan(15.0, people=3, since=until, until=until) == 0


def test_the_same_seed_gives_the_same_interval():
    worlds = [invented(3, effect=10.0, seed=seed) for seed in (7, 7, 8)]
    assert worlds[0].interval == worlds[1].interval != worlds[2].interval


# Levels differ by 40 %, weeks are noisy, and the season lifts everybody by a tenth.
def invented(world, *, effect, treated=8, candidates=24, seed=None):
    dice = np.random.default_rng(world)

    def person(at, gain):
        level = dice.lognormal(0, 0.4) * 100
        before, after = dice.gamma(12, level / 2, size=2)
        return record(at, before, after * 1.1 + gain * 6)

    people = [person(at, effect if at < treated else 0) for at in range(treated + candidates)]
    return measure(people[:treated], people[treated:], seed=world if seed is None else seed)


def test_a_known_effect_lies_in_the_interval():
    intervals = [invented(world, effect=20.0).interval for world in range(200)]
    held = sum(one.low <= 20 <= one.high for one in intervals)
    assert held >= 170


def test_no_effect_is_seldom_called_clear():
    outcomes = [invented(world, effect=0.0) for world in range(1000, 1200)]
    assert sum(one.verdict != "unclear" for one in outcomes) <= 30


def test_a_large_effect_is_seen():
    outcomes = [invented(world, effect=60.0) for world in range(2000, 2050)]
    assert sum(one.verdict == "better" for one in outcomes) >= 40


@pytest.mark.parametrize(("treated", "candidates"), [(3, 8), (5, 10)])
def test_few_people_widen_the_interval_rather_than_mislead(treated, candidates):
    few = [
        invented(world, effect=20.0, treated=treated, candidates=candidates).interval
        for world in range(200)
    ]
    told = [one for one in few if one is not None]
    assert sum(one.low <= 20 <= one.high for one in told) >= 0.85 * len(told)
