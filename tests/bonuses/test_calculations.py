"""The examples of apps/bonuses/FORMULAS.md, and what must hold for every scale (G12, F8)."""

import random
from decimal import Decimal

import pytest

from apps.bonuses.calculations import (
    Gate,
    Paid,
    Standing,
    Step,
    Taken,
    Terms,
    accrue,
    difference,
    marginal,
    next_step,
    paid_share,
    retroactive,
    share_out,
    take_back,
    tier_parts,
    unpaid_part,
)
from apps.bonuses.choices import Kind, LineKind

D = Decimal
STEPS = [Step(D(0), D("0.03")), Step(D(1_000_000), D("0.05")), Step(D(2_000_000), D("0.08"))]
POINTS = [Step(D("0.7"), D("0.5")), Step(D(1), D(1))]
SCALE = Terms(Kind.SCALE, POINTS, target=D(100_000), accelerator=D("1.5"), ceiling=D(2))


def commission(**rest):
    return Terms(Kind.MARGINAL, STEPS, **rest)


def test_a_commission_by_steps():
    assert marginal(D(2_500_000), STEPS) == D(120_000)
    assert retroactive(D(2_500_000), STEPS) == D(200_000)


def test_the_parts_of_the_steps_add_up():
    parts = tier_parts(D(2_500_000), STEPS)

    assert [part.part for part in parts] == [D(1_000_000), D(1_000_000), D(500_000)]
    assert [part.amount for part in parts] == [D(30_000), D(50_000), D(40_000)]


@pytest.mark.parametrize(
    ("base", "below", "at"), [(999_999, "29999.97", "0.03"), (1_000_000, "30000", "0.05")]
)
def test_a_step_begins_with_its_own_amount(base, below, at):
    assert marginal(D(base), STEPS) == D(below)
    assert retroactive(D(base), STEPS) == D(base) * D(at)


@pytest.mark.parametrize(
    ("attainment", "share"),
    [
        ("0.69", "0"),
        ("0.7", "0.5"),
        ("0.85", "0.75"),
        ("1", "1"),
        ("1.2", "1.3"),
        ("2.5", "2"),
    ],
)
def test_a_scale_on_attainment(attainment, share):
    found = paid_share(D(attainment), POINTS, accelerator=D("1.5"), ceiling=D(2))

    assert found == D(share)


def test_the_scale_pays_its_share_of_the_target():
    assert accrue(SCALE, Standing(D(1_700_000), plan=D(2_000_000))).total == D(75_000)


@pytest.mark.parametrize("plan", [None, D(0)])
def test_without_a_plan_nothing_is_attained(plan):
    assert accrue(SCALE, Standing(D(1_700_000), plan=plan)).total == 0


def test_cap_and_gates_hold_one_after_the_other():
    terms = commission(
        cap=D(100_000), overdue=Gate(D("0.2"), D("0.8")), hygiene=Gate(D("0.9"), D("0.95"))
    )
    standing = Standing(D(2_500_000), overdue_share=D("0.25"), hygiene_share=D("0.8"))

    found = accrue(terms, standing)

    assert found.earned == D(120_000)
    assert list(found.held) == [
        (LineKind.CAP, D(-20_000)),
        (LineKind.OVERDUE, D(-20_000)),
        (LineKind.HYGIENE, D(-4_000)),
    ]
    assert found.total == D(76_000)


def test_a_share_at_its_limit_or_unknown_holds_nothing():
    terms = commission(overdue=Gate(D("0.2"), D("0.8")), hygiene=Gate(D("0.9"), D("0.95")))
    at_limits = Standing(D(2_500_000), overdue_share=D("0.2"), hygiene_share=D("0.9"))

    assert accrue(terms, at_limits).held == ()
    assert accrue(terms, Standing(D(2_500_000))).held == ()


def test_a_negative_base_earns_nothing():
    assert accrue(commission(), Standing(D(-500_000))).total == 0


def test_shares_go_by_the_largest_remainder():
    assert share_out(D("100.00"), [D(1), D(1), D(1)]) == [D("33.34"), D("33.33"), D("33.33")]
    assert share_out(D(0), []) == []
    with pytest.raises(ValueError, match="cannot be shared"):
        share_out(D(1), [])


