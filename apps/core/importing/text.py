"""From bytes to text: which encoding, and what to do with bytes that do not fit it."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.core.importing.limits import MEGABYTE
from apps.core.importing.problems import FileProblem

ENCODINGS = (
    "utf-8", "cp1251", "cp866", "koi8-r", "mac-cyrillic", "cp1252", "utf-16-le", "utf-16-be",
)  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SINGLE_BYTE = ("cp1251", "cp866", "koi8-r", "mac-cyrillic")
_CHUNK_BYTES = 64 * 1024
_SAMPLE_BYTES = 256 * 1024
_MAX_LINE_CHARACTERS = 4 * MEGABYTE
# A single foreign letter inside a Latin word, as in "Müller": not Cyrillic.
_WESTERN = re.compile(rb"[A-Za-z][\x80-\xff](?=[A-Za-z])")
_HIGH = re.compile(rb"[\x80-\xff]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_UNDECODED = re.compile("[\udc80-\udcff\ufffd]")
# The most frequent letters of Russian text; wrong tables give rare letters and drawing signs.
_FREQUENT = frozenset("оеаинтсрвлкмдпу")


@dataclass(frozen=True)
class Encoding:
    """`sure` is False for a guess that the user has to confirm before anything is read."""

    name: str
    sure: bool = True


def detect_encoding(path: str) -> Encoding:
    """UTF by mark or by validity; a single-byte Cyrillic table by how often its letters are common.

    Every byte string is valid cp1251, so the absence of an error proves nothing: a table other than
    cp1251 is only a suggestion.
    """
    with open(path, "rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name)
    if wide := _wide_without_mark(sample):
        return Encoding(wide)
    if _holds_utf8(path):
        return Encoding("utf-8")
    if len(_WESTERN.findall(sample)) > len(_HIGH.findall(sample)) / 2:
        return Encoding("cp1252", sure=False)
    best = max(SINGLE_BYTE, key=lambda name: _plausibility(sample, name))
    return Encoding(best, sure=best == "cp1251")


def _wide_without_mark(sample: bytes) -> str:
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.4:
        return "utf-16-le"
    if half and sample[0::2].count(0) > half * 0.4:
        return "utf-16-be"
    return ""


def _holds_utf8(path: str) -> bool:
    """Is the file UTF-8, wholly or in some of its lines (then the others are bad rows)?"""
    whole, some = True, False
    with open(path, "rb") as file:
        for line in _byte_lines(file):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                whole = False
            else:
                some = some or not line.isascii()
            if not whole and some:
                return True
    return whole


def _byte_lines(file) -> Iterator[bytes]:
    rest = b""
    while chunk := file.read(_CHUNK_BYTES):
        *lines, rest = re.split(rb"[\r\n]", rest + chunk)
        yield from lines
    yield rest


def _plausibility(sample: bytes, encoding: str) -> int:
    text = sample.decode(encoding, "replace")
    return sum(_weight(char) for char in text if char > "\x7f")


def _weight(char: str) -> int:
    if char in _FREQUENT:
        return 3
    if "а" <= char <= "я" or "А" <= char <= "Я" or char in "ёЁ№«»–—\xa0":
        return 1
    return -3


def characters(path: str, encoding: str) -> Iterator[str]:
    """The text in pieces. A byte that does not fit becomes a lone surrogate and marks its row bad."""
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    first = True
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            text = decoder.decode(chunk)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            yield text
    yield decoder.decode(b"", final=True)


def lines(path: str, encoding: str) -> Iterator[str]:
    """Lines with their ends; LF, CR LF and a lone CR all end a line, as in a text editor."""
    rest = ""
    for piece in characters(path, encoding):
        rest += piece
        if rest.endswith("\r"):
            whole, rest = rest[:-1], rest[-1:]
        else:
            whole, rest = rest, ""
        found = _LINE.findall(whole)
        if found and not found[-1].endswith(("\n", "\r")):
            rest = found.pop() + rest
        yield from found
        if len(rest) > _MAX_LINE_CHARACTERS:
            raise FileProblem("line_too_long")
    if rest:
        yield rest


def is_undecoded(text: str) -> bool:
    """Does the text hold bytes that did not fit the encoding?"""
    return bool(_UNDECODED.search(text))
