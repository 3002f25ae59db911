"""Names that are nearly one, among very many: compared within blocks only, never all with all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from rapidfuzz import fuzz, process

from apps.clients.calculations import bare_name

# Percent of agreement from which two names are offered as one.
ALIKE_FROM = 90
LEAST_LETTERS = 5
# Names share a block when a word of theirs begins with the same letters.
BEGINNING = 4
# A larger block ("строй…") is divided by ever longer beginnings of the whole name.
LARGEST_BLOCK = 800
LONGEST_BEGINNING = 24

_NUMBERS = re.compile(r"\d+")


def sorted_words(bare: str) -> str:
    """The words of a bare name in alphabetical order: their order on the sign does not matter."""
    return " ".join(sorted(bare.split()))


def blocks(names: Mapping[int, str]) -> list[list[int]]:
    """Numbers whose names (words sorted) may be alike; a number stands in a block for each word."""
    by_beginning: dict[str, list[int]] = defaultdict(list)
    for number, name in names.items():
        beginnings = {word[:BEGINNING] for word in name.split() if len(word) >= BEGINNING}
        for beginning in beginnings:
            by_beginning[beginning].append(number)
    return [
        part
        for block in by_beginning.values()
        for part in divided(block, names, BEGINNING)
        if len(part) > 1
    ]


def divided(block: list[int], names: Mapping[int, str], length: int) -> Iterator[list[int]]:
    """A block that is too large, in parts whose names begin alike for longer and longer."""
    if len(block) <= LARGEST_BLOCK or length >= LONGEST_BEGINNING:
        for start in range(0, len(block), LARGEST_BLOCK):
            yield block[start : start + LARGEST_BLOCK]
        return
    parts: dict[str, list[int]] = defaultdict(list)
    for number in block:
        parts[names[number][:length]].append(number)
    for part in parts.values():
        yield from divided(part, names, length + BEGINNING)


def alike_in(block: list[int], names: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """Pairs of a block whose names agree by at least ALIKE_FROM percent, and in all their numbers."""
    texts = [names[number] for number in block]
    scores = process.cdist(
        texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE_FROM, dtype=np.uint8, workers=1
    )
    rows, columns = np.nonzero(np.triu(scores, k=1))
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if digits(texts[row]) == digits(texts[column]):
            yield block[row], block[column]


def digits(name: str) -> list[str]:
    """Plant 12 is not plant 13."""
    return _NUMBERS.findall(name)


class Groups:
    """Who is one with whom, when pairs come one by one (union-find; the lowest number leads)."""

    def __init__(self) -> None:
        self._leader: dict[int, int] = {}

    def leader(self, number: int) -> int:
        path = []
        while (above := self._leader.get(number, number)) != number:
            path.append(number)
            number = above
        for one in path:
            self._leader[one] = number
        return number

    def join(self, first: int, second: int) -> None:
        one, other = sorted((self.leader(first), self.leader(second)))
        self._leader[other] = one
        self._leader.setdefault(one, one)

    def members(self) -> Iterable[int]:
        return self._leader.keys()


def same_people(contacts: Mapping[int, tuple[str, str, str]]) -> dict[int, int]:
    """Who repeats whom among the few contacts of one client: number → number of the earlier one.

    `contacts` maps a number to name, phone and e-mail.
    """
    found: dict[int, int] = {}
    earlier: list[int] = []
    for number in sorted(contacts):
        twin = next((one for one in earlier if is_same(contacts[one], contacts[number])), None)
        if twin is None:
            earlier.append(number)
        else:
            found[number] = twin
    return found


def is_same(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """The same phone or e-mail, or a name that is nearly the same."""
    if (one[1] and one[1] == other[1]) or (one[2] and one[2] == other[2]):
        return True
    names = [sorted_words(bare_name(name)) for name in (one[0], other[0])]
    return min(map(len, names)) >= LEAST_LETTERS and fuzz.ratio(*names) >= ALIKE_FROM
