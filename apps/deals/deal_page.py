"""What the page of a deal shows, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, OuterRef, Prefetch, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import company_zone
from apps.core.company_currency import company_currency
from apps.deals import rules
from apps.deals.actions.contents import money_of
from apps.deals.calculations import discount, idle_days, is_idle, lines_total, margin, step_state
from apps.deals.choices import Outcome, StageKind
from apps.deals.listing import TAGS
from apps.deals.models import Deal, DealLine, DealSplit, Stage, StageMove, VerificationCall
from apps.deals.models.big_deals import is_big
from apps.deals.stuck import StageLimit, limit_of, stage_limit
from apps.tasks.models import Task

DEAL_LINKS = (
    "stage",
    "pipeline",
    "client",
    "contact",
    "owner",
    "source",
    "refusal_reason",
    "competitor",
)


# Read with the deal, so that rules about what is filled in ask nothing more.
DEAL_PARTS = (
    Prefetch("lines", DealLine.objects.select_related("product")),
    "schedule",
)
# Shares are few and only written out: they come in the row of the deal.
SHARES = ArraySubquery(
    DealSplit.objects.filter(deal=OuterRef("pk"))
    .order_by("-share", "pk")
    .values(
        row=JSONObject(
            name=Concat("user__first_name", Value(" "), "user__last_name"),
            share=Cast("share", CharField()),
        )
    )
)


def deals_with_parts(deals: Any) -> Any:
    """What the page of a deal reads of it."""
    rows = deals.select_related(*DEAL_LINKS).prefetch_related(*DEAL_PARTS)
    late = Task.objects.overdue(timezone.now()).filter(
        content_type__app_label="deals", content_type__model="deal", object_id=OuterRef("pk")
    )
    return rows.annotate(
        shares=SHARES,
        tag_list=TAGS,
        is_big=is_big(),
        has_late_task=Exists(late),
        stage_norm=limit_of("stage"),
    )


@dataclass(frozen=True)
class StageMark:
    """A stage of the bar: `state` is done, now, won, lost or empty; `days` spent there."""

    stage: Stage
    state: str
    days: int | None
    since: date | None
    is_late: bool
    missing: list[Any]
    is_asking: bool


class DealPage:
    def __init__(self, deal: Deal, viewer: Any) -> None:
        self.deal, self.viewer = deal, viewer
        self.now: datetime = timezone.now()
        self.can_edit = viewer.role in rules.SELLING and not deal.archived_at
        self.is_open = deal.outcome == Outcome.OPEN

    @cached_property
    def zone(self) -> tzinfo:
        return company_zone()

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def stages(self) -> list[Stage]:
        rows = Stage.objects.filter(pipeline_id=self.deal.pipeline_id).order_by("order", "pk")
        return [row for row in rows if row.archived_at is None or row.pk == self.deal.stage_id]

    @cached_property
    def moves(self) -> list[StageMove]:
        links = ("from_stage", "to_stage", "author")
        return list(self.deal.moves.select_related(*links).order_by("happened_at", "pk"))

    @cached_property
    def checked(self) -> VerificationCall | None:
        """What the client said when he was asked again why he refused."""
        calls = self.deal.verifications.answered().filter(lost_on=self.deal.closed_on)
        return calls.select_related("found", "made_by").first()

    @property
    def lines(self) -> list[Any]:
        return list(self.deal.lines.all())

    @property
    def shares(self) -> list[tuple[str, Decimal]]:
        """Names with fractions; none when the owner has everything."""
        return [(row["name"], Decimal(row["share"])) for row in self.deal.shares]  # type: ignore[attr-defined]

    @property
    def schedule(self) -> list[Any]:
        return list(self.deal.schedule.all())

    @property
    def may_split(self) -> bool:
        return self.deal.outcome != Outcome.WON or self.viewer.role in rules.LEADING

    @cached_property
    def company_currency(self) -> str:
        return company_currency()

    @property
    def due(self) -> Decimal:
        return sum((line.amount for line in self.schedule), Decimal(0))

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.schedule), Decimal(0))

    @property
    def schedule_difference(self) -> Decimal:
        """By how much the schedule is above (below) the amount of the deal."""
        return self.due - (self.deal.amount or 0)

    @property
    def lacks_schedule(self) -> bool:
        """True for a won deal that is paid for but has no word about when."""
        is_won = self.deal.outcome == Outcome.WON
        return is_won and self.can_edit and bool(self.deal.amount) and not self.schedule

    @property
    def lines_sum(self) -> Decimal:
        return lines_total(map(money_of, self.lines))

    @property
    def lines_difference(self) -> Decimal:
        return self.lines_sum - (self.deal.amount or 0)

    @property
    def discount(self) -> Decimal | None:
        return discount(map(money_of, self.lines))

    @property
    def margin(self) -> Decimal | None:
        return margin(map(money_of, self.lines))

    @property
    def step_state(self) -> str:
        return step_state(self.deal.next_step_at, self.now, self.zone)

    @property
    def step_late_days(self) -> int:
        return (self.now - self.deal.next_step_at).days if self.deal.next_step_at else 0

    @property
    def close_late_days(self) -> int:
        """Days since the expected close of an open deal; 0 while it is ahead or unknown."""
        close_on = self.deal.expected_close_on
        return max(0, (self.today - close_on).days) if close_on and self.is_open else 0

    @property
    def idle_days(self) -> int:
        return idle_days(self.deal.last_activity_at, self.deal.stage_since, self.now)

    @property
    def is_stuck(self) -> bool:
        return self.is_open and is_idle(self.idle_days, self.deal.stage.max_idle_days)

    @cached_property
    def gaps(self) -> list[Any]:
        return rules.hygiene_gaps(
            self.deal,
            now=self.now,
            today=self.today,
            stages=self.stages,
            has_overdue_task=self.deal.has_late_task,  # type: ignore[attr-defined]
        )

    @property
    def days_here(self) -> int:
        """Days since the deal came to its stage."""
        return (self.now - self.deal.stage_since).days

    @cached_property
    def limit(self) -> StageLimit:
        """How long deals that were won stayed in this stage, or the norm of the stage."""
        return stage_limit(self.deal.stage_norm, self.deal.stage.max_idle_days)  # type: ignore[attr-defined]

    @property
    def is_beyond_limit(self) -> bool:
        return self.days_here > self.limit.days

    @cached_property
    def marks(self) -> list[StageMark]:
        """The stages in order; of the two ends only the one that was reached, or won for open ones."""
        spent = time_spent(self.moves, self.now)
        ends = {StageKind.LOST} if self.deal.outcome != Outcome.LOST else {StageKind.WON}
        return [self.mark(stage, spent) for stage in self.stages if stage.kind not in ends]

    def mark(self, stage: Stage, spent: dict[int, tuple[timedelta, datetime]]) -> StageMark:
        time, since = spent.get(stage.pk, (None, None))
        is_here = stage.pk == self.deal.stage_id
        missing = [] if is_here else rules.missing_fields(self.deal, stage, stages=self.stages)
        return StageMark(
            stage=stage,
            state=self.state_of(stage, is_here),
            days=None if time is None or stage.kind not in rules.IN_WORK else time.days,
            since=since and since.astimezone(self.zone).date(),
            is_late=is_here and self.is_stuck,
            missing=missing,
            is_asking=bool(missing) or stage.kind in (StageKind.WON, StageKind.LOST),
        )

    def state_of(self, stage: Stage, is_here: bool) -> str:
        if is_here:
            return "now" if self.is_open else self.deal.outcome
        passed = {move.to_stage_id for move in self.moves} if not self.is_open else set()
        if stage.kind not in rules.IN_WORK:
            return ""
        if self.is_open:
            return "done" if stage.order < self.deal.stage.order else ""
        return "done" if self.deal.outcome == Outcome.WON or stage.pk in passed else ""

    @property
    def lost_stage(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.kind == StageKind.LOST), None)

    @property
    def other_stages(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.pk != self.deal.stage_id]


def time_spent(moves: Iterable[StageMove], now: datetime) -> dict[int, tuple[timedelta, datetime]]:
    """Per stage the time spent there, all stays together, and when the last stay began."""
    moves = list(moves)
    ends = [*(move.happened_at for move in moves[1:]), now]
    spent: dict[int, tuple[timedelta, datetime]] = {}
    for move, end in zip(moves, ends, strict=False):
        before, _since = spent.get(move.to_stage_id, (timedelta(0), None))
        spent[move.to_stage_id] = (before + (end - move.happened_at), move.happened_at)
    return spent


def tags_context(deal: Deal, tags: list[Any], *, can_edit: bool = True) -> dict[str, Any]:
    """What components/_tags.html needs."""
    return {
        "tags": tags,
        "tags_url": reverse("deals:deal_tags", args=[deal.pk]),
        "list_url": reverse("deals:deal_list"),
        "choices_url": reverse("deals:tag_choices"),
        "can_edit": can_edit,
        "options": None,
    }
