"""Finding what a cell names among the things that exist; a typo never makes a new one."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from rapidfuzz import fuzz, process

from apps.core.importing.problems import Problem, shown

Thing = TypeVar("Thing")
_BLANKS = re.compile(r"\s+")
_SUGGESTED_FROM = 60


def fold(name: str) -> str:
    """A name without regard to case and blanks: two spellings of it are the same thing."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", name)).strip().casefold()


class References(Generic[Thing]):
    """Things by their names. `substitutes`: what the user said instead of a name in the file."""

    def __init__(
        self,
        column: str,
        named: Iterable[tuple[str, Thing]],
        *,
        substitutes: Mapping[str, str] | None = None,
    ):
        self._column = column
        self._things: dict[str, Thing] = {}
        self._names: dict[str, str] = {}
        for name, thing in named:
            self._things.setdefault(fold(name), thing)
            self._names.setdefault(fold(name), name)
        self._substitutes = {fold(name): fold(to) for name, to in (substitutes or {}).items()}

    def add(self, name: str, thing: Thing) -> None:
        self._things[fold(name)] = thing
        self._names.setdefault(fold(name), name)

    def find(self, name: str) -> Thing | None:
        key = fold(name)
        return self._things.get(self._substitutes.get(key, key))

    def unknown(self, name: str, **params: Any) -> Problem:
        """The problem "unknown_<column>" with the nearest known name."""
        nearest = self.nearest(name)
        return Problem(
            f"unknown_{self._column}", self._column, shown(name), {"nearest": nearest, **params}
        )

    def nearest(self, name: str) -> str:
        """The known name most alike, "–" when none is."""
        match = process.extractOne(
            fold(name), self._names.keys(), scorer=fuzz.WRatio, score_cutoff=_SUGGESTED_FROM
        )
        return self._names[match[0]] if match else "–"

    def names(self) -> list[str]:
        return sorted(self._names.values())
