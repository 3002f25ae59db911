"""What one row of a file wants of the base, decided before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.clients.imports import ClientFinder, ClientWish
from apps.clients.models import Source
from apps.core.choices import RowStatus
from apps.core.importing.cells import Amount
from apps.core.importing.problems import Problem, shown
from apps.core.importing.runs import ONLY_EMPTY
from apps.core.importing.specs import CleanRow
from apps.deals.choices import StageKind
from apps.deals.imports.finding import Booking, DealNames
from apps.deals.models import Deal, Pipeline, Product, Stage
from apps.staff.imports import PeopleNames
from apps.staff.models import User

MINE, REJECT = "mine", "reject"
CLOSED = (StageKind.WON, StageKind.LOST)
_FAR_YEARS = 5


@dataclass
class Plan:
    """A row with what its cells mean. `known` is the deal that it repeats or changes."""

    row: CleanRow
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    known: Deal | None = None
    title: str = ""
    wish: ClientWish | None = None
    owner: User | None = None
    pipeline: Pipeline | None = None
    stage: Stage | None = None
    amount: Decimal | None = None
    currency: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    expected_close_on: date | None = None
    product: Product | None = None
    source: Source | None = None

    def reject(self, code: str, column: str, value: object = "", **params: Any) -> None:
        self.problems.append(Problem(code, column, shown(value), params))

    def warn(self, code: str, column: str, value: object = "") -> None:
        self.warnings.append(Problem(code, column, shown(value)))

    @property
    def is_closed(self) -> bool:
        return self.stage is not None and self.stage.kind in CLOSED

    @property
    def status(self) -> RowStatus:
        """Of a row that is not written yet."""
        if self.problems:
            return RowStatus.REJECTED
        if self.known is None:
            return RowStatus.CREATED
        return RowStatus.UPDATED if self.differs else RowStatus.UNCHANGED

    differs: bool = False


class Planner:
    """Turns rows into plans with the rights of the author and the rules of the run."""

    def __init__(self, author: User, policy: Mapping[str, Any]):
        self.author, self.policy = author, policy
        self.names, self.booking = DealNames(policy), Booking()
        self.clients = ClientFinder(author)
        self.people = PeopleNames(author, policy.get("values", {}).get("manager"))

    def plan(self, rows: list[CleanRow], known: Mapping[str, Deal], hidden: set[str]) -> list[Plan]:
        plans = [self._begin(row, known, hidden) for row in rows]
        self.clients.load(plan.wish for plan in plans if plan.wish)
        for plan in plans:
            self._settle_client(plan)
            self._check_filled(plan)
            plan.differs = bool(plan.known and self.changes(plan))
        return plans

    def _begin(self, row: CleanRow, known: Mapping[str, Deal], hidden: set[str]) -> Plan:
        plan = Plan(row, known=known.get(row.key))
        if row.key in hidden:
            plan.reject("not_allowed", "external_id", row.key)
        if plan.known and plan.known.archived_at:
            plan.reject("archived", "title", plan.known.title)
        self._find_owner(plan)
        self._find_stage(plan)
        self._find_things(plan)
        self._read_money(plan)
        self._read_days(plan)
        self._name_client(plan)
        self._name_deal(plan)
        return plan

    def _find_owner(self, plan: Plan) -> None:
        name = plan.row.values.get("manager", "")
        if not name and self.policy.get("blank_manager") == MINE:
            plan.owner = self.author
        elif not name:
            plan.reject("blank", "manager")
        else:
            found = self.people.find(name)
            if isinstance(found, Problem):
                plan.problems.append(found)
            else:
                plan.owner = found

    def _find_stage(self, plan: Plan) -> None:
        stages, values = self.names.stages, plan.row.values
        plan.pipeline = stages.default
        if name := values.get("pipeline"):
            plan.pipeline = stages.pipelines.find(name)
        if plan.pipeline is None:
            plan.problems.append(stages.pipelines.unknown(values.get("pipeline", "")))
            return
        end = self._stated_end(plan, values.get("status", ""))
        found = end or stages.find(plan.pipeline, values["stage"])
        if isinstance(found, Problem):
            plan.problems.append(found)
        else:
            plan.stage = found

    def _stated_end(self, plan: Plan, status: str) -> Stage | None:
        """The closing stage when a status of its own says that the deal is won or lost."""
        if not status or plan.pipeline is None:
            return None
        kind = self.names.statuses.find(status)
        if kind is None:
            plan.problems.append(self.names.statuses.unknown(status))
        return self.names.stages.end(plan.pipeline, kind) if kind else None

    def _find_things(self, plan: Plan) -> None:
        """The product and the source, if the row names them."""
        for column, references in (
            ("product", self.names.products),
            ("source", self.names.sources),
        ):
            name = plan.row.values.get(column, "")
            if not name:
                continue
            thing = references.find(name)
            if thing is None:
                plan.problems.append(references.unknown(name))
            setattr(plan, column, thing)

    def _read_money(self, plan: Plan) -> None:
        money = plan.row.values.get("amount") or Amount(None)
        plan.amount = money.value
        stated = plan.row.values.get("currency", "")
        if stated:
            plan.currency = self.names.currencies.find(stated) or ""
            if not plan.currency:
                plan.problems.append(self.names.currencies.unknown(stated))
        else:
            plan.currency = money.currency or self.policy.get("currency") or self.booking.currency
        if stated and plan.currency and money.currency not in ("", plan.currency):
            plan.reject("amount_currency", "amount", written=money.currency, stated=plan.currency)

    def _read_days(self, plan: Plan) -> None:
        values, today = plan.row.values, self.booking.today
        close, plan.opened_on = values.get("close_date"), values.get("opened_on")
        if plan.opened_on and plan.opened_on > today:
            plan.reject("opened_in_future", "opened_on", plan.opened_on)
        if plan.is_closed:
            self._check_closing(plan, close)
            return
        plan.expected_close_on = values.get("expected_close_on") or close
        if plan.expected_close_on and plan.expected_close_on < today:
            plan.warn("expected_past", "close_date", plan.expected_close_on)
        elif plan.expected_close_on and plan.expected_close_on.year > today.year + _FAR_YEARS:
            plan.warn("expected_far", "close_date", plan.expected_close_on)

    def _check_closing(self, plan: Plan, close: date | None) -> None:
        if close is None:
            plan.reject("closed_without_date", "close_date")
        elif close > self.booking.today:
            plan.reject("closed_in_future", "close_date", close)
        elif plan.opened_on and close < plan.opened_on:
            opened = f"{plan.opened_on:%d.%m.%Y}"
            plan.reject("closed_before_opened", "close_date", close, opened=opened)
        else:
            plan.closed_on = close
            self._check_rate(plan, close)

    def _check_rate(self, plan: Plan, day: date) -> None:
        if plan.currency and not self.booking.has_rate(plan.currency, day):
            shown_day = f"{day:%d.%m.%Y}"
            plan.reject("no_rate", "currency", plan.currency, currency=plan.currency, day=shown_day)

    def _name_client(self, plan: Plan) -> None:
        values = plan.row.values
        if name := values.get("client"):
            plan.wish = ClientWish(name, values.get("inn", ""), plan.owner)

    def _name_deal(self, plan: Plan) -> None:
        """The title of the row, else its product and client."""
        parts = [plan.product.name if plan.product else "", plan.row.values.get("client", "")]
        made = " – ".join(part for part in parts if part) if plan.product else ""
        plan.title = plan.row.values.get("title", "") or made[:255]
        if not plan.title:
            plan.reject("blank", "title")

    def _settle_client(self, plan: Plan) -> None:
        if plan.wish is None or plan.problems:
            return
        create = bool(self.policy.get("create_clients"))
        settled = self.clients.settle(plan.wish, create=create)
        if isinstance(settled, Problem):
            plan.problems.append(settled)
        else:
            plan.wish = settled

    def _check_filled(self, plan: Plan) -> None:
        """A deal has a client and an amount; open ones may lack them when the user allows it."""
        if self.policy.get("incomplete_open") and not plan.is_closed and plan.stage:
            return
        if plan.wish is None:
            plan.reject("blank", "client")
        if plan.amount is None:
            plan.reject("amount_blank", "amount")

    def changes(self, plan: Plan) -> dict[str, Any]:
        """What the row changes in the known deal; blank cells and equal values change nothing."""
        deal = plan.known
        if deal is None or plan.problems:
            return {}
        wanted: dict[str, Any] = {
            "title": plan.title,
            "client_id": self._wanted_client(plan),
            "amount": plan.amount,
            "currency": plan.currency if plan.amount is not None else None,
            "expected_close_on": plan.expected_close_on,
            "source_id": plan.source.pk if plan.source else None,
            "note": plan.row.values.get("note"),
            "owner_id": plan.owner.pk if plan.owner else None,
            "stage_id": plan.stage.pk if plan.stage else None,
        }
        only_empty = self.policy.get("existing") == ONLY_EMPTY
        return {
            name: value
            for name, value in wanted.items()
            if value not in ("", None)
            and value != getattr(deal, name)
            and not (only_empty and getattr(deal, name) not in ("", None))
        }

    def _wanted_client(self, plan: Plan) -> int | None:
        """-1 stands for a client that is still to be created."""
        if plan.wish is None:
            return None
        return plan.wish.client.pk if plan.wish.client else -1
