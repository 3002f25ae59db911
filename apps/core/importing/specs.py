"""What a room states about one kind of import: its columns, its choices and how rows are written."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from apps.core.importing.cells import Reader
from apps.core.importing.problems import Problem

if TYPE_CHECKING:
    from apps.core.models import ImportRow, ImportRun

TEXT, AMOUNT, DATE = "text", "amount", "date"


@dataclass(frozen=True)
class Column:
    """A field that a file may fill.

    `required`: the file must have the column. `filled`: each row must fill it (a reader that
    refuses blanks by itself, as amounts do, needs no `filled`). `names` are headings that mean it.
    """

    name: str
    label: str | Promise
    read: Reader
    names: tuple[str, ...] = ()
    style: str = TEXT
    required: bool = False
    filled: bool = False


@dataclass(frozen=True)
class Option:
    """A choice of the last step. `choices` empty: a tick. `default` holds for the command too."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    default: Any = False


@dataclass(frozen=True)
class CleanRow:
    """A row whose cells were read; `values` by field name, `key` what a repeat is known by."""

    line: int
    key: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What became of a row. `before` is what undo restores and the version that it expects."""

    line: int
    status: str
    object_id: int | None = None
    before: dict[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class DuplicateGroup:
    """Rows and known records that are likely the same thing, and why."""

    reason: str
    value: str
    members: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Writer(Protocol):
    """Made once per run by the room; holds its references and checks the rights of the author."""

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        """What `write` would do, writing nothing."""

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        """Write a chunk inside the caller's transaction; one answer per row, in order."""


@dataclass(frozen=True)
class Spec:
    """One kind of import. `permission` opens it; `order` is its place in the set-up."""

    kind: str
    label: str | Promise
    permission: str
    columns: tuple[Column, ...]
    options: tuple[Option, ...] = ()
    order: int = 0
    finds_duplicates: bool = False

    def missing(self, mapping: dict[int, str]) -> list[Problem]:
        """A problem for each required column that nothing fills."""
        there = set(mapping.values())
        return [
            Problem("missing_column", column.name, params={"label": str(column.label)})
            for column in self.columns
            if column.required and column.name not in there
        ]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_of(self, values: dict[str, Any]) -> str:
        """What a repeat is known by; "" when the row carries none."""
        return str(values.get("external_id") or "")

    def writer(self, run: "ImportRun") -> Writer:
        raise NotImplementedError

    def undo(self, run: "ImportRun", rows: Sequence["ImportRow"]) -> list[int]:
        """Take back written rows; returns the lines of those changed since, which stay."""
        raise NotImplementedError

    def duplicates(self, run: "ImportRun", rows: Iterable[CleanRow]) -> list[DuplicateGroup]:
        """Likely duplicates among the rows and what is known; asked when `finds_duplicates`."""
        return []

    def options_for(self, author: Any) -> tuple[Option, ...]:
        """The choices of the last step; a room may fill their lists from the base."""
        return self.options

    def known_names(self, run: "ImportRun", columns: Sequence[str]) -> dict[str, list[str]]:
        """For each column whose names may be matched by hand, the names to choose from."""
        return {}


_specs: dict[str, Spec] = {}


def register(spec: Spec) -> Spec:
    """State a kind of import; rooms call it in their `imports` module."""
    _specs[spec.kind] = spec
    return spec


def spec_for(kind: str) -> Spec:
    """Raises KeyError for an unknown kind."""
    return all_specs()[kind]


def all_specs() -> dict[str, Spec]:
    """Every kind, in the order in which a new installation needs them."""
    autodiscover_modules("imports")
    return dict(sorted(_specs.items(), key=lambda item: item[1].order))
