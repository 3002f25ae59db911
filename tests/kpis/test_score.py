"""The KPI score (F7), by hand: FORMULAS.md, "KPI score"."""

import random
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from apps.core.money import split_exactly
from apps.kpis.calculations.score import (
    Given,
    Off,
    Rule,
    change,
    is_broken,
    light,
    score,
    standing,
)


def D(text):
    return Decimal(text)


def rule(key="a", weight="100", floor="0.7", cap="1.3", **more):
    return Rule(key, D(weight), D(floor), D(cap), **more)


def given(fact, target="100", **more):
    return Given(None if fact is None else D(fact), None if target is None else D(target), **more)


def alone(fact, target="100", **more):
    return score([(rule(**more), given(fact, target))]).value


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("100", "100"),
        ("85", "85"),
        ("70", "70"),
        ("69.99", "0"),
        ("130", "130"),
        ("400", "130"),
        ("0", "0"),
        ("-50", "0"),
    ],
)
def test_an_attainment_counts_from_the_floor_to_the_cap(fact, value):
    assert alone(fact) == D(value)


@pytest.mark.parametrize(
    ("fact", "value"), [("100", "100"), ("80", "120"), ("120", "80"), ("131", "0"), ("300", "0")]
)
def test_where_less_is_better_a_fact_below_the_target_gains(fact, value):
    """a = 2 − fact ÷ target."""
    assert alone(fact, is_less_better=True) == D(value)


@pytest.mark.parametrize(
    ("fact", "value"), [("79", "0"), ("80", "50"), ("99", "50"), ("100", "100"), ("500", "130")]
)
def test_steps_jump(fact, value):
    steps = ((D("0.8"), D("0.5")), (D("1"), D("1")), (D("1.2"), D("1.5")))
    assert alone(fact, steps=steps, floor="0") == D(value)


WORKED = [
    (rule("revenue", "60", "0.7", "1.3"), given("4500000", "5000000")),
    (rule("received", "25", "0", "1.2"), given("5200000", "4000000")),
    (rule("lost", "15", "0", "1", is_less_better=True), given("10", "8")),
]


def test_the_worked_example():
    """0.6 × 0.9 + 0.25 × 1.2 (of 1.3) + 0.15 × 0.75 = 0.9525: 95.3."""
    whole = score(WORKED)
    assert (whole.value, whole.is_rescaled) == (D("95.3"), False)
    assert [part.attainment for part in whole.parts] == [D("0.9"), D("1.3"), D("0.75")]
    assert sum(part.points for part in whole.parts) == D("95.3")
    assert [part.points for part in whole.parts] == [D("54"), D("30"), D("11.3")]


def test_a_broken_gate_multiplies_before_the_only_rounding():
    """95.25 × 0.9 = 85.725: 85.7, not 95.3 × 0.9 = 85.8."""
    whole = score(WORKED, [D("0.9")])
    assert (whole.value, whole.before_gates, whole.factor) == (D("85.7"), D("95.3"), D("0.9"))
    assert score(WORKED, [D("0.9"), D("0.5")]).value == D("42.9")


@pytest.mark.parametrize(
    ("missing", "off"),
    [
        (given(None), Off.NO_FACT),
        (given("3", "0.3", is_few=True), Off.FEW),
        (given("100", None), Off.NO_TARGET),
        (given("100", "0"), Off.NO_TARGET),
        (given("100", "-5"), Off.NO_TARGET),
    ],
)
def test_what_is_missing_gives_its_weight_to_the_others(missing, off):
    """60 and 25 become 70.6 and 29.4: (0.6 × 0.9 + 0.25 × 1.2) ÷ 0.85 = 0.98824: 98.8."""
    whole = score([*WORKED[:2], (WORKED[2][0], missing)])
    assert (whole.value, whole.is_rescaled) == (D("98.8"), True)
    last = whole.parts[2]
    assert (last.off, last.attainment, last.weight_used, last.points) == (off, None, 0, 0)
    assert [part.weight_used for part in whole.parts] == [D("70.6"), D("29.4"), 0]


def test_without_anything_that_counts_there_is_no_score():
    whole = score([(rule(), given(None))])
    assert (whole.value, whole.before_gates, whole.is_rescaled) == (None, None, True)


