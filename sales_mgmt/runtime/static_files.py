"""Collected static files, and the mark that says what they were collected from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sales_mgmt.runtime.packages import ASSETS_DIR
from sales_mgmt.runtime.state import BASE_DIR

MARK = ".collected-from"


def sources_digest() -> str:
    """A hash of everything that the collected files depend on."""
    digest = hashlib.sha256()
    for path in sorted(sources()):
        status = path.stat()
        digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def sources() -> Iterator[Path]:
    for pattern in ("static/**/*", "apps/*/static/**/*"):
        yield from (path for path in BASE_DIR.glob(pattern) if path.is_file())
    yield from (BASE_DIR / "sales_mgmt").glob("*.py")
    yield BASE_DIR / "requirements.txt"
    yield ASSETS_DIR / "package-lock.json"


def are_current(target: Path) -> bool:
    mark = target / MARK
    return mark.exists() and mark.read_text() == sources_digest()


def mark_current(target: Path) -> None:
    (target / MARK).write_text(sources_digest())
