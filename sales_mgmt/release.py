"""Which code runs: what was drawn by other code must not be taken from a cache."""

import hashlib
from pathlib import Path

DRAWN_BY = (("templates", "*.html"), ("apps", "*.py"), ("apps", "*.mo"))


def release_mark(base: Path) -> str:
    """Changes with every file that draws pages; files are told by name, size and time, not read."""
    digest = hashlib.sha256()
    for folder, pattern in DRAWN_BY:
        for path in sorted((base / folder).rglob(pattern)):
            found = path.stat()
            digest.update(f"{path.relative_to(base)} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]
