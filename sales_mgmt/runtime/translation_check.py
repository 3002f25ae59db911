"""Is the Russian catalogue complete and right? Each finding is one line to mend."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from sales_mgmt.runtime.binaries import package_directory
from sales_mgmt.runtime.messages import BORROWED_PACKAGES, Text, borrowed_texts, own_texts
from sales_mgmt.runtime.state import BASE_DIR
from sales_mgmt.runtime.translations import catalogues

LANGUAGE = "ru"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")

Key = tuple[str, str | None]


def findings() -> list[str]:
    """What is wrong with the Russian catalogues; empty when nothing is."""
    known = own_entries()
    wanted = [*own_texts(), *borrowed_texts()]
    return [
        *missing(wanted, {*known, *entries_of_packages()}),
        *unused(known, {text.key for text in wanted}),
        *wrong(known),
        *contradictory(known),
    ]


def own_entries() -> dict[Key, list[tuple[Path, Message]]]:
    """Every entry of our catalogues with the places where it stands."""
    entries: dict[Key, list[tuple[Path, Message]]] = defaultdict(list)
    for path in catalogues():
        if path.parts[-3] == LANGUAGE:
            for message in messages_of(path):
                entries[key_of(message)].append((path.relative_to(BASE_DIR), message))
    return entries


def entries_of_packages() -> set[Key]:
    """Django and some packages speak Russian; what they say need not be said again."""
    places = [package_directory(name) for name in ("django", *BORROWED_PACKAGES)]
    paths = [
        path
        for place in places
        if place
        for path in place.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po")
    ]
    return {key_of(message) for path in paths for message in messages_of(path) if message.string}


def messages_of(path: Path) -> Iterator[Message]:
    with path.open("rb") as file:
        yield from (message for message in read_po(file, locale=LANGUAGE) if message.id)


def key_of(message: Message) -> Key:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return singular, message.context


def missing(wanted: list[Text], known: set[Key]) -> Iterator[str]:
    for text in wanted:
        if text.key not in known:
            yield f"{text.place}: not translated: {text.singular!r}"


def unused(known: dict[Key, list[tuple[Path, Message]]], wanted: set[Key]) -> Iterator[str]:
    for key in sorted(set(known) - wanted, key=str):
        yield f"{known[key][0][0]}: nothing says this any more: {key[0]!r}"


def wrong(known: dict[Key, list[tuple[Path, Message]]]) -> Iterator[str]:
    for path, message in (place for places in known.values() for place in places):
        if problem := problem_of(message):
            yield f"{path}: {problem}: {key_of(message)[0]!r}"


def problem_of(message: Message) -> str:
    """What is wrong with one entry; "" when nothing is."""
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        return "marked fuzzy"
    if not all(strings):
        return "empty"
    if isinstance(message.id, str):
        same = placeholders(message.id) == placeholders(strings[0])
        return "" if same else "other placeholders than the original"
    allowed = placeholders(message.id[1]) | placeholders(message.id[0])
    strange = any(placeholders(string) - allowed for string in strings)
    return "a placeholder that the original lacks" if strange else ""


def placeholders(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def contradictory(known: dict[Key, list[tuple[Path, Message]]]) -> Iterator[str]:
    """Catalogues are merged, so one text cannot be translated in two ways without a context."""
    for key, places in known.items():
        if len({str(message.string) for _, message in places}) > 1:
            names = ", ".join(str(path) for path, _ in places)
            yield f"{names}: translated differently: {key[0]!r}"
