"""Numbers as the night keeps them in JSON."""

from decimal import Decimal


def plain(value: Decimal) -> str:
    """One way to write a number: 12.50 is 12.5, 3E+2 is 300."""
    return format(value.normalize(), "f")
