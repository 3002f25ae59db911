"""Static files from npm packages: only those listed here are served, as vendor/<package>/<file>.

A file and its source map are both listed: the hashing storage refuses a file whose map is missing.
Of the icons one file is made, with those that the product uses.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage

from apps.core import icons

ASSETS_DIR = Path(__file__).resolve().parent / "assets"
PACKAGES_DIR = ASSETS_DIR / "node_modules"
PREFIX = "vendor/"
FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map",
    "@fontsource-variable/inter/files/inter-cyrillic-ext-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "echarts/dist/echarts.min.js",
    "sortablejs/Sortable.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "tom-select/dist/css/tom-select.bootstrap5.min.css.map",
    "tom-select/dist/js/tom-select.complete.min.js",
    "tom-select/dist/js/tom-select.complete.min.js.map",
    "driver.js/dist/driver.css",
    "driver.js/dist/driver.js.iife.js",
)


class PackageFinder(BaseFinder):
    """Finds the listed files under node_modules."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [name for name in FILES if not (PACKAGES_DIR / name).is_file()]
        if not missing:
            return []
        return [
            Warning(
                f"{len(missing)} front-end files are missing, the first is {missing[0]}",
                hint=f"Run: npm ci --prefix {ASSETS_DIR}",
                id="assets.W001",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.removeprefix(PREFIX)
        found = path.startswith(PREFIX) and name in FILES and (PACKAGES_DIR / name).is_file()
        if not found:
            return []
        return [str(PACKAGES_DIR / name)] if find_all else str(PACKAGES_DIR / name)

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        storage = FileSystemStorage(location=PACKAGES_DIR, base_url=settings.STATIC_URL)
        storage.prefix = PREFIX.rstrip("/")  # type: ignore[attr-defined]
        for name in FILES:
            if (PACKAGES_DIR / name).is_file():
                yield name, storage


class IconFinder(BaseFinder):
    """Finds the file of icons, made anew when other icons are used."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []  # PackageFinder tells of missing packages

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != icons.SPRITE:
            return []
        return [str(made_sprite())] if find_all else str(made_sprite())

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        place = made_sprite()
        yield (
            place.name,
            FileSystemStorage(location=place.parent, base_url=settings.STATIC_URL),
        )


def made_sprite() -> Path:
    """Where the file of icons lies; written again only when it differs."""
    place = Path(settings.STATE_DIR) / "made" / icons.SPRITE
    drawings = icons.sprite()
    if not place.is_file() or place.read_text(encoding="utf-8") != drawings:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(drawings, encoding="utf-8")
    return place
