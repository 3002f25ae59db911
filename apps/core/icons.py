"""Icons of the bootstrap-icons package: one file of drawings, and references to it on pages.

The file holds the icons that templates and code name, and no others. Inlined drawings were half the
weight of a page; the file is fetched once a release.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

ICONS_DIR = Path(settings.BASE_DIR) / "sales_mgmt/assets/node_modules/bootstrap-icons/icons"
SPRITE = "icons.svg"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_QUOTED = re.compile(r"""["']([a-z0-9-]{3,40})["']""")
# Where icons are named.
_NAMED_IN = (("templates", "*.html"), ("apps", "*.py"), ("apps", "*.html"), ("static/js", "*.js"))


@cache
def icon_svg(name: str) -> SafeString:
    """A reference to the drawing `name`, hidden from screen readers.

    Raises LookupError for a name the file does not have. Without the package (the front-end files
    are not installed yet) the drawing is empty: pages work, and a system check tells what to do.
    """
    if name not in icon_names() and ICONS_DIR.is_dir():
        raise LookupError(f"there is no icon {name!r}, or no file names it in quotes")
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static(SPRITE), name
    )


@cache
def icon_names() -> frozenset[str]:
    """Every quoted word of templates and code that is the name of an icon."""
    drawn = {path.stem for path in ICONS_DIR.glob("*.svg")}
    return frozenset(word for text in _sources() for word in _QUOTED.findall(text) if word in drawn)


def _sources() -> Iterator[str]:
    for folder, pattern in _NAMED_IN:
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob(pattern)):
            yield path.read_text(encoding="utf-8")


def sprite() -> str:
    """The file of drawings: a symbol for each name."""
    symbols = (_symbol(name) for name in sorted(icon_names()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _symbol(name: str) -> str:
    inner = _INNER.search((ICONS_DIR / f"{name}.svg").read_text(encoding="utf-8"))
    drawing = re.sub(r"\s*\n\s*", "", inner.group(1)) if inner else ""
    return f'<symbol id="{name}" viewBox="0 0 16 16">{drawing}</symbol>'
