"""Import of clients: new ones with their owner, known ones by code, and likely duplicates shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.imports.duplicates import likely_duplicates
from apps.clients.imports.finding import create_clients
from apps.clients.imports.values import email, inn, phone
from apps.clients.models import Client, OwnerChange, Source
from apps.core.access import grant
from apps.core.choices import RowStatus
from apps.core.importing import cells, changes
from apps.core.importing.messages import explain
from apps.core.importing.problems import Problem, shown
from apps.core.importing.references import References, fold
from apps.core.importing.runs import ONLY_EMPTY
from apps.core.importing.specs import (
    CleanRow,
    Column,
    DuplicateGroup,
    Option,
    Spec,
    Written,
    register,
)
from apps.core.models import ImportRow, ImportRun
from apps.staff.choices import SELLING_ROLES, Role
from apps.staff.imports import PeopleNames
from apps.staff.models import User

APART, JOIN = "apart", "join"
MINE, NOBODY = "mine", "nobody"
# Columns that are stored as they are read; the others are found or computed.
PLAIN_FIELDS = (
    "inn", "kpp", "phone", "email", "city", "address", "industry", "employees", "note",
)  # fmt: skip

grant("clients.import_clients", to=SELLING_ROLES)
explain(
    duplicate=(
        _("A client with this INN exists: %(known)s."),
        _("Remove the row, or choose to join duplicates."),
    ),
    unknown_source=(
        _("There is no such source. Known ones like it: %(alike)s."),
        _("Correct the name or add the source first."),
    ),
    archived=(_("The record is in the bin."), _("Restore it first.")),
    unknown_parent_left=(
        _("The parent company was not found and is left blank."),
        _("Add it on the client's page."),
    ),
)

COLUMNS = (
    Column("external_id", _("External code"), cells.text(limit=100), ("внешний код", "id", "код")),
    Column(
        "client",
        _("Client"),
        cells.text(),
        (
            "клиент", "компания", "название", "название компании", "организация", "контрагент",
            "account", "company", "organization", "name", "customer", "наименование",
        ),
        required=True,
        filled=True,
    ),
    Column("inn", _("INN"), inn, ("инн", "инн клиента", "tax id")),
    Column("kpp", _("KPP"), cells.text(limit=9), ("кпп",)),
    Column("phone", _("Phone"), phone, ("телефон", "рабочий телефон", "тел", "phone number")),
    Column("email", _("E-mail"), email, ("почта", "email", "рабочий email", "эл. почта")),
    Column("city", _("City"), cells.text(limit=100), ("город", "office location", "location")),
    Column("address", _("Address"), cells.text(limit=500), ("адрес", "юридический адрес")),
    Column("industry", _("Industry"), cells.text(limit=100), ("отрасль", "sector", "сфера")),
    Column("employees", _("Employees"), cells.whole_number, ("сотрудников", "численность")),
    Column("parent", _("Parent company"), cells.text(), ("subsidiary of", "головная компания")),
    Column("source", _("Source"), cells.text(limit=100), ("источник",)),
    Column(
        "manager",
        _("Owner"),
        cells.text(),
        ("менеджер", "ответственный", "manager email", "owner", "владелец", "account owner"),
    ),
    Column("note", _("Note"), cells.text(limit=5000, one_line=False), ("примечание", "комментарий")),
)  # fmt: skip


@dataclass
class Plan:
    """What a row wants: a new client, changes in a known one, or nothing because of problems."""

    row: CleanRow
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    known: Client | None = None
    changed: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> RowStatus:
        if self.problems:
            return RowStatus.REJECTED
        if self.known is None:
            return RowStatus.CREATED
        return RowStatus.UPDATED if self.changed else RowStatus.UNCHANGED


class ClientWriter:
    """Writes with the rights of the author: only owners and clients within his sight."""

    def __init__(self, run: ImportRun):
        self._author, self._policy = run.author, run.policy
        values = self._policy.get("values", {})
        self._people = PeopleNames(run.author, values.get("manager"))
        sources = [(source.name, source) for source in Source.objects.kept()]
        self._sources = References("source", sources, substitutes=values.get("source"))
        self._inns: dict[str, str] = {}

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        return [
            Written(plan.row.line, plan.status, problems=tuple(plan.problems))
            for plan in self._plan(rows, lock=False)
        ]

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        plans, now = self._plan(rows, lock=True), timezone.now()
        new = [plan for plan in plans if plan.status == RowStatus.CREATED]
        created = create_clients([Client(**plan.fields) for plan in new], by=self._author, at=now)
        for plan, client in zip(new, created, strict=True):
            plan.known = client
        self._link_parents(plans)
        made = {plan.row.line for plan in new}
        update = [plan for plan in plans if plan.row.line not in made]
        before = {plan.row.line: self._change(plan) for plan in update if plan.changed}
        names = {name for plan in update for name in (*plan.changed, "version")}
        changes.save_all([plan.known for plan in update if plan.changed and plan.known], names)
        return [_written(plan, made, before) for plan in plans]

    def _change(self, plan: Plan) -> dict[str, Any]:
        client = plan.known
        assert client is not None
        if "owner_id" in plan.changed:
            OwnerChange.objects.create(
                client=client,
                old_owner_id=client.owner_id,
                new_owner_id=plan.changed["owner_id"],
                happened_at=timezone.now(),
                author=self._author,
            )
        return changes.apply(client, plan.changed)

    def _plan(self, rows: Sequence[CleanRow], *, lock: bool) -> list[Plan]:
        known = _Known.load(self._author, rows, lock=lock)
        return [self._plan_row(row, known) for row in rows]

    def _plan_row(self, row: CleanRow, known: "_Known") -> Plan:
        plan = Plan(row)
        plan.fields = {name: row.values[name] for name in PLAIN_FIELDS if row.values.get(name)}
        plan.fields |= {"name": row.values["client"], "external_id": row.key}
        self._find_owner(plan)
        self._find_source(plan)
        self._find_known(plan, known)
        if plan.known is not None:
            new = {name: value for name, value in plan.fields.items() if name != "external_id"}
            only_empty = self._policy.get("existing") == ONLY_EMPTY
            plan.changed = changes.wanted(plan.known, new, only_empty=only_empty)
        return plan

    def _find_owner(self, plan: Plan) -> None:
        name = plan.row.values.get("manager", "")
        if not name:
            if self._policy.get("blank_manager") == MINE or self._author.role == Role.SELLER:
                plan.fields["owner_id"] = self._author.pk
            return
        found = self._people.find(name)
        if isinstance(found, User):
            plan.fields["owner_id"] = found.pk
        else:
            plan.problems.append(found)

    def _find_source(self, plan: Plan) -> None:
        name = plan.row.values.get("source", "")
        source = self._sources.find(name) if name else None
        if source is not None:
            plan.fields["source_id"] = source.pk
        elif name:
            plan.problems.append(self._sources.unknown(name))

    def _find_known(self, plan: Plan, known: "_Known") -> None:
        """By code; then, where the user joins duplicates, by INN or exact name."""
        row = plan.row
        if row.key in known.hidden_codes:
            plan.problems.append(Problem("not_allowed", "external_id", shown(row.key)))
        elif client := known.by_code.get(row.key):
            plan.known = client
            if client.archived_at:
                plan.problems.append(Problem("archived", "client", shown(client.name)))
        elif twin := self._twin(plan, known):
            if isinstance(twin, Client) and self._policy.get("duplicates") == JOIN:
                plan.known = twin
            else:
                params = {"known": shown(str(twin))}
                plan.problems.append(Problem("duplicate", "inn", row.values.get("inn", ""), params))
        elif own := row.values.get("inn"):
            self._inns[own] = row.values["client"]

    def _twin(self, plan: Plan, known: "_Known") -> Client | str | None:
        """The client that the row doubles: its name alone when the author may not see it."""
        values = plan.row.values
        own = values.get("inn", "")
        if own and (client := known.by_inn.get(own)):
            return client
        if own and own in known.hidden_inns:
            return str(_("kept by another person"))
        if own and own in self._inns:
            return self._inns[own]
        if self._policy.get("duplicates") == JOIN and not own:
            return known.by_name.get(fold(values["client"]))
        return None

    def _link_parents(self, plans: Sequence[Plan]) -> None:
        """Parents may stand later in the file than their subsidiaries, so they are linked last."""
        wanted = {fold(name) for plan in plans if (name := plan.row.values.get("parent"))}
        if not wanted:
            return
        seen = Client.objects.kept().visible_to(self._author)
        by_name = {fold(client.name): client for client in seen.order_by("-pk")}
        linked: list[Client] = []
        for plan in plans:
            name = plan.row.values.get("parent")
            if not name or plan.problems or plan.known is None:
                continue
            parent = by_name.get(fold(name))
            if parent is None:
                plan.warnings.append(Problem("unknown_parent_left", "parent"))
            elif plan.known.parent_id is None and plan.known.pk != parent.pk:
                plan.known.parent_id = parent.pk
                linked.append(plan.known)
        changes.save_all(linked, ["parent"])


@dataclass
class _Known:
    """The clients that the rows of a chunk may mean."""

    by_code: dict[str, Client] = field(default_factory=dict)
    by_inn: dict[str, Client] = field(default_factory=dict)
    by_name: dict[str, Client] = field(default_factory=dict)
    hidden_codes: set[str] = field(default_factory=set)
    hidden_inns: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, author: User, rows: Sequence[CleanRow], *, lock: bool) -> "_Known":
        codes = {row.key for row in rows}
        inns = {row.values["inn"] for row in rows if row.values.get("inn")}
        names = {row.values["client"] for row in rows}
        known, seen = cls(), Client.objects.visible_to(author)
        coded = seen.filter(external_id__in=codes).order_by("pk")
        coded = coded.select_for_update(of=("self",)) if lock else coded
        known.by_code = {client.external_id: client for client in coded}
        known._follow_merges(seen, lock=lock)
        everyone = Client.objects.filter(external_id__in=codes - set(known.by_code))
        known.hidden_codes = set(everyone.values_list("external_id", flat=True))
        for client in seen.kept().filter(inn__in=inns):
            known.by_inn.setdefault(client.inn, client)
        for client in seen.kept().filter(name__in=names).order_by("-pk"):
            known.by_name[fold(client.name)] = client
        hidden = Client.objects.kept().filter(inn__in=inns - set(known.by_inn))
        known.hidden_inns = set(hidden.values_list("inn", flat=True))
        return known

    def _follow_merges(self, seen: QuerySet[Client], *, lock: bool) -> None:
        """The code of a client that was merged into another means that other one."""
        gone = {
            code: one.merged_into_id for code, one in self.by_code.items() if one.merged_into_id
        }
        if not gone:
            return
        kept = seen.filter(pk__in=gone.values()).order_by("pk")
        found = {one.pk: one for one in (kept.select_for_update(of=("self",)) if lock else kept)}
        for code, pk in gone.items():
            del self.by_code[code]
            if pk in found:
                self.by_code[code] = found[pk]


def _written(plan: Plan, made: set[int], before: dict[int, dict[str, Any]]) -> Written:
    line, client = plan.row.line, plan.known
    problems, warnings = tuple(plan.problems), tuple(plan.warnings)
    if problems:
        return Written(line, RowStatus.REJECTED, problems=problems)
    assert client is not None
    if line in made:
        state = {"version": client.version}
        return Written(line, RowStatus.CREATED, client.pk, state, warnings=warnings)
    status = RowStatus.UPDATED if line in before else RowStatus.UNCHANGED
    return Written(line, status, client.pk, before.get(line), warnings=warnings)


class ClientSpec(Spec):
    def writer(self, run: ImportRun) -> ClientWriter:
        return ClientWriter(run)

    def undo(self, run: ImportRun, rows: Sequence[ImportRow]) -> list[int]:
        """New clients go to the bin without their code, changed ones get their values back."""
        by_client: dict[int, list[ImportRow]] = {}
        for row in sorted(rows, key=lambda row: row.line):
            by_client.setdefault(row.object_id or 0, []).append(row)
        locked = Client.objects.filter(pk__in=by_client).order_by("pk").select_for_update()
        kept, restored, names = [], [], {"version"}
        for client in locked:
            first, *_between, last = [by_client[client.pk][0], *by_client[client.pk]]
            if client.version != (last.before or {}).get("version") or _is_used(first, client):
                kept += [row.line for row in by_client[client.pk]]
                continue
            names.update(_take_back(client, first))
            restored.append(client)
        changes.save_all(restored, names)
        return kept

    def duplicates(self, run: ImportRun, rows: Iterable[CleanRow]) -> list[DuplicateGroup]:
        return likely_duplicates(run.author, rows)

    def known_names(self, run: ImportRun, columns: Sequence[str]) -> dict[str, list[str]]:
        names = {}
        if "manager" in columns:
            names["manager"] = PeopleNames(run.author).names()
        if "source" in columns:
            names["source"] = list(Source.objects.kept().values_list("name", flat=True))
        return names


def _is_used(row: ImportRow, client: Client) -> bool:
    return row.status == RowStatus.CREATED and client.deals.filter(archived_at=None).exists()


def _take_back(client: Client, row: ImportRow) -> list[str]:
    if row.status == RowStatus.UPDATED:
        return changes.restore(client, row.before or {})
    client.archived_at, client.external_id = timezone.now(), ""
    client.version += 1
    return ["archived_at", "external_id", "version"]


CLIENTS = register(
    ClientSpec(
        kind="clients",
        label=_("Clients"),
        permission="clients.import_clients",
        columns=COLUMNS,
        options=(
            Option(
                "duplicates",
                _("A row with a known INN"),
                choices=((APART, _("reject it")), (JOIN, _("join it with the known client"))),
                default=APART,
            ),
            Option(
                "blank_manager",
                _("A row without an owner"),
                choices=((NOBODY, _("leave without an owner")), (MINE, _("I become the owner"))),
                default=NOBODY,
            ),
        ),
        order=4,
        finds_duplicates=True,
    )
)
