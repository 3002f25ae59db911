"""F1 without a database: worked examples of FORMULAS.md, and 10,000 random plans that add up."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.kpis.calculations.decomposition import (
    CannotSpreadError,
    Capacity,
    Place,
    capacity_in,
    decompose,
    potentials,
    ramp_in,
    scaled,
    split_in_steps,
    still_to_plan,
)

D = Decimal
NOV = date(2026, 11, 1)
EVEN = [D(1)] * 12


def month(number, year=2027):
    return date(year, number, 1)


def place(person, *path, weight=1, months=12):
    return Place(person, path, [D(weight)] * months)


def test_the_ramp_of_a_newcomer_grows_by_a_quarter_a_month_from_what_is_set_now():
    shares = [
        ramp_in(start, now=NOV, share_now=D("0.5"), hired_on=date(2026, 9, 14))
        for start in (date(2026, 8, 1), date(2026, 9, 1), NOV, date(2026, 12, 1), month(1))
    ]

    assert shares == [0, D("0.25"), D("0.5"), D("0.75"), 1]


def test_the_ramp_of_someone_hired_later_counts_from_the_hire():
    shares = [
        ramp_in(month(number), now=NOV, share_now=D(1), hired_on=date(2027, 3, 1))
        for number in (2, 3, 4, 5, 6, 7)
    ]

    assert shares == [0, D("0.25"), D("0.5"), D("0.75"), 1, 1]


def test_a_share_of_nothing_bears_no_plan_and_stays():
    assert ramp_in(month(12), now=NOV, share_now=D(0), hired_on=None) == 0
    assert ramp_in(month(12), now=NOV, share_now=D(1), hired_on=None) == 1


def test_capacity_is_days_at_work_times_hours_times_ramp():
    """20 working days, a week away, six hours of eight, half of the plan: 15 × 0.75 × 0.5."""
    days = [date(2026, 11, day) for day in range(2, 30) if date(2026, 11, day).weekday() < 5]
    found = capacity_in(
        days,
        hired_on=date(2026, 9, 14),
        left_on=None,
        absences=[(date(2026, 11, 9), date(2026, 11, 16))],
        hours_per_day=D(6),
        ramp=D("0.5"),
    )

    assert found == Capacity(20, 5, D("0.75"), D("0.5"))
    assert found.weight == D("5.625")


def test_days_before_the_hire_and_after_the_last_one_do_not_count():
    days = [date(2026, 11, 2) + timedelta(days=shift) for shift in range(5)]
    found = capacity_in(
        days,
        hired_on=date(2026, 11, 3),
        left_on=date(2026, 11, 5),
        absences=[(date(2026, 11, 2), date(2026, 11, 4))],
        hours_per_day=D(8),
        ramp=D(1),
    )

    assert (found.days, found.away, found.weight) == (2, 1, 1)


def test_potential_is_drawn_towards_equal_by_weight_and_by_months_here():
    """12 and 6 a month: mean 9; ±1/3 at full weight, halved at 50 %; three months count a quarter."""
    past = {1: (D(144), 12), 2: (D(72), 12)}

    assert potentials(past, D(1)) == {1: D("1.3333"), 2: D("0.6667")}
    assert potentials(past, D("0.5")) == {1: D("1.1667"), 2: D("0.8333")}
    assert potentials(past, D(0)) == {1: 1, 2: 1}
    assert potentials({1: (D(36), 3), 2: (D(72), 12)}, D(1)) == {1: D("1.0833"), 2: D("0.6667")}


def test_potential_of_people_who_sold_nothing_is_equal():
    assert potentials({1: (D(0), 12), 2: (D(-5), 12), 3: (D(0), 0)}, D(1)) == {1: 1, 2: 1, 3: 1}


def test_the_worked_example_of_a_quarter():
    """1 000 000 by 0.8, 1.0, 1.2; two people in the North, one of double weight in the South."""
    places = [
        place(1, 10, 11, months=3),
        place(2, 10, 11, months=3),
        place(3, 10, 12, weight=2, months=3),
    ]
    found = decompose(D(1_000_000), [D("0.8"), D(1), D("1.2")], places)

    january = [found[person, 0] for person in (1, 2, 3)]
    assert january == [D("66666.67"), D("66666.67"), D("133333.33")]
    assert [sum(found[p, m] for p in (1, 2, 3)) for m in range(3)] == [
        D("266666.67"), D("333333.33"), D("400000.00")
    ]  # fmt: skip


def test_a_kept_cell_stays_and_the_month_keeps_its_share():
    places = [place(1, 10), place(2, 10), place(3, 10)]
    found = decompose(D(3600), EVEN, places, kept={(1, 11): D(200)})

    assert found[1, 11] == 200
    assert found[2, 11] == found[3, 11] == 50
    assert found[1, 0] == 100


def test_a_month_that_holds_more_than_its_share_takes_from_the_others():
    places = [place(1, 10), place(2, 10)]
    found = decompose(D(2400), EVEN, places, kept={(1, 0): D(1300)})

    assert (found[1, 0], found[2, 0]) == (1300, 0)
    assert sum(found.values()) == 2400
    assert found[1, 1] == found[2, 1] == 50


def test_somebody_away_the_whole_month_has_nothing_and_the_rest_is_shared():
    away = Place(1, (10,), [D(0), *[D(20)] * 11])
    found = decompose(D(2400), EVEN, [away, place(2, 10, weight=20)])

    assert (found[1, 0], found[2, 0], found[1, 1]) == (0, 200, 100)


def test_a_month_without_anybody_gives_its_share_to_the_others():
    nobody = Place(1, (10,), [D(0), *[D(1)] * 11])
    found = decompose(D(1100), EVEN, [nobody])

    assert (found[1, 0], found[1, 1], sum(found.values())) == (0, 100, 1100)


@pytest.mark.parametrize(
    ("kept", "weights", "code"),
    [
        ({(1, 0): D(101)}, [D(1)] * 12, "kept_over_total"),
        ({(1, month): D(1) for month in range(12)}, [D(1)] * 12, "nobody_free"),
        ({}, [D(0)] * 12, "nobody_free"),
        ({(1, month): D(9) for month in range(12)}, [D(1)] * 12, "kept_over_total"),
    ],
)
def test_what_cannot_be_spread_is_refused(kept, weights, code):
    with pytest.raises(CannotSpreadError) as refusal:
        decompose(D(100), EVEN, [Place(1, (10,), weights)], kept=kept)

    assert refusal.value.code == code


def test_parts_are_multiples_of_the_step_and_the_odd_rest_goes_to_the_largest():
    assert split_in_steps(D("10500.50"), [D(1), D(2)], D(1000)) == [3000, D("7500.50")]
    assert split_in_steps(D(7), [D(1), D(1), D(1)], D(1)) == [3, 2, 2]


def test_a_level_is_a_share_of_the_whole_in_the_same_proportions():
    assert scaled([D(100), D(300)], D("0.875")) == [D("87.5"), D("262.5")]
    assert scaled([D("0.01"), D("0.01")], D("0.5")) == [D("0.01"), 0]
    assert scaled([D(0), D(0)], D("1.125")) == [0, 0]


def test_a_replan_spreads_what_is_left():
    assert still_to_plan(D(1200), over=D(500), done_now=D(60)) == 640
    assert still_to_plan(D(1200), over=D(1300), done_now=D(60)) == 0


def random_plan(rng):
    months, people = rng.randint(1, 12), rng.randint(1, 6)
    places = [
        Place(
            person,
            tuple(rng.choice([(1, 2), (1, 3), (1, 3, 4), (1,)])),
            [D(rng.choice([0, 0, 1, 7, 20])) * D(rng.choice(["0.25", "1", "1.3333"])) for _ in range(months)],
        )
        for person in range(people)
    ]  # fmt: skip
    season = [D(rng.choice(["0", "0.72", "1", "1.2234"])) for _ in range(months)]
    kept = {
        (rng.randrange(people), rng.randrange(months)): D(rng.randint(0, 500_00)) / 100
        for _ in range(rng.choice([0, 0, 1, 3]))
    }
    return (
        D(rng.randint(0, 10**9)) / 100,
        season,
        places,
        kept,
        D(rng.choice(["0.01", "1", "1000"])),
    )


def test_ten_thousand_random_plans_add_up_and_keep_what_is_kept():
    """Invariant 1: children equal the parent after any split."""
    rng, refused = random.Random(28), 0
    for _ in range(10_000):
        total, season, places, kept, step = random_plan(rng)
        try:
            found = decompose(total, season, places, kept=kept, step=step)
        except CannotSpreadError:
            refused += 1
            continue
        assert sum(found.values()) == total
        assert min(found.values()) >= 0
        assert {key: found[key] for key in kept} == kept
        idle = [(p.person, m) for p in places for m in range(len(season)) if not p.weights[m]]
        assert all(not found[key] for key in idle if key not in kept)
    assert refused < 4_000
