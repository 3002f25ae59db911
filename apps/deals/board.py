"""The board: the open deals of a pipeline in columns, a bounded number of cards in each.

Two statements make it, whatever the number of deals: one adds the columns up, one reads the first
cards of every column along the index of stages and steps.
"""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from apps.deals import rules
from apps.deals.calculations import idle_days, is_idle, step_state, weighted_amount
from apps.deals.choices import StageKind
from apps.deals.models import Stage
from apps.deals.models.big_deals import is_big

CARDS = 15
CARD = (
    "pk",
    "title",
    "stage_id",
    "stage_since",
    "client_id",
    "client__name",
    "client__level",
    "amount",
    "currency",
    "owner__last_name",
    "owner__first_name",
    "next_step",
    "next_step_at",
    "last_activity_at",
)
ZERO = Decimal(0)


class Card:
    """A deal as the board shows it; `fields` are those of CARD."""

    def __init__(self, fields: dict[str, Any], stage: Stage, now: datetime, zone: tzinfo) -> None:
        self.fields = fields
        self.state = step_state(fields["next_step_at"], now, zone)
        self.days = idle_days(fields["last_activity_at"], fields["stage_since"], now)
        self.is_idle = is_idle(self.days, stage.max_idle_days)
        self.is_long_idle = is_idle(self.days, 2 * stage.max_idle_days)
        first = fields["owner__first_name"]
        self.owner = f"{fields['owner__last_name']} {first}".strip()
        self.initials = f"{first[:1]}{fields['owner__last_name'][:1]}"

    def __getattr__(self, name: str) -> Any:
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def place(self) -> str:
        """Sorts as the column does: by the moment of the step, none last, then by number."""
        at = self.fields["next_step_at"]
        return f"{at.isoformat() if at else '~'} {self.fields['pk']:020d}"


@dataclass
class Column:
    """A stage with what it holds; money in the company's currency, `weighted` by F3."""

    stage: Stage
    count: int = 0
    amount: Decimal = ZERO
    cards: list[Card] = field(default_factory=list)

    @property
    def weighted(self) -> Decimal:
        return weighted_amount([(self.amount, self.stage.probability)])

    @property
    def left(self) -> int:
        return max(self.count - len(self.cards), 0)

    @property
    def after(self) -> str:
        """Where the next cards begin."""
        if not self.cards:
            return ""
        last = self.cards[-1]
        at = last.next_step_at
        return f"{at.isoformat() if at else ''},{last.pk}"


@dataclass
class Board:
    columns: list[Column]
    quick: dict[str, int]

    @property
    def count(self) -> int:
        return sum(column.count for column in self.columns)

    @property
    def amount(self) -> Decimal:
        return sum((column.amount for column in self.columns), ZERO)

    @property
    def weighted(self) -> Decimal:
        return weighted_amount([(one.amount, one.stage.probability) for one in self.columns])


def in_work(stages: list[Stage]) -> list[Stage]:
    return [stage for stage in stages if stage.kind in rules.IN_WORK]


def ends(stages: list[Stage]) -> list[Stage]:
    return [stage for stage in stages if stage.kind in (StageKind.WON, StageKind.LOST)]


def summed(deals: Any, stages: list[Stage], *, quick: dict[str, Q], chosen: list[str]) -> Board:
    """The columns without cards: counts and sums of what the chosen quick filters let through.

    `deals` are narrowed by everything but the quick filters, whose own counts come along.
    """
    shown = Q()
    for name in chosen:
        shown &= quick[name]
    counts = {f"n_{name}": Count("pk", filter=condition) for name, condition in quick.items()}
    rows = (
        deals.order_by()
        .values("stage_id")
        .annotate(
            shown=Count("pk", filter=shown) if shown else Count("pk"),
            money=Coalesce(Sum("amount_base", filter=shown) if shown else Sum("amount_base"), ZERO),
            **counts,
        )
    )
    by_stage = {row["stage_id"]: row for row in rows}
    columns = [
        Column(stage, by_stage[stage.pk]["shown"], by_stage[stage.pk]["money"])
        if stage.pk in by_stage
        else Column(stage)
        for stage in in_work(stages)
    ]
    totals = {name: sum(row[f"n_{name}"] for row in by_stage.values()) for name in quick}
    return Board(columns, totals)


def sorted_cards(deals: Any, stage: Stage) -> Any:
    """The fixed order of a column: the earliest step first, none last."""
    return with_fields(deals.filter(stage=stage).order_by("next_step_at", "pk"))


def with_fields(deals: Any) -> Any:
    return deals.annotate(is_big=is_big()).values(*CARD, "is_big")


def with_cards(board: Board, deals: Any, *, now: datetime, zone: tzinfo) -> Board:
    """The first cards of every column, in one statement."""
    columns = [column for column in board.columns if column.count]
    if not columns:
        return board
    first, *rest = [sorted_cards(deals, column.stage)[:CARDS] for column in columns]
    by_stage = {column.stage.pk: column for column in columns}
    for fields in first.union(*rest, all=True) if rest else first:
        column = by_stage[fields["stage_id"]]
        column.cards.append(Card(fields, column.stage, now, zone))
    return board


def cards_after(
    deals: Any, stage: Stage, after: str, *, now: datetime, zone: tzinfo
) -> tuple[list[Card], bool]:
    """The next cards of a column beyond the place `after`, and whether more follow."""
    rows = list(sorted_cards(deals.filter(beyond(after)), stage)[: CARDS + 1])
    return [Card(fields, stage, now, zone) for fields in rows[:CARDS]], len(rows) > CARDS


def beyond(after: str) -> Q:
    """Rows behind the place "moment,number"; an unreadable place is the beginning."""
    moment, _, number = after.partition(",")
    if not (number.isascii() and number.isdigit() and int(number) < 2**63):
        return Q()
    try:
        at = parse_datetime(moment) if moment else None
    except ValueError:
        return Q()
    if at is None or at.tzinfo is None:
        return Q(next_step_at=None, pk__gt=int(number))
    return Q(next_step_at__gt=at) | Q(next_step_at=at, pk__gt=int(number)) | Q(next_step_at=None)


def card_of(deals: Any, pk: int, stage: Stage, *, now: datetime, zone: tzinfo) -> Card | None:
    fields = with_fields(deals.filter(pk=pk)).first()
    return Card(fields, stage, now, zone) if fields else None
