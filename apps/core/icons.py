"""Icons of the bootstrap-icons package, inlined so that no font is loaded."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

ICONS_DIR = Path(settings.BASE_DIR) / "sales_mgmt/assets/node_modules/bootstrap-icons/icons"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def icon_svg(name: str) -> SafeString:
    """The drawing `name` as an SVG hidden from screen readers.

    Raises LookupError for a name the package does not have. Without the package (the front-end
    files are not installed yet) it is empty: pages work, and a system check tells what to do.
    """
    path = ICONS_DIR / f"{name}.svg"
    if not path.is_file():
        if ICONS_DIR.is_dir():
            raise LookupError(f"there is no icon {name!r}")
        return mark_safe("")
    inner = _INNER.search(path.read_text())
    drawing = re.sub(r"\s*\n\s*", "", inner.group(1)) if inner else ""
    return mark_safe(  # noqa: S308 - the file comes from a locked package, never from a user
        '<svg class="i" width="16" height="16" fill="currentColor" viewBox="0 0 16 16"'
        f' aria-hidden="true" focusable="false">{drawing}</svg>'
    )
