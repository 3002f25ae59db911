"""Import of deals: new ones in bulk with their events, known ones by the same actions as by hand."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.clients.imports import alike_names
from apps.clients.models import Client, Source
from apps.core.access import grant
from apps.core.choices import Currency, RowStatus
from apps.core.importing.problems import Problem
from apps.core.importing.specs import (
    CleanRow,
    DuplicateGroup,
    Option,
    Spec,
    Written,
    register,
)
from apps.core.models import Company, ImportRow, ImportRun
from apps.deals import rules
from apps.deals.actions import assign_deal, change_deal, move_deal
from apps.deals.actions.locks import save_deal
from apps.deals.imports.columns import COLUMNS
from apps.deals.imports.finding import StageNames
from apps.deals.imports.plans import MINE, REJECT, Plan, Planner
from apps.deals.imports.undoing import state_of, undo_rows
from apps.deals.imports.writing import create_planned
from apps.deals.models import Deal, Pipeline, Product
from apps.staff.imports import PeopleNames
from apps.staff.models import User

grant("deals.import_deals", to=rules.SELLING)


class DealWriter:
    """One chunk after another; the author's rights and the rules of the run hold for each row."""

    def __init__(self, run: ImportRun):
        self._author = run.author
        self._planner = Planner(run.author, run.policy)

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        plans = self._plan(rows, lock=False)
        return [
            Written(
                plan.row.line,
                plan.status,
                problems=tuple(plan.problems),
                warnings=tuple(plan.warnings),
            )
            for plan in plans
        ]

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        plans = self._plan(rows, lock=True)
        good = [plan for plan in plans if not plan.problems]
        wishes = [plan.wish for plan in good if plan.wish]
        made = self._planner.clients.create_missing(wishes, at=self._planner.booking.now)
        new_clients = {client.pk for client in made}
        created = create_planned(
            [plan for plan in good if plan.known is None],
            names=self._planner.names,
            booking=self._planner.booking,
            by=self._author,
        )
        return [self._written(plan, created, new_clients) for plan in plans]

    def _plan(self, rows: Sequence[CleanRow], *, lock: bool) -> list[Plan]:
        codes = {row.key for row in rows}
        seen = Deal.objects.visible_to(self._author).filter(external_id__in=codes).order_by("pk")
        if lock:
            seen = seen.select_for_update(of=("self",))
        known = {deal.external_id: deal for deal in seen}
        unseen = Deal.objects.filter(external_id__in=codes - set(known))
        hidden = set(unseen.values_list("external_id", flat=True))
        return self._planner.plan(list(rows), known, hidden)

    def _written(self, plan: Plan, created: dict[int, Deal], new_clients: set[int]) -> Written:
        line, warnings = plan.row.line, tuple(plan.warnings)
        if plan.problems:
            return Written(line, RowStatus.REJECTED, problems=tuple(plan.problems))
        if line in created:
            deal = created[line]
            before: dict[str, Any] = {"version": deal.version}
            if deal.client_id in new_clients:
                new_clients.discard(deal.client_id)
                before["client"] = deal.client_id
            return Written(line, RowStatus.CREATED, deal.pk, before, warnings=warnings)
        assert plan.known is not None
        if not plan.differs:
            return Written(line, RowStatus.UNCHANGED, plan.known.pk, warnings=warnings)
        return self._change(plan, plan.known)

    def _change(self, plan: Plan, deal: Deal) -> Written:
        """By the actions, so that every rule of an edit by hand holds; a refusal rejects the row."""
        before = state_of(deal)
        try:
            with transaction.atomic():
                changed = change_known(self._planner, plan, deal, by=self._author)
        except (ValidationError, PermissionDenied) as fault:
            problem = _refusal(fault)
            return Written(plan.row.line, RowStatus.REJECTED, problems=(problem,))
        before["version"] = changed.version
        warnings = tuple(plan.warnings)
        return Written(plan.row.line, RowStatus.UPDATED, deal.pk, before, warnings=warnings)


def change_known(planner: Planner, plan: Plan, deal: Deal, *, by: User) -> Deal:
    """Bring a known deal to what the row says: its owner, its fields, then its stage."""
    changes = planner.changes(plan)
    if "owner_id" in changes and plan.owner:
        deal = assign_deal(deal, to=plan.owner, by=by)
    fields = {
        name: value
        for name, value in changes.items()
        if name in ("title", "amount", "currency", "expected_close_on", "note")
    }
    if "client_id" in changes and plan.wish:
        fields["client"] = plan.wish.client
    if "source_id" in changes:
        fields["source"] = plan.source
    if fields:
        deal = change_deal(deal, by=by, **fields)
    if "stage_id" in changes and plan.stage:
        deal = _move(planner, plan, deal, by=by)
    return deal


