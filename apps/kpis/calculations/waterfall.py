"""Why revenue is not what it was, or what was planned: FORMULAS.md, "Reason for the gap" (F6).

Revenue of a group of deals = all leads × the group's share of them × its conversion × its average
deal; conversion is won ÷ leads of the same period. The terms of all groups add up to the difference
to the cent.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TypeVar

from apps.core.money import round_money

ZERO = Decimal(0)
# Fewer won deals say nothing about a group's own conversion and average deal.
ENOUGH_WON = 10

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Sums:
    """A group in a period: new deals, won deals, what they brought, later corrections of that.

    `leads` and `won` of a plan need not be whole.
    """

    leads: Decimal = ZERO
    won: Decimal = ZERO
    amount: Decimal = ZERO
    corrections: Decimal = ZERO

    @property
    def revenue(self) -> Decimal:
        return self.amount + self.corrections

    @property
    def is_whole(self) -> bool:
        """Can the revenue be taken apart?"""
        return self.leads > 0 and self.won > 0 and self.amount > 0


@dataclass(frozen=True)
class Terms:
    """What each factor did to revenue, in money."""

    leads: Decimal = ZERO
    mix: Decimal = ZERO
    conversion: Decimal = ZERO
    average_deal: Decimal = ZERO
    corrections: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum((getattr(self, field.name) for field in fields(self)), ZERO)

    def __add__(self, other: "Terms") -> "Terms":
        names = [field.name for field in fields(self)]
        return Terms(**{name: getattr(self, name) + getattr(other, name) for name in names})


def log_mean(one: Decimal, other: Decimal) -> Decimal:
    """(one - other) / ln(one / other) of two positive numbers; of equal ones, the number."""
    return one if one == other else (one - other) / (one / other).ln()


def total_of(groups: Iterable[Sums]) -> Sums:
    rows = list(groups)
    names = [field.name for field in fields(Sums)]
    return Sums(**{name: sum((getattr(row, name) for row in rows), ZERO) for name in names})


def explain(before: Mapping[Key, Sums], after: Mapping[Key, Sums]) -> dict[Key, Terms]:
    """The terms of each group; amounts are in cents and so are the terms."""
    growth = growth_of(total_of(before.values()).leads, total_of(after.values()).leads)
    keys = list(dict.fromkeys([*before, *after]))
    return {key: terms_of(before.get(key, Sums()), after.get(key, Sums()), growth) for key in keys}


def growth_of(before: Decimal, after: Decimal) -> Decimal | None:
    """ln of how many times the leads of all groups have grown; None without leads."""
    return (after / before).ln() if before > 0 and after > 0 else None


def terms_of(before: Sums, after: Sums, growth: Decimal | None) -> Terms:
    """The terms of one group.

    A group without leads in one of the periods goes whole to the mix; one that has leads but
    sold nothing in one of them, whole to the conversion.
    """
    change = after.amount - before.amount
    corrections = after.corrections - before.corrections
    if before.leads <= 0 or after.leads <= 0 or growth is None:
        return Terms(mix=change, corrections=corrections)
    if not (before.is_whole and after.is_whole):
        return Terms(conversion=change, corrections=corrections)
    weight = log_mean(after.amount, before.amount)
    own_growth = (after.leads / before.leads).ln()
    won_share = ((after.won / after.leads) / (before.won / before.leads)).ln()
    cheque = ((after.amount / after.won) / (before.amount / before.won)).ln()
    logs = [growth, own_growth - growth, won_share, cheque]
    leads, mix, conversion, average = rounded([weight * log for log in logs], change)
    return Terms(leads, mix, conversion, average, corrections)


def rounded(terms: list[Decimal], total: Decimal) -> list[Decimal]:
    """`terms` in cents; what rounding leaves of `total` goes to the largest of them."""
    cents = [round_money(term) for term in terms]
    largest = max(range(len(cents)), key=lambda at: abs(cents[at]))
    cents[largest] += total - sum(cents, ZERO)
    return cents


def planned(
    plans: Mapping[Key, Decimal], usual: Mapping[Key, Sums], whole: Sums
) -> dict[Key, Sums]:
    """The groups that a plan supposes: its revenue by the usual conversion and average deal.

    `usual` is what the groups did over the past year, `whole` all of them together, which stands
    in for a group that won fewer than ten deals. Empty when nothing was won at all.
    """
    if not whole.is_whole:
        return {}
    made = {}
    for key, amount in plans.items():
        norm = usual.get(key, Sums())
        norm = norm if norm.is_whole and norm.won >= ENOUGH_WON else whole
        scale = amount / norm.amount
        made[key] = Sums(leads=norm.leads * scale, won=norm.won * scale, amount=amount)
    return made
