"""Catalogues: .po files made into .mo files by Babel, so that gettext need not be installed."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.reloader import translation_file_changed

from sales_mgmt.runtime.state import BASE_DIR


def catalogues() -> Iterator[Path]:
    """Every .po file of the product."""
    yield from sorted(BASE_DIR.glob("locale/*/LC_MESSAGES/*.po"))
    yield from sorted(BASE_DIR.glob("apps/*/locale/*/LC_MESSAGES/*.po"))


def compile_stale() -> int:
    """Compile the catalogues that are newer than their .mo file; how many there were.

    This process reads them too, even if it spoke before: the sample department is named here.
    """
    stale = list(filter(is_stale, catalogues()))
    for source in stale:
        translation_file_changed(None, compile_catalogue(source))
    return len(stale)


def is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def compile_catalogue(source: Path) -> Path:
    """Write the .mo file of `source`, by rename, and return it."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    target = source.with_suffix(".mo")
    draft = target.with_suffix(".draft")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
    return target