def _move(planner: Planner, plan: Plan, deal: Deal, *, by: User) -> Deal:
    """Files rarely say when a deal was opened: its closing day is then the latest it can be."""
    assert plan.stage is not None
    if plan.closed_on and plan.closed_on < deal.opened_on and plan.opened_on is None:
        deal = save_deal(deal, opened_on=plan.closed_on)
    return move_deal(
        deal,
        to=plan.stage,
        by=by,
        on=plan.closed_on,
        reason=planner.names.reason(plan.row.values.get("refusal_reason", "")),
        imported=True,
    )


def _refusal(fault: ValidationError | PermissionDenied) -> Problem:
    if isinstance(fault, PermissionDenied):
        return Problem("not_allowed", "external_id")
    return Problem("refused", params={"why": " ".join(fault.messages)})


class DealSpec(Spec):
    def writer(self, run: ImportRun) -> DealWriter:
        return DealWriter(run)

    def missing(self, mapping: dict[int, str]) -> list[Problem]:
        """A file with products needs no titles: product and client make them."""
        there = set(mapping.values())
        return [
            problem
            for problem in super().missing(mapping)
            if not (problem.column == "title" and {"product", "client"} <= there)
        ]

    def undo(self, run: ImportRun, rows: Sequence[ImportRow]) -> list[int]:
        return undo_rows(rows, by=run.author)

    def duplicates(self, run: ImportRun, rows: Iterable[CleanRow]) -> list[DuplicateGroup]:
        """Only clients that the import would create are compared."""
        names = {name for row in rows if (name := row.values.get("client"))}
        known = Client.objects.kept().visible_to(run.author).filter(name__in=names)
        return alike_names(run.author, names - set(known.values_list("name", flat=True)))

    def options_for(self, author: User) -> tuple[Option, ...]:
        pipelines = [(str(each.pk), each.name) for each in Pipeline.objects.kept()]
        filled = {
            "pipeline": tuple(pipelines) if len(pipelines) > 1 else (),
            "currency": _currencies(),
        }
        return tuple(
            Option(o.name, o.label, o.help, filled.get(o.name, o.choices), o.default)
            for o in self.options
            if o.name != "pipeline" or filled["pipeline"]
        )

    def known_names(self, run: ImportRun, columns: Sequence[str]) -> dict[str, list[str]]:
        names = {
            "manager": PeopleNames(run.author).names,
            "stage": StageNames({}, run.policy.get("pipeline") or "").names,
            "product": lambda: list(Product.objects.kept().values_list("name", flat=True)),
            "source": lambda: list(Source.objects.kept().values_list("name", flat=True)),
            "pipeline": lambda: list(Pipeline.objects.kept().values_list("name", flat=True)),
            "currency": lambda: list(Currency.values),
            "status": lambda: ["open", "won", "lost"],
        }
        return {column: names[column]() for column in columns if column in names}


def _currencies() -> tuple[tuple[str, Any], ...]:
    """The company's currency first."""
    own = Company.current().currency
    codes = [own, *(code for code in Currency.values if code != own)]
    return tuple((code, f"{code} – {Currency(code).label}") for code in codes)


DEALS = register(
    DealSpec(
        kind="deals",
        label=_("Deals"),
        permission="deals.import_deals",
        columns=COLUMNS,
        options=(
            Option(
                "currency",
                _("Currency"),
                _("Of the rows that do not name one."),
                default="",
            ),
            Option("pipeline", _("Pipeline"), _("Of the rows that do not name one."), default=""),
            Option(
                "create_clients",
                _("Create missing clients"),
                _("Their owner is the manager of the deal."),
                default=False,
            ),
            Option(
                "incomplete_open",
                _("Take open deals without a client or an amount"),
                _("They count against the hygiene of the pipeline until they are completed."),
                default=False,
            ),
            Option(
                "blank_manager",
                _("A row without a manager"),
                choices=((REJECT, _("reject it")), (MINE, _("the deal becomes mine"))),
                default=REJECT,
            ),
        ),
        order=5,
        finds_duplicates=True,
    )
)