def test_the_order_of_equal_weights_is_not_seen():
    items = [
        (rule(key, weight), given("77.7"))
        for key, weight in zip("abc", ("33.3", "33.3", "33.4"), strict=True)
    ]
    found = set()
    for order in permutations(items):
        whole = score(order)
        parts = sorted((part.key, part.points, part.weight_used) for part in whole.parts)
        found.add((whole.value, *parts))
    assert len(found) == 1


def random_case(dice):
    count = dice.randint(1, 8)
    cuts = sorted(dice.sample(range(1, 10_000), count - 1))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    items = []
    for at, weight in enumerate(weights):
        cap = D(dice.randint(1, 300)) / 100
        floor = cap * dice.randint(0, 100) / 100
        steps = ()
        if dice.random() < 0.2:
            steps = tuple(
                (D(dice.randint(0, 200)) / 100, D(dice.randint(0, 400)) / 100) for _ in range(3)
            )
        kept = Rule(f"m{at}", D(weight) / 100, floor, cap, dice.random() < 0.3, steps)
        fact = None if dice.random() < 0.1 else D(dice.randint(-(10**6), 10**9)) / 100
        target = None if dice.random() < 0.1 else D(dice.randint(-1000, 10**9)) / 100
        items.append((kept, Given(fact, target, dice.random() < 0.1)))
    return items


def test_in_ten_thousand_cases_the_score_keeps_its_bounds():
    """Between nothing and the highest cap; weights make 100; lines make the score; order is nothing."""
    dice = random.Random(7)
    judged = 0
    for _ in range(10_000):
        items = random_case(dice)
        whole = score(items)
        if whole.value is None:
            assert all(part.off for part in whole.parts)
            continue
        judged += 1
        highest = max(kept.cap for kept, _given in items) * 100
        assert 0 <= whole.value <= highest
        assert sum(part.weight_used for part in whole.parts) == 100
        assert sum(part.points for part in whole.parts) == whole.before_gates
        again = score(dice.sample(items, len(items)))
        assert again.value == whole.value
        assert sorted(map(str, again.parts)) == sorted(map(str, whole.parts))
    assert judged > 9_000


def test_a_gate_is_broken_only_by_what_is_known():
    assert is_broken(D("0.3"), D("0.2"), at_most=True) is True
    assert is_broken(D("0.2"), D("0.2"), at_most=True) is False
    assert is_broken(D("0.7"), D("0.8"), at_most=False) is True
    assert is_broken(None, D("0.8"), at_most=False) is None


def test_the_standing_counts_equal_ones_half():
    scores = [D(60), D(80), D(80), D(90), D(110)]
    assert standing(D(80), scores) == D("0.3750")  # (1 + 0.5) ÷ 4
    assert standing(D(110), scores) == 1
    assert standing(D(60), scores) == 0
    assert standing(D(60), scores[:4]) is None
    assert standing(None, scores) is None


def test_a_trend_needs_something_to_compare_with():
    assert change(D(120), D(100)) == D("0.2")
    assert change(D(120), D(0)) is None
    assert change(None, D(100)) is None


@pytest.mark.parametrize(
    ("on_pace", "tone"), [(None, ""), ("95", "good"), ("94.9", "warn"), ("79.9", "bad")]
)
def test_the_light_is_of_the_pace(on_pace, tone):
    assert light(None if on_pace is None else D(on_pace)) == tone


MONEY = st.decimals("-1e6", "1e9", places=2)
SHARES = st.decimals("0.01", "5", places=2)


@st.composite
def lines(draw):
    """From one to six lines whose weights make 100."""
    parts = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
    weights = split_exactly(Decimal(100), parts)
    return [
        (
            Rule(
                f"m{at}",
                weight,
                cap * draw(st.sampled_from([0, D("0.5"), 1])),
                cap,
                draw(st.booleans()),
            ),
            Given(draw(st.none() | MONEY), draw(st.none() | MONEY), draw(st.booleans())),
        )
        for at, weight in enumerate(weights)
        for cap in [draw(SHARES)]
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@hypothesis_given(items=lines(), order=st.randoms(use_true_random=False))
def test_whatever_comes_the_score_lies_within_its_bounds(items, order):
    whole = score(items)
    mixed = items[:]
    order.shuffle(mixed)
    assert score(mixed).value == whole.value
    if whole.value is None:
        return
    assert 0 <= whole.value <= max(rule.cap for rule, _given in items) * 100
    assert sum(part.weight_used for part in whole.parts) == 100
    assert sum(part.points for part in whole.parts) == whole.before_gates