def test_what_is_taken_back_comes_from_the_newest_line():
    paid = [Paid(2, D(200_000), D(10_000)), Paid(1, D(300_000), D(9_000))]

    assert take_back(D(50_000), paid) == [Taken(2, D(-50_000), D(-2_500))]
    assert take_back(D(600_000), paid) == [
        Taken(2, D(-200_000), D(-10_000)),
        Taken(1, D(-300_000), D(-9_000)),
        Taken(None, D(-100_000), D(0)),
    ]


def test_unpaid_money_is_held_once_and_comes_back():
    assert unpaid_part(D(10_000), unpaid=D(25), due=D(100), held=D(0)) == D(-2_500)
    assert unpaid_part(D(10_000), unpaid=D(25), due=D(100), held=D(2_500)) == 0
    assert unpaid_part(D(10_000), unpaid=D(0), due=D(100), held=D(2_500)) == D(2_500)


def test_the_next_step():
    found = next_step(commission(), Standing(D(1_570_000)))

    assert (found.at, found.missing, found.rate) == (D(2_000_000), D(430_000), D("0.08"))
    assert next_step(commission(), Standing(D(2_000_000))) is None
    scale = next_step(SCALE, Standing(D(1_700_000), plan=D(2_000_000)))
    assert (scale.missing, scale.rate) == (D(300_000), D(1))
    assert next_step(SCALE, Standing(D(1_700_000))) is None


def test_what_one_more_deal_would_bring():
    then, is_higher = difference(commission(), Standing(D(1_900_000)), D(300_000))

    assert then.total - accrue(commission(), Standing(D(1_900_000))).total == D(21_000)
    assert is_higher
    assert not difference(commission(), Standing(D(1_000_000)), D(300_000))[1]


CASES = 10_000


def drawn(dice):
    """A scale with rising rates, deals of kopecks, a cap and gates."""
    starts = sorted(dice.sample(range(1, 3_000_000), dice.randint(0, 4)))
    rates = sorted(dice.randint(0, 2000) for _start in [0, *starts])
    steps = [Step(D(at), D(rate) / 10_000) for at, rate in zip([0, *starts], rates, strict=True)]
    amounts = [D(dice.randint(1, 10**8)) / 100 for _deal in range(dice.randint(1, 12))]
    terms = {
        "cap": D(dice.randint(1, 200_000)) if dice.random() < 0.4 else None,
        "overdue": Gate(D("0.2"), D(dice.randint(0, 100)) / 100) if dice.random() < 0.4 else None,
        "hygiene": Gate(D("0.9"), D(dice.randint(0, 100)) / 100) if dice.random() < 0.4 else None,
    }
    shares = {"overdue_share": D(dice.random()), "hygiene_share": D(dice.random())}
    return steps, amounts, terms, shares


def test_what_holds_for_every_scale():
    """G12: lines add up to the kopeck; more never pays less; the step on the whole pays no less; no cap
    is passed."""
    dice = random.Random(8)
    for _case in range(CASES):
        steps, amounts, rest, shares = drawn(dice)
        base = sum(amounts)
        kind = dice.choice([Kind.MARGINAL, Kind.RETROACTIVE])
        terms = Terms(kind, steps, **rest)
        standing = Standing(base, **shares)

        found = accrue(terms, standing)

        held = [one.amount for one in found.held]
        lines = [*share_out(found.earned, amounts), *held]
        assert sum(lines) == found.total
        assert sum(share_out(found.total, amounts)) == found.total
        assert all(amount <= 0 for amount in held)
        assert all(line == line.quantize(D("0.01")) for line in lines)
        assert terms.cap is None or found.total <= terms.cap
        more = accrue(terms, Standing(base + D(dice.randint(1, 10**6)), **shares))
        assert more.total >= found.total
        assert marginal(base, steps) <= retroactive(base, steps)


def test_a_scale_on_attainment_never_falls():
    dice = random.Random(9)
    for _case in range(CASES):
        plan, base = D(dice.randint(1, 10**7)), D(dice.randint(0, 10**9)) / 100
        found = accrue(SCALE, Standing(base, plan=plan)).total
        more = accrue(SCALE, Standing(base + dice.randint(1, 10**6), plan=plan)).total
        assert D(0) <= found <= more <= D(200_000)
