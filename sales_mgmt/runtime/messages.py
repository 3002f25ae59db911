"""Texts that the code and the templates want translated, found without gettext's programs."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

from sales_mgmt.runtime.binaries import package_directory
from sales_mgmt.runtime.state import BASE_DIR

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
OWN_PLACES = ("apps", "sales_mgmt", "templates")
SKIPPED = {"node_modules", "migrations", "__pycache__", "locale"}
# Packages whose screens people see; they bring no Russian of their own, or not all of it.
BORROWED_PACKAGES = ("unfold", "crispy_forms", "crispy_bootstrap5", "django_filters")
# Their extensions for packages that are not installed here are never seen.
UNUSED_EXTENSIONS = ("unfold/contrib/",)


@dataclass(frozen=True)
class Text:
    """A message by its singular and context, and the place where it was found."""

    singular: str
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str, str | None]:
        return self.singular, self.context


def own_texts() -> Iterator[Text]:
    for place in OWN_PLACES:
        yield from texts_under(BASE_DIR / place, BASE_DIR)


def borrowed_texts() -> Iterator[Text]:
    for name in BORROWED_PACKAGES:
        if directory := package_directory(name):
            for text in texts_under(directory, directory.parent):
                if not text.place.startswith(UNUSED_EXTENSIONS):
                    yield text


def texts_under(directory: Path, root: Path) -> Iterator[Text]:
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and not SKIPPED & set(path.parts):
            yield from texts_of(path, str(path.relative_to(root)))


def texts_of(path: Path, name: str) -> Iterator[Text]:
    """Texts of one file; a template is first turned into something like Python."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        lines = templatize(source, origin=name).splitlines()
        source = "\n".join(line.lstrip() for line in lines)  # an indent would upset the tokenizer
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for line, message, _comments, context in found:
        singular = message[0] if isinstance(message, tuple) else message
        yield Text(singular, context, f"{name}:{line}")
