"""Words of a text as the index of words should see them.

PostgreSQL's parser knows ASCII marks only: to it, the quotes of «Ромашка» belong to the word, and
"ромашка" would not be found. So marks are turned into blanks on both sides, in the index and in
what is asked.
"""

import re
from collections.abc import Mapping

from django.db import models
from django.db.models import F, Func, Value

MARKS = "«»„“”‟‘’‚‹›–—−‐‑…№·•©®™\u00a0\u202f\"'`()[]{}<>,.;:!?/\\|-_+=*&$#@^~"


def without_marks(field: str) -> Func:
    """The column with marks as blanks and ё as е, for a SearchVector."""
    return Func(
        F(field),
        Value(f"Ёё{MARKS}"),
        Value("Ее" + " " * len(MARKS)),
        function="translate",
        output_field=models.TextField(),
    )


def asked(parameters: Mapping[str, str], *, longest: int = 100) -> str:
    """What `q` of the address asks for, cut to `longest` letters; PostgreSQL takes no NUL in a text."""
    return parameters.get("q", "").replace("\0", "").strip()[:longest]


def words(text: str) -> list[str]:
    """The words of what is asked: lower-case, ё as е."""
    return re.findall(r"[^\W_]+", text.lower().replace("ё", "е"))


def prefix_query(text: str) -> str:
    """A raw tsquery for every word of `text` as the beginning of some word; "" without words."""
    return " & ".join(f"{word}:*" for word in words(text))
