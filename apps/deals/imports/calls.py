"""Import of a telephone exchange's call log: calls that nobody had to type in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.calculations import normal_phone
from apps.core.access import grant
from apps.core.calendars import company_zone
from apps.core.choices import RowStatus
from apps.core.importing import cells
from apps.core.importing.messages import explain
from apps.core.importing.problems import CellProblem, Problem, shown
from apps.core.importing.records import Cell, Fault, as_text, is_blank
from apps.core.importing.specs import CleanRow, Column, Spec, Written, register
from apps.core.models import ImportRow, ImportRun
from apps.deals import rules
from apps.deals.actions.measured import Measured, known_keys, record_measured, undo_measured
from apps.deals.choices import ActivityKind
from apps.deals.measured import Party, parties_by
from apps.staff.imports import PeopleNames
from apps.staff.models import User

grant("deals.import_calls", to=rules.SELLING)

explain(
    no_client_number=(
        _("No client you see has the number %(number)s."),
        _("Add the number to the client's contact and import the file again."),
    ),
    several_clients_number=(
        _("Several clients have the number %(number)s: %(names)s."),
        _("Leave the number with one of them and import the file again."),
    ),
    nobody_of_ours=(
        _("Neither number belongs to one of our people, and the row names none."),
        _("Map the column with the employee, or put the number on his card."),
    ),
    future_call=(
        _("The call lies in the future."),
        _("Check the clock of the exchange and the order of day and month."),
    ),
)

CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
EPOCH = re.compile(r"^\d{10}$", re.ASCII)
WHOLE = re.compile(r"^\d{1,6}(?:[.,]0+)?$", re.ASCII)
SPAN = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})$", re.ASCII)
# How exchanges call a call that nobody answered.
UNANSWERED = re.compile(
    r"no.?answer|busy|fail|cancel|missed|пропущ|не отвеч|не дозвон|неотвеч|занят|отмен|неуспеш",
    re.IGNORECASE,
)
CLOCKS_DIFFER = timedelta(minutes=5)


def moment(cell: Cell, style: cells.Style) -> datetime | None:
    """A day with its time; the company's clock, or seconds since 1970 as Asterisk may write them."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=cell.tzinfo or company_zone())
    text = "" if isinstance(cell, Fault) else as_text(cell).strip()
    if EPOCH.match(text):
        return datetime.fromtimestamp(int(text), UTC)
    day = cells.day()(cell, style)
    clock = CLOCK.search(text)
    if day is None or clock is None:
        if text:
            raise CellProblem("date_format", cell)
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise CellProblem("date_format", cell)
    return datetime.combine(day, time(hour, minute, second), company_zone())


def seconds(cell: Cell, style: cells.Style) -> int | None:
    """A length: seconds, "3:25" or "0:03:25"; None for a blank."""
    if isinstance(cell, Fault):
        raise CellProblem(cell.code, cell.text)
    if is_blank(cell):
        return None
    if isinstance(cell, Decimal) and cell == int(cell) and 0 <= cell < 10**6:
        return int(cell)
    text = as_text(cell).strip()
    if WHOLE.match(text):
        return int(re.split("[.,]", text)[0])
    if found := SPAN.match(text):
        hours, minutes, rest = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + rest
    raise CellProblem("number_format", cell)


COLUMNS = (
    Column(
        "at",
        _("When"),
        moment,
        (
            "дата", "дата и время", "дата звонка", "время", "начало", "время начала", "calldate",
            "start", "start time", "date", "datetime", "call time",
        ),
        required=True,
        filled=True,
    ),
    Column(
        "caller",
        _("Who called"),
        cells.text(limit=100),
        (
            "кто", "кто звонил", "откуда", "от кого", "звонящий", "номер звонящего", "номер а",
            "src", "from", "caller", "caller id", "clid",
        ),
        required=True,
    ),
    Column(
        "callee",
        _("Whom"),
        cells.text(limit=100),
        (
            "кому", "куда", "с кем", "с кем говорил", "вызываемый", "набранный номер", "номер б",
            "dst", "to", "callee", "called", "destination",
        ),
        required=True,
    ),
    Column(
        "manager",
        _("Employee"),
        cells.text(),
        ("сотрудник", "менеджер", "оператор", "ответственный", "employee", "agent", "operator", "user"),
    ),
    Column(
        "seconds",
        _("Length"),
        seconds,
        (
            "длительность", "длительность разговора", "разговор", "продолжительность", "длительность, сек",
            # Not "duration": an exchange that writes both counts the ringing in it.
            "billsec", "talk time",
        ),
    ),
    Column(
        "status",
        _("How it ended"),
        cells.text(limit=100),
        ("статус", "результат", "состояние", "disposition", "status", "result"),
    ),
    Column(
        "external_id",
        _("Code of the call"),
        cells.text(limit=150),
        ("id", "id звонка", "код звонка", "uniqueid", "call id", "entry id", "entry_id", "call_id"),
    ),
)  # fmt: skip


@dataclass
class Plan:
    """A row with what it means, or why it means nothing."""

    row: CleanRow
    entry: Measured | None = None
    problem: Problem | None = None


