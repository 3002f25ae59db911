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
_SHOWN_ALIKE = 3
# "руб" is like RUB for a reader, so likeness is sought in one alphabet.
_LATIN = dict(zip(map(ord, "абвгдезийклмнопрстуфхцыэ"), "abvgdeziiklmnoprstufhcye", strict=True))


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
        # The first name of a thing is the one it is shown by.
        self._shown: dict[Any, str] = {}
        for name, thing in named:
            self.add(name, thing)
        self._substitutes = {fold(name): fold(to) for name, to in (substitutes or {}).items()}

    def add(self, name: str, thing: Thing) -> None:
        self._things.setdefault(fold(name), thing)
        self._shown.setdefault(thing, name)

    def find(self, name: str) -> Thing | None:
        key = fold(name)
        return self._things.get(self._substitutes.get(key, key))

    def unknown(self, name: str, **params: Any) -> Problem:
        """The problem "unknown_<column>" with the known names that are like this one."""
        alike = self._alike(name)
        nearest = alike[0][0] if alike and alike[0][1] >= _SUGGESTED_FROM else ""
        params |= {"nearest": nearest, "alike": ", ".join(each for each, _score in alike) or "–"}
        return Problem(f"unknown_{self._column}", self._column, shown(name), params)

    def _alike(self, name: str) -> list[tuple[str, float]]:
        """Names with their likeness, the most alike first."""
        plain = {key: key.translate(_LATIN) for key in self._things}
        found = process.extract(
            fold(name).translate(_LATIN), plain, scorer=fuzz.WRatio, limit=_SHOWN_ALIKE
        )
        names = {self._shown[self._things[key]]: score for _text, score, key in reversed(found)}
        return sorted(names.items(), key=lambda item: -item[1])
