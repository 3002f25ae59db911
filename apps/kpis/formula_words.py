"""What is wrong with a formula, in words that name the place."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from apps.kpis.calculations.expressions import DEEPEST, LONGEST, MOST_DIGITS, ExpressionError

WORDS: dict[str, Any] = {
    "empty": gettext_lazy("The formula is empty: name a metric."),
    "too_long": gettext_lazy("The formula is longer than %(longest)s signs."),
    "too_deep": gettext_lazy("Sign %(place)s: brackets lie deeper than %(deepest)s levels."),
    "big_number": gettext_lazy("Sign %(place)s: the number has more than %(digits)s digits."),
    "sign": gettext_lazy(
        "Sign %(place)s, “%(found)s”: only metrics, numbers with a point, + − × ÷, brackets, min and max "
        "are understood."
    ),
    "unknown": gettext_lazy("Sign %(place)s: there is no metric “%(found)s”."),
    "value": gettext_lazy("Sign %(place)s: a metric, a number or a bracket is wanted here."),
    "closing": gettext_lazy("Sign %(place)s: a bracket is not closed."),
    "rest": gettext_lazy("Sign %(place)s, “%(found)s”: + − × or ÷ is wanted before it."),
}


def in_words(error: ExpressionError) -> str:
    return str(WORDS[error.code]) % {
        "place": error.place,
        "found": error.found,
        "longest": LONGEST,
        "deepest": DEEPEST,
        "digits": MOST_DIGITS,
    }
