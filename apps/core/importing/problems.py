"""What is wrong with a file or a row: a code, the place, the value, and how to mend it."""

import unicodedata
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.core.importing.limits import MAX_SHOWN_VALUE
from apps.core.importing.messages import REASONS

# Codes that carry their column, as in "missing_column:amount".
_NAMED_BY_COLUMN = {"missing_column", "duplicate_column"}


@dataclass(frozen=True)
class Problem:
    """One fault. `column` is a field name, `value` what stood in the cell, `params` fill the reason."""

    code: str
    column: str = ""
    value: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.code}:{self.column}" if self.code in _NAMED_BY_COLUMN else self.code

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Problem":
        return cls(
            data["code"], data.get("column", ""), data.get("value", ""), data.get("params", {})
        )

    def reason(self) -> str:
        """Why it is refused and what to do, in the language of the reader."""
        why, remedy = REASONS[self.code]
        return f"{why % self.params} {remedy % self.params}".strip()

    def text(self, label: str = "", place: str = "") -> str:
        """The whole message: the place, the column, the value, the reason and the remedy."""
        quoted = _("“%(value)s”") % {"value": self.value} if self.value else ""
        where = ", ".join(part for part in (place, label) if part)
        head = ": ".join(part for part in (where, quoted) if part)
        return f"{head}. {self.reason()}" if head else self.reason()


class FileProblem(Exception):
    """The file as a whole is refused; nothing of it is written."""

    def __init__(self, code: str, column: str = "", value: str = "", **params: Any):
        self.problem = Problem(code, column, shown(value), params)
        super().__init__(self.problem.key)


class CellProblem(Exception):
    """A value that is refused; the row is rejected."""

    def __init__(self, code: str, value: object = "", **params: Any):
        self.code, self.value, self.params = code, shown(value), params
        super().__init__(code)

    def at(self, column: str) -> Problem:
        return Problem(self.code, column, self.value, self.params)


def shown(value: object) -> str:
    """A value as it may be quoted on a page, in a log, in a terminal: one short line, no marks."""
    text = str(value)[: MAX_SHOWN_VALUE + 1]
    text = "".join(_visible(char) for char in text)
    return text if len(text) <= MAX_SHOWN_VALUE else text[: MAX_SHOWN_VALUE - 1] + "…"


def _visible(char: str) -> str:
    if char in "\r\n\t":
        return " "
    if "\udc80" <= char <= "\udcff":
        return "\ufffd"
    if ord(char) < 32:
        return chr(0x2400 + ord(char))
    return "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn") else char
