"""A month of one person: base → earned → cap → gates, and what one more deal would change (F8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from apps.bonuses.calculations.scale import (
    ZERO,
    Step,
    marginal,
    paid_share,
    rate_at,
    retroactive,
)
from apps.bonuses.choices import Kind, LineKind
from apps.core.money import round_money

ONE = Decimal(1)


class Gate(NamedTuple):
    """Beyond `limit` only the share `keeps` of the bonus is paid."""

    limit: Decimal
    keeps: Decimal


@dataclass(frozen=True)
class Terms:
    """The rules of one scheme version. `ceiling` and `target` belong to the scale on attainment."""

    kind: str
    steps: Sequence[Step]
    target: Decimal = ZERO
    accelerator: Decimal = ONE
    ceiling: Decimal | None = None
    cap: Decimal | None = None
    overdue: Gate | None = None
    hygiene: Gate | None = None


@dataclass(frozen=True)
class Standing:
    """Where the person stands in the month; None is unknown, and an unknown share holds nothing back.

    `plan` only matters to a scale on attainment: without one (or with 0) nothing can be attained.
    """

    base: Decimal
    plan: Decimal | None = None
    overdue_share: Decimal | None = None
    hygiene_share: Decimal | None = None

    @property
    def attainment(self) -> Decimal | None:
        return self.base / self.plan if self.plan else None


class Held(NamedTuple):
    kind: str
    amount: Decimal


@dataclass(frozen=True)
class Accrual:
    """`earned` by the scale; `held` are the negative amounts of cap and gates; `total` is their sum."""

    earned: Decimal
    held: tuple[Held, ...]
    total: Decimal


def exact_earned(terms: Terms, standing: Standing) -> Decimal:
    """What the scale gives, unrounded; a negative base earns nothing."""
    base = max(standing.base, ZERO)
    if terms.kind == Kind.MARGINAL:
        return marginal(base, terms.steps)
    if terms.kind == Kind.RETROACTIVE:
        return retroactive(base, terms.steps)
    attainment = standing.attainment
    if attainment is None or not base:
        return ZERO
    share = paid_share(
        attainment, terms.steps, accelerator=terms.accelerator, ceiling=terms.ceiling
    )
    return terms.target * share


def accrue(terms: Terms, standing: Standing) -> Accrual:
    """The bonus of the month before corrections. Each running sum is rounded once from the exact one,
    so that what is held and what is left add up to the kopeck."""
    exact = exact_earned(terms, standing)
    running = earned = round_money(exact)
    held = []
    for kind, left in _holds(terms, standing, exact):
        rounded = round_money(left)
        if rounded != running:
            held.append(Held(kind, rounded - running))
            running = rounded
    return Accrual(earned, tuple(held), running)


def _holds(terms: Terms, standing: Standing, exact: Decimal) -> list[tuple[str, Decimal]]:
    """What is left after the cap and after each gate, unrounded."""
    left, found = exact, []
    if terms.cap is not None and left > terms.cap:
        left = terms.cap
        found.append((LineKind.CAP.value, left))
    if is_overdue(terms, standing):
        left *= terms.overdue.keeps  # type: ignore[union-attr]
        found.append((LineKind.OVERDUE.value, left))
    if is_untidy(terms, standing):
        left *= terms.hygiene.keeps  # type: ignore[union-attr]
        found.append((LineKind.HYGIENE.value, left))
    return found


def is_overdue(terms: Terms, standing: Standing) -> bool:
    """Has the share of overdue debt passed its limit?"""
    gate, share = terms.overdue, standing.overdue_share
    return gate is not None and share is not None and share > gate.limit


def is_untidy(terms: Terms, standing: Standing) -> bool:
    """Has the hygiene of open deals fallen below its limit?"""
    gate, share = terms.hygiene, standing.hygiene_share
    return gate is not None and share is not None and share < gate.limit


@dataclass(frozen=True)
class NextStep:
    """The next step of the scale: `missing` of base until it, `rate` from there on."""

    at: Decimal
    missing: Decimal
    rate: Decimal


def next_step(terms: Terms, standing: Standing) -> NextStep | None:
    """The lowest step that is not reached; None on the last one, or on a scale without a plan.

    Of a scale on attainment `at` and `missing` are money, `rate` the share of the target bonus.
    """
    unit = standing.plan if terms.kind == Kind.SCALE else ONE
    if not unit:
        return None
    for step in terms.steps:
        at = step.starts_at * unit
        if standing.base < at:
            return NextStep(round_money(at), round_money(at - standing.base), step.rate)
    return None


def difference(terms: Terms, standing: Standing, more: Decimal) -> tuple[Accrual, bool]:
    """The accrual with `more` of base, and whether that reaches a higher step."""
    then = replace(standing, base=standing.base + more)
    return accrue(terms, then), _place(terms, then) > _place(terms, standing)


def _place(terms: Terms, standing: Standing) -> int:
    """How many steps are reached."""
    unit = standing.plan if terms.kind == Kind.SCALE else ONE
    if not unit:
        return 0
    return sum(standing.base >= step.starts_at * unit for step in terms.steps)


def rate_reached(terms: Terms, standing: Standing) -> Decimal:
    """The rate of the step the person stands on."""
    unit = standing.plan if terms.kind == Kind.SCALE else ONE
    return rate_at(standing.base / unit, terms.steps) if unit else ZERO
