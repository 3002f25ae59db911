"""When a figure is tinted: only outliers are, the middle stays plain. Shares are fractions."""

from decimal import Decimal

GOOD, WARN, BAD, PLAIN = "good", "warn", "bad", ""
ENOUGH_CASES = 10


def pace(share: Decimal | None) -> str:
    """Against the expected pace: ahead by 5 %, behind by 5 %, behind by a quarter."""
    return _banded(share, good="1.05", warn="0.95", bad="0.75")


def hygiene(share: Decimal | None, n: int) -> str:
    return _banded(share, good="0.95", warn="0.85", bad="0.7") if n >= ENOUGH_CASES else PLAIN


def activity(against_norm: Decimal | None) -> str:
    return _banded(against_norm, good="1.2", warn="0.85", bad="0.65")


def against(figure: Decimal | None, usual: Decimal | None, n: int) -> str:
    """A rate against the scope's own: a quarter better, 15 % worse, 35 % worse."""
    if figure is None or not usual or n < ENOUGH_CASES:
        return PLAIN
    return _banded(figure / usual, good="1.25", warn="0.85", bad="0.65")


def coverage(multiple: Decimal | None, needed: Decimal | None) -> str:
    """Pipeline over what is left of the plan, against what the win rate asks for."""
    if multiple is None or not needed:
        return PLAIN
    return _banded(multiple / needed, good="1.5", warn="1", bad="0.6")


def _banded(share: Decimal | None, *, good: str, warn: str, bad: str) -> str:
    if share is None:
        return PLAIN
    if share >= Decimal(good):
        return GOOD
    if share < Decimal(bad):
        return BAD
    return WARN if share < Decimal(warn) else PLAIN