class CallWriter:
    """The numbers of a chunk are looked up at once; the author's rights bound whose they may be."""

    def __init__(self, run: ImportRun):
        author: User = run.author
        self._author = author
        self._people = PeopleNames(author, run.policy.get("values", {}).get("manager"))
        ours = User.objects.work_visible_to(author).exclude(phone="")
        self._phones = {number_of(phone): pk for pk, phone in ours.values_list("pk", "phone")}
        self._phones.pop("", None)

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        plans = self._plan(rows)
        known = known_keys(plan.entry.key for plan in plans if plan.entry)
        return [self._answer(plan, known) for plan in plans]

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        plans = self._plan(rows)
        known = known_keys(plan.entry.key for plan in plans if plan.entry)
        kept = record_measured([plan.entry for plan in plans if plan.entry])
        ids = {key: activity.pk for key, activity in kept.items()}
        return [self._answer(plan, known, ids) for plan in plans]

    def _answer(self, plan: Plan, known: set[str], ids: dict[str, int] | None = None) -> Written:
        if plan.entry is None:
            problems = (plan.problem,) if plan.problem else ()
            return Written(plan.row.line, RowStatus.REJECTED, problems=problems)
        if plan.entry.key in known:
            return Written(plan.row.line, RowStatus.UNCHANGED)
        return Written(plan.row.line, RowStatus.CREATED, (ids or {}).get(plan.entry.key), {})

    def _plan(self, rows: Sequence[CleanRow]) -> list[Plan]:
        numbers = {number_of(row.values.get(side, "")) for row in rows for side in SIDES}
        parties = parties_by("phone", numbers - set(self._phones), by=self._author)
        return [self._plan_row(row, parties) for row in rows]

    def _plan_row(self, row: CleanRow, parties: dict[str, list[Party]]) -> Plan:
        sides = [number_of(row.values.get(side, "")) for side in SIDES]
        person = self._person(row, sides)
        if isinstance(person, Problem):
            return Plan(row, problem=person)
        found = self._party(row, sides, parties)
        if isinstance(found, Problem):
            return Plan(row, problem=found)
        if row.values["at"] > timezone.now() + CLOCKS_DIFFER:
            return Plan(row, problem=Problem("future_call", "at", shown(row.values["at"])))
        return Plan(row, entry=measured(row, person, found))

    def _person(self, row: CleanRow, sides: list[str]) -> int | Problem:
        """Whom the row names, else whose number it is."""
        if name := row.values.get("manager"):
            found = self._people.find(name)
            return found if isinstance(found, Problem) else found.pk
        ours = [self._phones[side] for side in sides if side in self._phones]
        return ours[0] if ours else Problem("nobody_of_ours", "caller", shown(row.values["caller"]))

    def _party(
        self, row: CleanRow, sides: list[str], parties: dict[str, list[Party]]
    ) -> Party | Problem:
        theirs = [side for side in sides if side and side not in self._phones]
        found = [(side, parties[side]) for side in theirs if side in parties]
        if not found:
            number = ", ".join(theirs) or "–"
            return Problem("no_client_number", "callee", params={"number": number})
        side, candidates = found[0]
        if len(candidates) > 1:
            names = ", ".join(f"№ {party.client_id}" for party in candidates[:5])
            params = {"number": side, "names": names}
            return Problem("several_clients_number", "callee", params=params)
        return candidates[0]


SIDES = ("caller", "callee")


def number_of(text: str) -> str:
    """The number in its stored form; "" for an extension and for anything else."""
    try:
        return normal_phone(text)
    except ValueError:
        return ""


def measured(row: CleanRow, person: int, party: Party) -> Measured:
    length = row.values.get("seconds")
    is_missed = length == 0 or bool(UNANSWERED.search(row.values.get("status") or ""))
    return Measured(
        key=f"call:{row.key}",
        kind=ActivityKind.CALL,
        user_id=person,
        party=party,
        at=row.values["at"],
        minutes=None if length is None else -(-length // 60),
        is_answered=not is_missed,
    )


class CallSpec(Spec):
    def writer(self, run: ImportRun) -> CallWriter:
        return CallWriter(run)

    def key_of(self, values: dict[str, Any]) -> str:
        """The exchange's own code, else moment and both numbers."""
        if code := values.get("external_id"):
            return str(code)
        sides = "→".join(number_of(values.get(side, "")) or values.get(side, "") for side in SIDES)
        return f"{values['at'].astimezone(UTC):%Y%m%dT%H%M%S}:{sides}"[:180]

    def undo(self, run: ImportRun, rows: Sequence[ImportRow]) -> list[int]:
        """By reversals: what happened is never removed."""
        created = {row.object_id: row.line for row in rows if row.object_id is not None}
        taken_back = undo_measured(created, by=run.author)
        return [line for pk, line in created.items() if pk not in taken_back]

    def known_names(self, run: ImportRun, columns: Sequence[str]) -> dict[str, list[str]]:
        return {name: PeopleNames(run.author).names() for name in columns if name == "manager"}


CALLS = register(
    CallSpec(
        kind="calls",
        label=_("Calls"),
        permission="deals.import_calls",
        columns=COLUMNS,
        order=7,
    )
)
