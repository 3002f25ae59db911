"""Import of people with their teams, by an administrator or HR in the set-up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.access import grant
from apps.core.calendars import company_today
from apps.core.choices import RowStatus
from apps.core.importing import cells
from apps.core.importing.messages import explain
from apps.core.importing.problems import CellProblem, Problem
from apps.core.importing.records import Cell
from apps.core.importing.references import References, fold
from apps.core.importing.specs import DATE, CleanRow, Column, Option, Spec, Written, register
from apps.core.models import ImportRow, ImportRun
from apps.staff.actions import (
    create_company_node,
    create_node,
    dismiss,
    hire,
    join_team,
    set_leader,
)
from apps.staff.choices import SELLING_ROLES, NodeKind, Role
from apps.staff.imports.finding import names_of
from apps.staff.leaving import left_by
from apps.staff.models import TeamNode, User

grant("core.run_imports", to=[*SELLING_ROLES, Role.ADMIN, Role.HR])
grant("staff.import_people", to=[Role.ADMIN, Role.HR])
explain(
    email_format=(_("This is not an e-mail address."), _("Write it as name@example.com.")),
    unknown_role=(_("There is no such role."), _("Write seller, lead or head.")),
    person_refused=(_("The person was not taken on: %(why)s"), _("Correct the row.")),
)

_PATRONYMIC = re.compile(r"(вич|вна|ична|оглы|кызы)$", re.IGNORECASE)
_ROLE_WORDS = {
    Role.SELLER: ("seller", "manager", "менеджер", "продавец", "agent"),
    Role.LEAD: ("lead", "team lead", "руководитель группы", "тимлид", "старший менеджер"),
    Role.HEAD: ("head", "head of sales", "роп", "руководитель отдела продаж"),
}


def email(cell: Cell, style: cells.Style) -> str:
    """An e-mail in lower case, "" for a blank."""
    value = cells.text(limit=254)(cell, style).lower()
    if value:
        try:
            validate_email(value)
        except ValidationError as fault:
            raise CellProblem("email_format", cell) from fault
    return value


def role(cell: Cell, style: cells.Style) -> str:
    """The role by its code or its usual words, "" for a blank."""
    value = fold(cells.text()(cell, style))
    for code, words in _ROLE_WORDS.items():
        if value in words:
            return str(code)
    if value:
        raise CellProblem("unknown_role", cell)
    return ""


COLUMNS = (
    Column(
        "person",
        _("Person"),
        cells.text(limit=200),
        ("sales agent", "name", "full name", "ФИО", "сотрудник", "менеджер", "имя", "agent"),
        required=True,
        filled=True,
    ),
    Column("email", _("E-mail"), email, ("email", "почта", "эл. почта", "электронная почта")),
    Column(
        "lead",
        _("Team lead"),
        cells.text(limit=200),
        ("manager", "руководитель", "team lead", "руководитель группы"),
    ),
    Column("team", _("Team"), cells.text(), ("команда", "группа", "team")),
    Column(
        "department",
        _("Department or office"),
        cells.text(),
        ("regional office", "office", "отдел", "офис", "подразделение", "филиал"),
    ),
    Column("role", _("Role"), role, ("роль", "должность", "position")),
    Column(
        "hired_on",
        _("Hired on"),
        cells.day(),
        ("дата приема", "дата приёма", "принят", "hired on", "start date"),
        style=DATE,
    ),
    Column(
        "external_id",
        _("External code"),
        cells.text(limit=100),
        ("id", "внешний код", "табельный номер"),
    ),
)


def split_name(full: str) -> tuple[str, str, str]:
    """(first, middle, last); "Last First Middle" is known by the patronymic at its end."""
    words = full.split()
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        return words[1], words[2], words[0]
    if len(words) == 3 and _PATRONYMIC.search(words[1]):
        return words[0], words[1], words[2]
    return words[0], "", " ".join(words[1:])


@dataclass
class Place:
    """Where a row puts its person."""

    department: str
    team: str
    lead: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Place":
        lead = values.get("lead", "")
        team = values.get("team", "")
        if lead and not team:
            team = gettext("Team of %(name)s") % {"name": lead}
        return cls(values.get("department", ""), team, lead)


class PeopleWriter:
    """Hires whom nobody knows yet and builds departments and teams on the way."""

    def __init__(self, run: ImportRun):
        self._run, self._author = run, run.author
        since = run.policy.get("since") or ""
        self._since = date.fromisoformat(since) if since else company_today()
        named = [(name, person) for person in User.objects.all() for name in names_of(person)]
        self._people = References("person", named)
        self._codes = {
            person.external_id: person for person in User.objects.exclude(external_id="")
        }
        self._new: list[User] = []
        self._nodes: dict[tuple[int, str], TeamNode] = {
            (node.parent_id or 0, fold(node.name)): node for node in TeamNode.objects.kept()
        }

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        return [
            Written(row.line, RowStatus.UNCHANGED if self._known(row) else RowStatus.CREATED)
            for row in rows
        ]

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        return [self._write_row(row) for row in rows]

    def _known(self, row: CleanRow) -> User | None:
        values = row.values
        by_code = self._codes.get(values.get("external_id") or "")
        return by_code or self._people.find(values.get("email") or values["person"])

    def _write_row(self, row: CleanRow) -> Written:
        known = self._known(row)
        try:
            node = self._node(Place.of(row.values))
            person = known or self._hire(row.values, node)
        except ValidationError as fault:
            why = "; ".join(fault.messages)
            problem = Problem("person_refused", "person", row.values["person"], {"why": why})
            return Written(row.line, RowStatus.REJECTED, problems=(problem,))
        if known is None:
            return Written(row.line, RowStatus.CREATED, person.pk, {"people": self._taken_on()})
        return self._place(row, known, node)

    def _place(self, row: CleanRow, known: User, node: TeamNode | None) -> Written:
        if known.team_id is None and node is not None and known.is_active:
            join_team(known, node, row.values.get("hired_on") or self._since)
            return Written(row.line, RowStatus.UPDATED, known.pk, {"people": self._taken_on()})
        return Written(row.line, RowStatus.UNCHANGED, known.pk)

    def _taken_on(self) -> list[tuple[int, int]]:
        """Who was hired for the row: its person and perhaps his lead, with their versions."""
        taken, self._new = self._new, []
        return [(person.pk, person.version) for person in taken]

    def _hire(self, values: dict[str, Any], node: TeamNode | None, as_role: str = "") -> User:
        first, middle, last = split_name(values["person"])
        person = hire(
            by=self._author,
            first_name=first,
            middle_name=middle,
            last_name=last,
            email=values.get("email") or None,
            role=as_role or values.get("role") or Role.SELLER,
            node=node,
            on=values.get("hired_on") or self._since,
            external_id=values.get("external_id") or "",
        )
        self._new.append(person)
        for name in names_of(person):
            self._people.add(name, person)
        return person

    def _node(self, place: Place) -> TeamNode | None:
        """The team of the row, made on the way with its department and its lead."""
        node = create_company_node() if place.department or place.team else None
        if place.department:
            node = self._child(node, place.department, NodeKind.DEPARTMENT)
        if place.team:
            node = self._child(node, place.team, NodeKind.TEAM)
        if place.lead and node is not None and node.leader_id is None:
            leader = self._people.find(place.lead)
            leader = leader or self._hire({"person": place.lead}, node, Role.LEAD)
            node = set_leader(node, leader)
            self._nodes[node.parent_id or 0, fold(node.name)] = node
        return node

    def _child(self, parent: TeamNode | None, name: str, kind: str) -> TeamNode:
        key = (parent.pk if parent else 0, fold(name))
        if key not in self._nodes:
            self._nodes[key] = create_node(name, kind=kind, parent=parent)
        return self._nodes[key]


class PeopleSpec(Spec):
    def writer(self, run: ImportRun) -> PeopleWriter:
        return PeopleWriter(run)

    def key_of(self, values: dict[str, Any]) -> str:
        return str(values.get("external_id") or values.get("email") or "")

    def undo(self, run: ImportRun, rows: Sequence[ImportRow]) -> list[int]:
        """People are never deleted: those taken on by the run are dismissed, unless changed since."""
        return [row.line for row in rows if not _take_back(run, row)]


def _take_back(run: ImportRun, row: ImportRow) -> bool:
    """Dismiss the person of the row and the leads taken on with him; False when someone stays."""
    before = row.before or {}
    stays = False
    for pk, version in before.get("people", []):
        person = User.objects.select_for_update().get(pk=pk)
        if person.version != version or not person.is_active or left_by(person):
            stays = True
        else:
            dismiss(person, by=run.author, on=company_today())
    return not stays and bool(before.get("people"))


PEOPLE = register(
    PeopleSpec(
        kind="people",
        label=_("People and teams"),
        permission="staff.import_people",
        columns=COLUMNS,
        options=(
            Option(
                "since",
                _("Places in teams hold from"),
                _("For people without a date of hiring. Results before it have no team."),
                default="",
            ),
        ),
        order=1,
    )
)
