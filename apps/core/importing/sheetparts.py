"""The parts of a workbook that its cells refer to: the sheet's place, shared strings, date styles."""

import posixpath
import re
from collections.abc import Callable

from apps.core.importing.archives import Archive
from apps.core.importing.limits import MAX_UNPACKED_BYTES
from apps.core.importing.problems import FileProblem

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
# Quoted text, escapes and colours say nothing about dates.
_IGNORED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class SheetParts:
    """Raises FileProblem "not_xlsx" when the archive is not a workbook."""

    def __init__(self, archive: Archive):
        if _WORKBOOK not in archive:
            raise FileProblem("not_xlsx")
        self.since_1904 = False
        self._relation = ""
        self._read_workbook(archive)
        self.sheet = self._sheet_path(archive)
        self._strings = _shared_strings(archive) if _STRINGS in archive else []
        self._date_styles = _date_styles(archive) if _STYLES in archive else frozenset()

    def shared(self, number: str) -> str:
        try:
            return self._strings[int(number)]
        except (ValueError, IndexError) as fault:
            raise FileProblem("damaged") from fault

    def is_date(self, style: int) -> bool:
        return style in self._date_styles

    def _read_workbook(self, archive: Archive) -> None:
        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self.since_1904 = attributes.get("date1904") in ("1", "true")
            elif (name == "sheet" and not self._relation and "state" not in attributes) or (
                name == "sheet" and attributes.get("state") == "visible" and not self._relation
            ):
                self._relation = attributes.get("r:id", "")

        _read(archive, _WORKBOOK, start)

    def _sheet_path(self, archive: Archive) -> str:
        targets: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        if _RELATIONS in archive:
            _read(archive, _RELATIONS, start)
        target = targets.get(self._relation, "worksheets/sheet1.xml")
        path = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
        if path not in archive:
            raise FileProblem("damaged")
        return path


def _read(archive: Archive, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
    for _piece in archive.parse(name, StartElementHandler=start):
        pass


def _shared_strings(archive: Archive) -> list[str]:
    strings: list[str] = []
    state = {"text": False, "phonetic": False, "size": 0}
    parts: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            parts.clear()
        elif name == "rPh":
            state["phonetic"] = True
        state["text"] = name == "t" and not state["phonetic"]

    def end(name: str) -> None:
        state["text"] = False
        if name == "rPh":
            state["phonetic"] = False
        elif name == "si":
            strings.append("".join(parts))

    def text(piece: str) -> None:
        if state["text"]:
            parts.append(piece)
            state["size"] += len(piece)
            if state["size"] > MAX_UNPACKED_BYTES // 4:
                raise FileProblem("unpacked_too_big")

    handlers: dict[str, Callable[..., None]] = {
        "StartElementHandler": start,
        "EndElementHandler": end,
        "CharacterDataHandler": text,
    }
    for _piece in archive.parse(_STRINGS, **handlers):
        pass
    return strings


def _date_styles(archive: Archive) -> frozenset[int]:
    """Indexes of the cell styles that show a number as a date."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            styles.append(int(attributes.get("numFmtId", 0)))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside["cellXfs"] = False

    for _piece in archive.parse(_STYLES, StartElementHandler=start, EndElementHandler=end):
        pass
    return frozenset(
        index
        for index, number in enumerate(styles)
        if number in _DATE_FORMATS or _shows_date(formats.get(number, ""))
    )


def _shows_date(code: str) -> bool:
    bare = _IGNORED.sub("", code).lower()
    return "y" in bare or "d" in bare or ("h" in bare and "m" in bare)
