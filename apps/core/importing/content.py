"""What a file is, by its content and not by its name."""

import re
from pathlib import Path

from apps.core.importing.limits import EXTENSIONS
from apps.core.importing.problems import FileProblem

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BINARY = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF", b"MZ", b"\x7fELF", b"\x1f\x8b", b"BM",
    b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"SQLite format 3", b"\x00\x00\x01\x00",
)  # fmt: skip
_HTML = re.compile(rb"^\s*(<!doctype|<html|<table|<head|<meta|<\?xml|<svg)", re.IGNORECASE)
_SAMPLE_BYTES = 64 * 1024
_MAX_CONTROL_SHARE = 0.1


def kind_of(path: str, name: str) -> str:
    """ "xlsx" or "csv". Raises FileProblem when the content is neither, or not what the name says."""
    with open(path, "rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample:
        raise FileProblem("empty_file")
    extension = Path(name).suffix.lower().lstrip(".")
    if sample.startswith(OLE):
        raise FileProblem("encrypted_or_xls")
    if sample.startswith(_ZIP):
        return "xlsx"
    if extension in ("xlsx", "xlsm", "xls"):
        raise FileProblem("not_xlsx")
    if extension not in EXTENSIONS:
        raise FileProblem("type_not_allowed")
    if not _looks_like_text(sample):
        raise FileProblem("not_csv")
    return "csv"


def _looks_like_text(sample: bytes) -> bool:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if sample.startswith(_BINARY) or _HTML.match(sample.removeprefix(b"\xef\xbb\xbf")):
        return False
    return _is_wide(sample) or _control_share(sample) <= _MAX_CONTROL_SHARE


def _is_wide(sample: bytes) -> bool:
    """UTF-16 without a mark: every other byte of Latin text and delimiters is zero."""
    return sample.count(0) > len(sample) * 0.2 and not sample.startswith(b"\x00\x00")


def _control_share(sample: bytes) -> float:
    return sum(byte < 32 and byte not in b"\t\n\r\f" for byte in sample) / len(sample)
