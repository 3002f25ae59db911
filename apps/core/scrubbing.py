"""What may be kept of a failure: its kind and its place, never the data it stumbled over.

The message of an exception quotes what could not be read ("invalid literal: 'Ivan'"), PostgreSQL adds
the failing row. So messages are left out and what is known to hold no data is named instead: the type, codes
of the system, the constraint and the line of our code. Sentences of our own keep their words, without
e-mails and telephone numbers.
"""

import re
import traceback
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?<![\w.+-])(?:\+\d{1,3}|[78])[ (-]{0,2}\d{3}[ )-]{0,2}\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"
)
MASK = "***"
ROOMS = "/apps/"
LONGEST = 2000


def masked(text: str) -> str:
    """A sentence of our own without e-mails and telephone numbers."""
    return PHONE.sub(MASK, EMAIL.sub(MASK, text))


def told(failure: BaseException) -> str:
    """The failure in one line, for a table, a page or the log.

    "IntegrityError (UniqueViolation, 23505, one_email) at apps/staff/actions/people.py:88"
    """
    if isinstance(failure, ValidationError):
        return masked(" ".join(failure.messages))[:LONGEST]
    causes = list(chain(failure))
    names = [type(one).__name__ for one in causes[1:]]
    codes = ", ".join(dict.fromkeys([*names, *(code for one in causes for code in codes_of(one))]))
    known = f" ({codes})" if codes else ""
    place = place_of(failure)
    return f"{type(failure).__name__}{known}{f' at {place}' if place else ''}"


def told_in_full(failure: BaseException) -> str:
    """The traceback of the failure and of what caused it, the first cause first, without messages."""
    parts = []
    for one in reversed(list(chain(failure))):
        parts.append("".join(traceback.format_tb(one.__traceback__)) + told(one))
    return "\n\n".join(parts)


def chain(failure: BaseException) -> Iterator[BaseException]:
    """The failure, what caused it, what caused that."""
    seen: set[int] = set()
    one: BaseException | None = failure
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def codes_of(failure: BaseException) -> Iterator[str]:
    """Numbers and names that systems give: of the mail server, the network, PostgreSQL."""
    for name in ("smtp_code", "pgcode"):
        if code := getattr(failure, name, None):
            yield str(code)
    if isinstance(failure, OSError) and failure.errno and failure.strerror:
        yield failure.strerror if isinstance(failure.strerror, str) else str(failure.errno)
    yield from refusals_of(getattr(failure, "recipients", None))
    diagnosis = getattr(failure, "diag", None)
    for name in ("table_name", "column_name", "constraint_name"):
        if value := getattr(diagnosis, name, None):
            yield str(value)


def refusals_of(recipients: Any) -> Iterator[str]:
    """The codes with which the mail server refused the addresses."""
    if isinstance(recipients, dict):
        for code, _text in recipients.values():
            yield str(code)


def place_of(failure: BaseException) -> str:
    """The last line of our own code that the failure passed; "" for one that was never raised."""
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if ROOMS in frame.filename]
    if not frames:
        return ""
    frame = (ours or frames)[-1]
    _before, room, path = frame.filename.rpartition(ROOMS)
    return f"{room.lstrip('/')}{path}:{frame.lineno}"
