"""Contests: designing, launching and ending one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.metrics import Metric, find_metric
from apps.core.models import Decision
from apps.core.notifying import notify
from apps.kpis.calculations.contest import Prize
from apps.kpis.contest_choices import ContestState, PrizeKind, ScoreKind
from apps.kpis.contest_history import baselines_before, contest_metrics, rehearse
from apps.kpis.models.contests import Contest, ContestParticipant, ContestPrize
from apps.staff.models import User

DECISION_KIND = "contest"
LAUNCHED, FINISHED = "kpis.contest_launched", "kpis.contest_finished"
FEWEST_SIDES = 2
SIX = Decimal("0.000001")


@transaction.atomic
def design_contest(
    draft: Contest | None,
    *,
    by: Any,
    name: str,
    metric: str,
    starts_on: date,
    ends_on: date,
    people: Iterable[User],
    prizes: Sequence[Prize],
    budget: Decimal,
    score_kind: str = ScoreKind.NORMALISED,
    prize_kind: str = PrizeKind.PLACES,
    by_team: bool = False,
    version: int | None = None,
) -> Contest:
    """A new draft, or `draft` with other rules, with what it would have brought in the past.

    `ends_on` is the first day after it. Raises PermissionDenied for people out of sight,
    ValidationError "launched", "stale" (somebody saved it since `version`), "few_sides", "no_prizes",
    "unknown_metric", "begun", "ends_first".
    """
    meant = list(people)
    check_people(by, meant)
    found = check_metric(metric)
    if draft is not None:
        draft = locked_draft(draft)
        if version is not None and version != draft.version:
            raise ValidationError(_("Somebody has changed the draft meanwhile."), "stale")
    check_days(starts_on, ends_on)
    if not prizes:
        raise ValidationError(_("Give at least one prize."), "no_prizes")
    contest = draft or Contest(author=by)
    contest.name, contest.metric, contest.metric_version = name.strip(), found.code, found.version
    contest.starts_on, contest.ends_on, contest.budget = starts_on, ends_on, budget
    contest.score_kind, contest.prize_kind, contest.by_team = score_kind, prize_kind, by_team
    contest.version += 1 if draft else 0
    contest.save()
    seat(contest, meant, prizes)
    contest.simulation = rehearsed(contest, found, prizes)
    contest.save(update_fields=["simulation"])
    return contest


def check_people(by: Any, people: list[User]) -> None:
    if not allowed(by, "kpis.change_contest"):
        raise PermissionDenied
    meant = {person.pk for person in people}
    seen = User.objects.work_visible_to(by).selling().working().filter(pk__in=meant)
    if seen.count() != len(meant):
        raise PermissionDenied


def check_metric(code: str) -> Metric:
    if code not in {metric.code for metric in contest_metrics()}:
        raise ValidationError(_("A contest cannot be about this metric."), "unknown_metric")
    found = find_metric(code)
    if found is None:
        raise ValidationError(_("There is no such metric."), "unknown_metric")
    return found


def check_days(starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        raise ValidationError(_("It ends before it begins."), "ends_first")
    if starts_on < company_today():
        raise ValidationError(_("A contest does not begin in the past."), "begun")


def locked_draft(contest: Contest) -> Contest:
    locked = Contest.objects.select_for_update().get(pk=contest.pk)
    if locked.state != ContestState.DRAFT:
        raise ValidationError(_("The contest is launched: its rules stand."), "launched")
    return locked


def seat(contest: Contest, people: list[User], prizes: Sequence[Prize]) -> None:
    contest.participants.all().delete()
    contest.prizes.all().delete()
    ContestParticipant.objects.bulk_create(
        ContestParticipant(contest=contest, user=person, team_id=person.team_id)
        for person in sorted(people, key=lambda one: one.pk)
    )
    ContestPrize.objects.bulk_create(
        ContestPrize(contest=contest, reach=prize.reach, amount=prize.amount) for prize in prizes
    )
    if len(sides_of(contest)) < FEWEST_SIDES:
        raise ValidationError(_("A contest needs at least two sides."), "few_sides")


def sides_of(contest: Contest) -> dict[int, list[int]]:
    """Side to its people; who has no team takes no part in a contest of teams."""
    sides: dict[int, list[int]] = defaultdict(list)
    for seated in contest.participants.order_by("pk"):
        side = seated.team_id if contest.by_team else seated.user_id
        if side is not None:
            sides[side].append(seated.user_id)
    return dict(sides)


def prizes_of(contest: Contest) -> list[Prize]:
    return [Prize(prize.reach, prize.amount) for prize in contest.prizes.all()]


def rehearsed(contest: Contest, metric: Metric, prizes: Sequence[Prize]) -> dict[str, Any]:
    return rehearse(
        metric,
        length=contest.period.length,
        sides=sides_of(contest),
        prizes=prizes,
        by_place=contest.is_by_place,
        is_normalised=contest.is_normalised,
        budget=contest.budget,
        today=company_today(),
    )


@transaction.atomic
def launch_contest(contest: Contest, *, by: Any) -> Contest:
    """Fix the baselines and the rules, keep it as a decision, tell the participants.

    The same call again changes nothing. Raises PermissionDenied, ValidationError "begun" for a
    draft whose first day has passed.
    """
    if not allowed(by, "kpis.change_contest"):
        raise PermissionDenied
    locked = Contest.objects.select_for_update().get(pk=contest.pk)
    if locked.state != ContestState.DRAFT:
        return locked
    people = list(User.objects.filter(contests__contest=locked))
    check_people(by, people)
    check_days(locked.starts_on, locked.ends_on)
    fix_baselines(locked, check_metric(locked.metric))
    locked.decision = decide(locked, people, by)
    locked.state, locked.launched_at = ContestState.LAUNCHED, timezone.now()
    locked.version += 1
    locked.save()
    tell(locked, people, LAUNCHED, gettext_lazy("A contest for you: {name}"))
    return locked


def fix_baselines(contest: Contest, metric: Metric) -> None:
    """Of the thirteen weeks before the launch, at the latest before the first day."""
    sides = sides_of(contest)
    base = baselines_before(metric, min(company_today(), contest.starts_on), sides)
    rows = list(contest.participants.all())
    for row in rows:
        own = base.get(row.team_id or 0 if contest.by_team else row.user_id)
        row.baseline = None if own is None else own.quantize(SIX)
    ContestParticipant.objects.bulk_update(rows, ["baseline"])


def decide(contest: Contest, people: list[User], by: Any) -> Decision:
    decision = Decision.objects.create(
        kind=DECISION_KIND,
        subject=contest,
        metric=contest.metric,
        starts_on=contest.starts_on,
        ends_on=contest.ends_on,
        note=contest.name,
        author=by,
    )
    decision.people.set(people)
    return decision


@transaction.atomic
def drop_contest(contest: Contest, *, by: Any) -> None:
    """Throw a draft away. Raises PermissionDenied, ValidationError "launched"."""
    if not allowed(by, "kpis.change_contest"):
        raise PermissionDenied
    locked_draft(contest).delete()


@transaction.atomic
def finish_contest(contest: Contest) -> None:
    """End it; harmless when repeated. The final standings are written before."""
    locked = Contest.objects.select_for_update().get(pk=contest.pk)
    if locked.state != ContestState.LAUNCHED:
        return
    locked.state, locked.finished_at = ContestState.FINISHED, timezone.now()
    locked.save(update_fields=["state", "finished_at"])
    people = list(User.objects.filter(contests__contest=locked))
    title = gettext_lazy("The contest is over: {name}")
    tell(locked, {*people, locked.author}, FINISHED, title)


def tell(contest: Contest, people: Iterable[User], kind: str, title: Any) -> None:
    notify(
        people,
        kind=kind,
        title=format_lazy(title, name=contest.name),
        url=contest.get_absolute_url(),
        dedupe_key=f"{kind}:{contest.pk}",
    )
