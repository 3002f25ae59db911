"""The night's step "effects": decisions whose windows are over are measured, once and for all.

The sums of a window are read once for everybody, whatever the number of its decisions and people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from apps.core.metrics import Direction, Metric, find_metric, read_columns, source_of
from apps.core.models import Decision
from apps.core.periods import DAY, Period
from apps.kpis.calculations.effect import (
    MOST_WEEKS,
    SETTLING_WEEKS,
    Estimate,
    Interval,
    Outcome,
    Record,
    Sums,
    Windows,
    measure,
    windows_of,
)
from apps.kpis.effect_choices import EffectState
from apps.kpis.models.effects import DecisionEffect, EffectPerson
from apps.kpis.models.nights import NightRun
from apps.staff.models import Membership, User

# Who has been here for less is compared with newcomers.
NEWCOMER = timedelta(days=182)
SIX_PLACES = Decimal("0.000001")
FARTHEST = timedelta(weeks=MOST_WEEKS + SETTLING_WEEKS)

Columns = Mapping[int, Mapping[str, Decimal]]


@dataclass(frozen=True)
class Case:
    """A decision to be measured."""

    decision: Decision
    metric: Metric

    @cached_property
    def windows(self) -> Windows:
        return windows_of(self.decision.starts_on, self.decision.ends_on)

    @property
    def span(self) -> Period:
        return Period(self.windows.before.start, self.windows.after.end)


def effects_step(run: NightRun, _part: str) -> int:
    return store_effects(run.day)


def store_effects(day: date) -> int:
    """Measure what ended by `day`, note until when the rest is watched; returns the rows written."""
    cases = due_cases(day)
    over = [case for case in cases if case.windows.after.end <= day + DAY]
    watched = [case for case in cases if case.windows.after.end > day + DAY]
    note_watched(watched, day)
    by_windows: dict[Windows, list[Case]] = defaultdict(list)
    for case in over:
        by_windows[case.windows].append(case)
    if by_windows:
        board = read_board(over)
        for windows, group in by_windows.items():
            finish(group, windows, board, day)
    return len(cases)


def due_cases(day: date) -> list[Case]:
    """Decisions that have begun, name a metric of the catalogue and have no final measurement."""
    begun = Decision.objects.filter(starts_on__lte=day).exclude(metric="")
    open_ones = begun.exclude(effects__state=EffectState.FINISHED).order_by("pk")
    found = ((decision, find_metric(decision.metric)) for decision in open_ones)
    return [Case(decision, metric) for decision, metric in found if metric is not None]


def note_watched(cases: list[Case], day: date) -> None:
    """One row a decision, refreshed each night; a finished one is not among them."""
    DecisionEffect.objects.bulk_create(
        [blank(case, day) for case in cases],
        update_conflicts=True,
        unique_fields=["decision"],
        update_fields=["as_of", "metric", "metric_version"],
    )


def blank(case: Case, day: date) -> DecisionEffect:
    before, after = case.windows.before, case.windows.after
    return DecisionEffect(
        decision=case.decision,
        metric=case.metric.code,
        metric_version=case.metric.version,
        as_of=day,
        before_start=before.start,
        before_end=before.end,
        after_start=after.start,
        after_end=after.end,
    )


@dataclass
class Board:
    """Who sells, where they stood, and which decisions meant whom."""

    people: dict[int, User]
    places: dict[int, list[Membership]]
    decisions: list[Decision]
    meant: dict[int, set[int]] = field(default_factory=dict)

    def class_of(self, person: int, day: date) -> tuple[str, int | None, bool]:
        """Role, position on `day`, and whether he was a newcomer then or still ramps up."""
        user = self.people[person]
        is_new = user.hired_on is not None and user.hired_on > day - NEWCOMER
        return user.role, self.position(person, day), is_new or user.ramp_share < 1

    def position(self, person: int, day: date) -> int | None:
        for place in self.places.get(person, ()):
            if place.started_on <= day and (place.ended_on is None or place.ended_on > day):
                return place.position_id
        return None

    def worked(self, person: int, span: Period) -> bool:
        """Was he here, among those who sell, from the first day to the last?"""
        user = self.people.get(person)
        if user is None:
            return False
        came, left = user.hired_on, user.dismissed_on
        return (came is None or came <= span.start) and (left is None or left >= span.end)

    def others(self, case: Case) -> list[Decision]:
        """Other decisions that were at work within the windows of this one."""
        return [one for one in self.decisions if one.pk != case.decision.pk and meets(one, case)]


def meets(other: Decision, case: Case) -> bool:
    end = max(windows_of(other.starts_on, other.ends_on).after.end, other.ends_on or date.min)
    return other.starts_on < case.span.end and end > case.span.start


def read_board(cases: list[Case]) -> Board:
    first = min(case.span.start for case in cases)
    last = max(case.span.end for case in cases)
    sellers = User.objects.selling().only("role", "hired_on", "dismissed_on", "ramp_share")
    places: dict[int, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(started_on__lt=last)
    for place in rows.only("user_id", "position_id", "started_on", "ended_on"):
        places[place.user_id].append(place)
    at_work = Q(starts_on__gt=first - FARTHEST) | Q(ends_on__gt=first)
    near = Decision.objects.filter(at_work, starts_on__lt=last)
    decisions = list(near.only("kind", "starts_on", "ends_on"))
    return Board({user.pk: user for user in sellers}, places, decisions, people_of(decisions))


def people_of(decisions: list[Decision]) -> dict[int, set[int]]:
    meant: dict[int, set[int]] = defaultdict(set)
    through = Decision.people.through._default_manager.filter(decision__in=decisions)
    for decision, person in through.values_list("decision_id", "user_id"):
        meant[decision].add(person)
    return meant


def finish(group: list[Case], windows: Windows, board: Board, day: date) -> None:
    """Measure the decisions of the same windows from one reading of each."""
    sources = set().union(*(case.metric.sources for case in group))
    before, after = (read_columns(period, sources) for period in (windows.before, windows.after))
    made = [(case, measured(case, board, before, after)) for case in group]
    rows = [written(case, outcome, board, day) for case, outcome in made]
    DecisionEffect.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["decision"],
        update_fields=[
            name.attname
            for name in DecisionEffect._meta.concrete_fields
            if name.name not in ("id", "decision")
        ],
    )
    keep_people([outcome for _case, outcome in made], rows)


def measured(case: Case, board: Board, before: Columns, after: Columns) -> Outcome:
    metric, weeks = case.metric, case.windows.weeks

    def record(person: int) -> Record:
        return Record(
            person,
            sums_of(metric, before.get(person, {}), weeks),
            sums_of(metric, after.get(person, {}), weeks),
        )

    return measure(
        [record(person) for person in treated_by(case, board)],
        [record(person) for person in candidates_for(case, board)],
        seed=case.decision.pk,
        is_rate=metric.is_rate,
        less_is_better=metric.direction == Direction.LESS,
    )


def sums_of(metric: Metric, columns: Mapping[str, Decimal], weeks: int) -> Sums:
    """What has no bottom of its own is taken a person and week, a balance a person."""
    found = metric.measure(columns)
    is_balance = any(source_of(code).is_stock for code in metric.sources)
    share = Decimal(1 if is_balance else weeks)
    bottom = share if found.bottom is None else found.bottom
    return Sums(float(found.top), float(bottom), found.n)


def treated_by(case: Case, board: Board) -> list[int]:
    meant = board.meant.get(case.decision.pk, set())
    return sorted(person for person in meant if board.worked(person, case.span))


def candidates_for(case: Case, board: Board) -> list[int]:
    """Who sold all the time, is of a class with the treated, and was left alone by such decisions."""
    start = case.decision.starts_on
    like = {board.class_of(person, start) for person in treated_by(case, board)}
    taken = set(board.meant.get(case.decision.pk, set()))
    for other in board.others(case):
        if other.kind == case.decision.kind:
            taken |= board.meant.get(other.pk, set())
    return sorted(
        person
        for person in board.people
        if person not in taken
        and board.worked(person, case.span)
        and board.class_of(person, start) in like
    )


def written(case: Case, outcome: Outcome, board: Board, day: date) -> DecisionEffect:
    row = blank(case, day)
    row.state, row.verdict = EffectState.FINISHED, outcome.verdict
    row.treated_count, row.peers_count = len(outcome.treated), len(outcome.peers)
    meant = board.meant.get(case.decision.pk, set())
    row.left_out_count = len(meant) - len(outcome.treated)
    also = set().union(*(board.meant.get(other.pk, set()) for other in board.others(case)))
    row.also_decided_count = len(also & {one.person for one in outcome.treated})
    if outcome.estimate is not None and outcome.interval is not None:
        put_figures(row, outcome.estimate, outcome.interval)
    return row


def put_figures(row: DecisionEffect, estimate: Estimate, interval: Interval) -> None:
    row.treated_before, row.treated_after = six(estimate.treated_before, estimate.treated_after)
    row.peers_before, row.peers_after = six(estimate.peers_before, estimate.peers_after)
    row.low, row.effect, row.high = six(interval.low, estimate.effect, interval.high)


def six(*values: float) -> Iterable[Decimal]:
    return (Decimal(value).quantize(SIX_PLACES) for value in values)


def keep_people(outcomes: list[Outcome], rows: list[DecisionEffect]) -> None:
    keys = dict(
        DecisionEffect.objects.filter(decision__in=[row.decision_id for row in rows]).values_list(
            "decision_id", "pk"
        )
    )
    EffectPerson.objects.bulk_create(
        person_row(keys[row.decision_id], record, is_treated=is_treated)
        for outcome, row in zip(outcomes, rows, strict=True)
        for is_treated, group in ((True, outcome.treated), (False, outcome.peers))
        for record in group
    )


def person_row(measurement: int, record: Record, *, is_treated: bool) -> EffectPerson:
    before_top, before_bottom = six(record.before.top, record.before.bottom)
    after_top, after_bottom = six(record.after.top, record.after.bottom)
    return EffectPerson(
        measurement_id=measurement,
        user_id=record.person,
        is_treated=is_treated,
        before_top=before_top,
        before_bottom=before_bottom,
        after_top=after_top,
        after_bottom=after_bottom,
    )
