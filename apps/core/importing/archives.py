"""Opening a workbook's archive without trusting what it says about itself."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from apps.core.importing.limits import (
    MAX_ARCHIVE_DIRECTORY_BYTES,
    MAX_ARCHIVE_ENTRIES,
    MAX_UNPACKED_BYTES,
    MAX_UNPACKED_RATIO,
    RATIO_COUNTS_FROM_BYTES,
)
from apps.core.importing.problems import FileProblem

_END_OF_DIRECTORY = b"PK\x05\x06"
_MAX_COMMENT_BYTES = 65_557
_CHUNK_BYTES = 64 * 1024


class Archive:
    """A checked zip; `chunks` counts again while it unpacks."""

    def __init__(self, path: str):
        _check_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise FileProblem("damaged") from fault
        self._unpacked = 0
        try:
            self._check_entries()
        except FileProblem:
            self.close()
            raise

    def close(self) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def _check_entries(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > MAX_ARCHIVE_ENTRIES:
            raise FileProblem("too_many_entries", limit=MAX_ARCHIVE_ENTRIES)
        if any(entry.flag_bits & 1 for entry in entries):
            raise FileProblem("encrypted_or_xls")
        if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
            raise FileProblem("macros")
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise FileProblem("unpacked_too_big")
        for entry in entries:
            _check_ratio(entry.file_size, entry.compress_size)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of one entry, piece by piece."""
        entry = self._zip.getinfo(name)
        seen = 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    seen += len(chunk)
                    self._count(len(chunk), seen, entry.compress_size)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as fault:
            raise FileProblem("damaged") from fault

    def _count(self, chunk: int, seen: int, packed: int) -> None:
        self._unpacked += chunk
        if self._unpacked > MAX_UNPACKED_BYTES:
            raise FileProblem("unpacked_too_big")
        _check_ratio(seen, packed)

    def parse(self, name: str, **handlers: Callable[..., Any]) -> Iterator[None]:
        """Run an XML part through expat `handlers`, yielding after each piece; definitions are refused."""
        parser = expat.ParserCreate(namespace_separator=None)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        for handler, function in handlers.items():
            setattr(parser, handler, function)
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as fault:
            raise FileProblem("damaged") from fault
        yield


def _refuse(*_declaration: object) -> NoReturn:
    raise FileProblem("xml_forbidden")


def _check_ratio(unpacked: int, packed: int) -> None:
    if unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAX_UNPACKED_RATIO * max(packed, 1):
        raise FileProblem("unpacked_too_big")


def _check_directory(path: str) -> None:
    """Read the directory's size from the end of the file, before any list of entries is built."""
    size = Path(path).stat().st_size
    with open(path, "rb") as file:
        file.seek(max(0, size - _MAX_COMMENT_BYTES))
        tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < 22:
        raise FileProblem("damaged")
    entries, directory_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > MAX_ARCHIVE_ENTRIES or directory_bytes > MAX_ARCHIVE_DIRECTORY_BYTES:
        raise FileProblem("too_many_entries", limit=MAX_ARCHIVE_ENTRIES)
