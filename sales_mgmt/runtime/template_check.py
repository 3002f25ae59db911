"""What the content policy forbids in a template, and what would let users' text run."""

import re
from collections.abc import Iterator
from pathlib import Path

from sales_mgmt.runtime.state import BASE_DIR

FORBIDDEN = {
    r"\sstyle\s*=\s*[\"']": "a style attribute (use a class, or data-w and data-l)",
    r"\son[a-z]+\s*=\s*[\"']": "an on… attribute (write a module under static/js)",
    r"\shx-on[:\w-]*\s*=": "hx-on (write a module under static/js)",
    r"[\"'{ ]js:": "a js: value",
    r"javascript:": "a javascript: address",
    r"<style\b": "a style element",
    r"<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)": "an inline script",
    r"\|\s*safe(?:seq)?\b": "the filter `safe`",
    r"{%\s*autoescape\s+off": "autoescape off",
    r"(?:src|href)\s*=\s*[\"'](?:https?:)?//": "an address of another host",
}
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)


def findings() -> list[str]:
    """Each forbidden thing with its file and line; empty when there is none."""
    return [line for path in templates() for line in findings_in(path)]


def templates() -> Iterator[Path]:
    yield from sorted((BASE_DIR / "templates").rglob("*.html"))
    yield from sorted(BASE_DIR.glob("apps/*/templates/**/*.html"))


def findings_in(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    # Comments are blanked, not cut, so that line numbers stay right.
    text = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), source)
    for pattern, name in FORBIDDEN.items():
        for match in re.finditer(pattern, text, re.IGNORECASE):
            line = text.count("\n", 0, match.start() + 1) + 1
            yield f"{path.relative_to(BASE_DIR)}:{line}: {name}"
