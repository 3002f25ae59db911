"""How numbers, money and dates are written, by the active language.

Unknown (None or "") is –, zero is 0; the minus is a true one and the spaces do not break.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

UNKNOWN = "–"
SPACE = "\xa0"
MINUS = "−"
SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "CNY": "¥"}
# Thresholds of short money: (from, divisor, decimals, Russian word, English letter).
STEPS = (
    (Decimal(10**9), Decimal(10**9), 2, "млрд", "bn"),
    (Decimal(10**6), Decimal(10**6), 2, "млн", "m"),
    (Decimal(10**3), Decimal(10**3), 0, "тыс.", "k"),
)


def is_unknown(value: Any) -> bool:
    return value is None or value == ""


def is_russian() -> bool:
    return (get_language() or "ru").startswith("ru")


def rounded(value: Any, decimals: int) -> Decimal:
    """`value` rounded half up; never a negative zero."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def number(value: Any, decimals: int = 0, *, signed: bool = False) -> str:
    """4 850 000,5 or 4,850,000.5; with `signed`, a plus before what is above zero."""
    if is_unknown(value):
        return UNKNOWN
    amount = rounded(value, decimals)
    digits = f"{abs(amount):,.{decimals}f}"
    if is_russian():
        digits = digits.replace(",", SPACE).replace(".", ",")
    return _sign(amount, signed) + digits


def _sign(amount: Decimal, signed: bool) -> str:
    if amount < 0:
        return MINUS
    return "+" if signed and amount > 0 else ""


def money(value: Any, currency: str, decimals: int = 0, *, signed: bool = False) -> str:
    """4 850 000 ₽ or RUB 4,850,000."""
    if is_unknown(value):
        return UNKNOWN
    return _with_currency(number(value, decimals, signed=signed), "", currency)


def money_short(value: Any, currency: str, *, signed: bool = False) -> str:
    """29,64 млн ₽ or RUB 29.64m; below a thousand the full amount."""
    if is_unknown(value):
        return UNKNOWN
    amount = rounded(value, 0)
    for start, divisor, decimals, word, letter in STEPS:
        if abs(amount) >= start:
            shown = number(amount / divisor, decimals, signed=signed)
            unit = SPACE + word if is_russian() else letter
            return _with_currency(shown, unit, currency)
    return _with_currency(number(amount, signed=signed), "", currency)


def _with_currency(digits: str, unit: str, currency: str) -> str:
    if is_russian():
        return f"{digits}{unit}{SPACE}{SYMBOLS.get(currency, currency)}"
    sign = digits[0] if digits[0] in "+" + MINUS else ""
    return f"{sign}{currency}{SPACE}{digits.removeprefix(sign)}{unit}"


def millions(value: Any, decimals: int = 2, *, signed: bool = False) -> str:
    """29,64 for 29 640 000: for cards and axes whose heading names the unit."""
    return UNKNOWN if is_unknown(value) else number(Decimal(value) / 10**6, decimals, signed=signed)


def thousands(value: Any, decimals: int = 0, *, signed: bool = False) -> str:
    """5 910 for 5 910 000: for columns whose heading names the unit."""
    return UNKNOWN if is_unknown(value) else number(Decimal(value) / 10**3, decimals, signed=signed)


def sign(currency: str) -> str:
    """ "₽", in English "RUB"."""
    return SYMBOLS.get(currency, currency) if is_russian() else currency


def millions_unit(currency: str) -> str:
    """ "млн ₽" or "RUB m", for a heading."""
    return f"млн{SPACE}{sign(currency)}" if is_russian() else f"{currency}{SPACE}m"


def thousands_unit(currency: str) -> str:
    """ "тыс. ₽" or "RUB k", for a heading."""
    return f"тыс.{SPACE}{sign(currency)}" if is_russian() else f"{currency}{SPACE}k"


def typed(value: Decimal) -> str:
    """4850000.00 as a person types it into a field: "4 850 000"; 1.50 as "1,5" (in English "1.5")."""
    text = f"{value.normalize():,f}".replace(",", SPACE)
    return text.replace(".", ",") if is_russian() else text


def percent(share: Any, decimals: int = 1, *, signed: bool = False) -> str:
    """61,8 % for the fraction 0.618; goes on past 100."""
    if is_unknown(share):
        return UNKNOWN
    shown = number(Decimal(str(share)) * 100, decimals, signed=signed)
    return f"{shown}{SPACE}%" if is_russian() else f"{shown}%"


def points(difference: Any, decimals: int = 1, *, signed: bool = False) -> str:
    """6,4 п.п. for a difference of two shares of 0.064."""
    if is_unknown(difference):
        return UNKNOWN
    shown = number(Decimal(str(difference)) * 100, decimals, signed=signed)
    unit = _("pp")
    return f"{shown}{SPACE}{unit}"


def local_day(value: dt.date | dt.datetime) -> dt.date:
    """The date of a moment in the reader's time zone."""
    if not isinstance(value, dt.datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


def day(value: Any) -> str:
    """23.11.2026 or 23 Nov 2026."""
    return UNKNOWN if is_unknown(value) else _spaced(formats.date_format(local_day(value)))


def day_short(value: Any, *, today: dt.date) -> str:
    """23.11 or 23 Nov inside the year of `today`, else with the year."""
    if is_unknown(value):
        return UNKNOWN
    date = local_day(value)
    if date.year != today.year:
        return day(date)
    return _spaced(formats.date_format(date, "d.m" if is_russian() else "j M"))


def moment(value: Any, *, today: dt.date) -> str:
    """14:05 today, 20.11 14:05 this year, 20.11.2025 14:05 before."""
    if is_unknown(value):
        return UNKNOWN
    if local_day(value) == today:
        return clock(value)
    comma = "" if is_russian() else ","
    return f"{day_short(value, today=today)}{comma}{SPACE}{clock(value)}"


def clock(value: dt.datetime) -> str:
    """14:05 in the reader's time zone."""
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%H:%M}"


def _spaced(text: str) -> str:
    return text.replace(" ", SPACE)
