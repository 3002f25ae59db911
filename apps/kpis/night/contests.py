"""The night's step "contests": where everybody stands, and the end of what is over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.core.metrics import Metric, find_metric
from apps.core.periods import DAY, Period
from apps.kpis.actions.contests import finish_contest, prizes_of, rehearsed, sides_of
from apps.kpis.calculations.contest import Tally, payout, places, scores, to_next
from apps.kpis.contest_choices import ContestState
from apps.kpis.contest_history import tallies
from apps.kpis.models.contests import Contest, ContestStanding
from apps.kpis.models.nights import NightRun

REHEARSED_EVERY = timedelta(weeks=1)
SIX = Decimal("0.000001")


def contests_step(run: NightRun, _part: str) -> int:
    return store_standings(run.day)


def store_standings(day: date) -> int:
    """Standings at the end of `day` of every running contest; a missed night ends them as well.

    Drafts are rehearsed anew once a week, on the history that has grown by it.
    """
    rehearse_drafts(day)
    return sum(
        stand(contest, day) for contest in Contest.objects.running().filter(starts_on__lte=day)
    )


def rehearse_drafts(day: date) -> None:
    for draft in Contest.objects.filter(state=ContestState.DRAFT, starts_on__gt=day):
        metric = find_metric(draft.metric)
        if metric is not None and is_stale(draft.simulation, day):
            kept = rehearsed(draft, metric, prizes_of(draft))
            Contest.objects.filter(pk=draft.pk, state=ContestState.DRAFT).update(simulation=kept)


def is_stale(simulation: dict[str, Any], day: date) -> bool:
    """A day more among a year's hardly moves what a contest would have brought: a week does."""
    as_of = simulation.get("as_of")
    return as_of is None or date.fromisoformat(as_of) <= day - REHEARSED_EVERY


def stand(contest: Contest, day: date) -> int:
    metric = find_metric(contest.metric)
    last = min(day, contest.period.last_day)
    is_final = last == contest.period.last_day
    rows = [] if metric is None else standings(contest, metric, last, is_final=is_final)
    contest.standings.filter(as_of=last).delete()
    ContestStanding.objects.bulk_create(rows)
    if is_final:
        finish_contest(contest)
    return len(rows)


def standings(
    contest: Contest, metric: Metric, last: date, *, is_final: bool
) -> list[ContestStanding]:
    sides, prizes, by_place = sides_of(contest), prizes_of(contest), contest.is_by_place
    until = Period(contest.starts_on, last + DAY)
    facts = tallies(metric, until, sides, by_week=contest.is_normalised)
    found = scores(facts, baselines_of(contest) if contest.is_normalised else None)
    place, won = places(found), payout(found, prizes, by_place=by_place)
    return [
        ContestStanding(
            contest=contest,
            as_of=last,
            side=side,
            place=place.get(side),
            score=found[side],
            fact=six(facts[side]),
            prize=won.get(side, 0),
            missing=to_next(found, prizes, side, by_place=by_place),
            is_final=is_final,
        )
        for side in sides
    ]


def six(fact: Tally) -> Decimal | None:
    return None if fact.value is None else fact.value.quantize(SIX)


def baselines_of(contest: Contest) -> dict[int, Decimal | None]:
    """As the launch fixed them."""
    side = "team_id" if contest.by_team else "user_id"
    return dict(contest.participants.exclude(**{side: None}).values_list(side, "baseline"))
