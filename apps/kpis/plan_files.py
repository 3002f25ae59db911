"""A plan as a table for spreadsheets: one level of a version, and back from a file into amounts.

A line a team or a person, a column a month ("03.2027"), plain numbers without formulas. Lines of
teams are there to be read: totals are summed anew from the people whatever the file says of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.importing import reading
from apps.core.importing.amounts import read_amount
from apps.core.importing.problems import CellProblem, shown
from apps.core.importing.records import Cell, Record, as_text, is_blank
from apps.core.importing.workbooks import letters
from apps.kpis.calculations import ZERO
from apps.kpis.choices import PlanLevel
from apps.kpis.models import PlanVersion
from apps.kpis.plan_diff import Line, read_lines
from apps.staff.models import TeamNode, User

LEVEL, TEAM, PERSON, EMAIL, CODE = "level", "team", "person", "email", "code"
HEADINGS = {
    LEVEL: gettext_lazy("Level of the plan"),
    TEAM: gettext_lazy("Team"),
    PERSON: gettext_lazy("Person"),
    EMAIL: gettext_lazy("E-mail"),
    CODE: gettext_lazy("Personnel number"),
}
MONTH = re.compile(r"^(?P<month>0?[1-9]|1[0-2])\.(?P<year>\d{4})$")
# More problems than one mends at a time.
MOST_PROBLEMS = 50

Amounts = dict[tuple[int, date], Decimal]


def headings(year: int) -> list[str]:
    months = [f"{month:02d}.{year}" for month in range(1, 13)]
    return [*(str(label) for label in HEADINGS.values()), *months, str(year)]


def table_rows(
    viewer: Any, year: int, version: PlanVersion | None, level: str
) -> Iterator[list[Any]]:
    """The tree with its people, as far as the viewer sees it; a month without a plan is empty."""
    lines = read_lines(viewer, [version], level)[version.pk] if version else []
    teams, people = _sums(lines)
    nodes = list(TeamNode.objects.kept().led_by(viewer).order_by("path"))
    staff = _people_by_team(viewer, set(people), nodes)
    label = str(PlanLevel(level).label)
    for node in nodes:
        if node.pk in teams or staff[node.pk]:
            yield [label, node.name, "", "", "", *_amounts(teams[node.pk], year)]
        for one in staff[node.pk]:
            who = [one.get_full_name(), one.email or "", one.external_id]
            yield [label, node.name, *who, *_amounts(people[one.pk], year)]


def _sums(lines: Iterable[Line]) -> tuple[Any, Any]:
    """Amounts by month of each node, and of each person in whichever teams he stands."""
    teams: Any = defaultdict(lambda: defaultdict(lambda: ZERO))
    people: Any = defaultdict(lambda: defaultdict(lambda: ZERO))
    for line in lines:
        if line.person is None:
            teams[line.node][line.month] += line.amount
        else:
            people[line.person][line.month] += line.amount
    return teams, people


def _people_by_team(viewer: Any, planned: set[int], nodes: list[TeamNode]) -> dict[int, list[User]]:
    """Selling people who are here and those who are planned for; without a team, at the top."""
    top = nodes[0].pk if nodes else 0
    found: dict[int, list[User]] = defaultdict(list)
    for one in plannable(viewer, planned):
        found[one.team_id or top].append(one)
    return found


def plannable(viewer: Any, planned: Iterable[int] = ()) -> list[User]:
    people = User.objects.work_visible_to(viewer)
    selling = people.filter(pk__in=User.objects.selling().working())
    return list((selling | people.filter(pk__in=list(planned))).distinct().in_name_order())


def _amounts(months: dict[date, Decimal], year: int) -> list[Decimal | None]:
    cells = [months.get(date(year, month, 1)) or None for month in range(1, 13)]
    return [*cells, sum(filter(None, cells), ZERO)]


@dataclass
class ReadPlan:
    """What a file says: amounts of `level` by person and month, 0 for an empty cell; or `problems`.

    Each problem names its cell as the spreadsheet does ("F7"). Months and people that the file does
    not have keep what they had.
    """

    level: str = ""
    amounts: Amounts = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def refuse(self, place: str, text: str, value: Cell = "") -> None:
        quoted = _("“%(value)s”") % {"value": shown(as_text(value))} if value != "" else ""
        self.problems.append(": ".join(part for part in (place, quoted, text) if part))


def read_plan(path: str, name: str, *, by: Any, year: int) -> ReadPlan:
    """The plan in the file at `path` called `name`. Raises FileProblem when it is no table at all."""
    found = reading.open_file(path, name)
    rows = (record for record in reading.records(path, found) if not record.is_blank())
    reader = Reader(ReadPlan(), year, plannable(by), found.kind == "xlsx")
    heading = next(rows, None)
    if heading is None or not reader.take_headings(heading):
        return reader.plan
    for record in rows:
        reader.take(record)
        if len(reader.plan.problems) >= MOST_PROBLEMS:
            break
    if not reader.plan.amounts and not reader.plan.problems:
        reader.plan.refuse("", _("There is no line of a person in the file."))
    return reader.plan


class Reader:
    """Takes the rows of one file, one after another."""

    def __init__(self, plan: ReadPlan, year: int, people: list[User], is_workbook: bool) -> None:
        self.plan, self.year, self.is_workbook = plan, year, is_workbook
        self.columns: dict[str, int] = {}
        self.months: dict[int, date] = {}
        self.seen: dict[int, int] = {}
        self.people = {CODE: _by_key(people, _codes), EMAIL: _by_key(people, _emails)}
        self.people[PERSON] = _by_key(people, _names)

    def take_headings(self, record: Record) -> bool:
        """Learn the columns; False, with a problem written, when the needed ones are missing."""
        for index, cell in enumerate(record.cells):
            self._take_heading(record, index, cell)
        if not {PERSON, EMAIL, CODE} & set(self.columns):
            self.plan.refuse("", _("There is no column of people: name, e-mail or number."))
        elif not self.months:
            text = _("There is no column of a month of %(year)s; it is headed “01.%(year)s”.")
            self.plan.refuse("", text % {"year": self.year})
        return not self.plan.problems

    def _take_heading(self, record: Record, index: int, cell: Cell) -> None:
        month = month_of_heading(cell)
        if month is None:
            name = known_headings().get(_key(as_text(cell)))
            if name:
                self.columns.setdefault(name, index)
        elif month.year != self.year:
            text = _("This file is of another year: the plan is of %(year)s.")
            self.plan.refuse(self._place(record, index), text % {"year": self.year}, cell)
        elif month in self.months.values():
            self.plan.refuse(self._place(record, index), _("This month stands twice."), cell)
        else:
            self.months[index] = month

    def take(self, record: Record) -> None:
        """A line of a person; lines of teams and the total are skipped."""
        if not any(self._cell(record, name) != "" for name in (PERSON, EMAIL, CODE)):
            return
        self._take_level(record)
        person = self._person(record)
        if person is None:
            return
        if person.pk in self.seen:
            text = _("This person stands in line %(line)s already.")
            self._refuse(record, PERSON, text % {"line": self.seen[person.pk]})
            return
        self.seen[person.pk] = record.line
        for index, month in self.months.items():
            self._take_amount(record, index, (person.pk, month))

    def _take_level(self, record: Record) -> None:
        cell = self._cell(record, LEVEL)
        level = known_levels().get(_key(cell)) if cell else PlanLevel.PLAN
        if level is None:
            self._refuse(record, LEVEL, _("There is no such level of the plan."))
        elif self.plan.level not in ("", level):
            self._refuse(record, LEVEL, _("A file holds one level of the plan."))
        else:
            self.plan.level = level

    def _person(self, record: Record) -> User | None:
        """By the number, else the e-mail, else the name."""
        for name in (CODE, EMAIL, PERSON):
            cell = self._cell(record, name)
            found = self.people[name].get(_key(cell), []) if cell else []
            if len(found) == 1:
                return found[0]
            if found:
                text = _("More than one person is called so: give the e-mail or the number.")
                self._refuse(record, name, text)
                return None
        given = next(name for name in (CODE, EMAIL, PERSON) if self._cell(record, name))
        self._refuse(record, given, _("There is no such person among those you plan for."))
        return None

    def _take_amount(self, record: Record, index: int, place: tuple[int, date]) -> None:
        cell = record.cells[index] if index < len(record.cells) else ""
        if is_blank(cell):
            self.plan.amounts[place] = ZERO
            return
        try:
            self.plan.amounts[place] = read_amount(cell)
        except CellProblem as fault:
            problem = fault.at("")
            self.plan.problems.append(problem.text(place=self._place(record, index)))

    def _cell(self, record: Record, name: str) -> str:
        index = self.columns.get(name)
        if index is None or index >= len(record.cells):
            return ""
        return str(reading.unquoted(as_text(record.cells[index]).strip()))

    def _refuse(self, record: Record, name: str, text: str) -> None:
        place = self._place(record, self.columns.get(name, 0))
        self.plan.refuse(place, text, self._cell(record, name))

    def _place(self, record: Record, index: int) -> str:
        if self.is_workbook:
            return f"{letters(index)}{record.line}"
        return _("line %(line)s, column %(column)s") % {"line": record.line, "column": index + 1}


def month_of_heading(cell: Cell) -> date | None:
    """The first day of the month that a heading names: "03.2027", or a date of that month."""
    if isinstance(cell, date):
        return date(cell.year, cell.month, 1)
    # A spreadsheet may take "10.2030" for a number, which loses its zero.
    text = f"{cell:.4f}" if isinstance(cell, Decimal) else as_text(cell).strip()
    match = MONTH.match(text)
    return date(int(match["year"]), int(match["month"]), 1) if match else None


@cache
def known_headings() -> dict[str, str]:
    """Every heading in every language we speak: a file may come from a colleague."""
    return _in_each_language(dict(HEADINGS))


@cache
def known_levels() -> dict[str, PlanLevel]:
    return _in_each_language({level: level.label for level in PlanLevel})


def _in_each_language(labels: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {_key(str(label)): name for name, label in labels.items()}
    return found


def _key(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())


def _by_key(people: list[User], keys_of: Any) -> dict[str, list[User]]:
    found: dict[str, list[User]] = defaultdict(list)
    for one in people:
        for key in {_key(key) for key in keys_of(one) if key}:
            found[key].append(one)
    return found


def _codes(person: User) -> list[str]:
    return [person.external_id]


def _emails(person: User) -> list[str]:
    return [person.email or ""]


def _names(person: User) -> list[str]:
    first, last, middle = person.first_name, person.last_name, person.middle_name
    return [f"{first} {last}", f"{last} {first}", f"{last} {first} {middle}".strip()]
