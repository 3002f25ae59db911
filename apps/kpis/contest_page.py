"""A contest in words: its rules, where everybody stands, what it would have brought before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.metrics import Metric, find_metric
from apps.core.models import Company
from apps.kpis import value_words
from apps.kpis.contest_choices import ContestState
from apps.kpis.models.contests import Contest, ContestStanding
from apps.staff.models import TeamNode, User


def stage(contest: Contest, today: date) -> str:
    """Never "running" after its last day, whatever the night has done."""
    words = {"from": numerals.day(contest.starts_on), "last": numerals.day(contest.period.last_day)}
    if contest.state == ContestState.DRAFT:
        return _("draft")
    if contest.state == ContestState.FINISHED:
        return _("finished %(last)s") % words
    if today < contest.starts_on:
        return _("begins %(from)s") % words
    if today >= contest.ends_on:
        return _("over, the next calculation brings the result")
    return _("until %(last)s") % words


def metric_label(contest: Contest) -> str:
    metric = find_metric(contest.metric)
    return str(metric.label) if metric else contest.metric


@dataclass(frozen=True)
class Place:
    """A line of the leaderboard; `fact` is empty for work out of the viewer's sight."""

    place: int | None
    name: str
    score: str
    share: float
    fact: str
    prize: Decimal
    missing: str
    is_own: bool


def leaderboard(contest: Contest, viewer: Any) -> tuple[date | None, list[Place]]:
    """The newest standings and as of when they are."""
    rows = list(contest.standings.filter(as_of=newest(contest)))
    if not rows:
        return None, []
    names = names_of(contest, [row.side for row in rows])
    board = Board(contest, viewer, sides_in_sight(contest, viewer), best_of(rows))
    return rows[0].as_of, [board.line(row, names.get(row.side, "–")) for row in rows]


def newest(contest: Contest) -> Any:
    return contest.standings.order_by("-as_of").values("as_of")[:1]


def best_of(rows: list[ContestStanding]) -> Decimal:
    return max((row.score for row in rows if row.score is not None), default=Decimal(0))


def names_of(contest: Contest, sides: list[int]) -> dict[int, str]:
    if contest.by_team:
        return dict(TeamNode.objects.filter(pk__in=sides).values_list("pk", "name"))
    return {user.pk: str(user) for user in User.objects.filter(pk__in=sides)}


def sides_in_sight(contest: Contest, viewer: Any) -> set[int]:
    """Sides all of whose people's work the viewer sees."""
    within = User.objects.work_visible_to(viewer).filter(contests__contest=contest)
    seen = set(within.values_list("pk", flat=True))
    people: dict[int, set[int]] = {}
    for user, team in contest.participants.values_list("user_id", "team_id"):
        side = team if contest.by_team else user
        people.setdefault(side or 0, set()).add(user)
    return {side for side, members in people.items() if members <= seen}


@dataclass(frozen=True)
class Board:
    contest: Contest
    viewer: Any
    in_sight: set[int]
    best: Decimal

    @property
    def metric(self) -> Metric | None:
        return find_metric(self.contest.metric)

    @property
    def own_side(self) -> int | None:
        return self.viewer.team_id if self.contest.by_team else self.viewer.pk

    def line(self, row: ContestStanding, name: str) -> Place:
        is_seen = row.side in self.in_sight
        return Place(
            row.place,
            name,
            self.score(row.score, is_seen=is_seen),
            float(row.score / self.best) if row.score is not None and self.best else 0.0,
            value_words.shown(self.metric, row.fact) if self.metric and is_seen else "",
            row.prize,
            self.missing(row.missing, is_seen=is_seen),
            row.side == self.own_side,
        )

    def score(self, score: Decimal | None, *, is_seen: bool) -> str:
        """Percent of the baseline; a figure itself only in sight, else percent of the leader's."""
        if score is None:
            return "–"
        if self.contest.is_normalised:
            return numerals.percent(score, 1)
        if is_seen and self.metric is not None:
            return value_words.shown(self.metric, score)
        return numerals.percent(score / self.best if self.best else None, 0)

    def missing(self, missing: Decimal | None, *, is_seen: bool) -> str:
        if missing is None:
            return ""
        if self.contest.is_normalised:
            return numerals.points(missing)
        if is_seen and self.metric is not None:
            return value_words.shown(self.metric, missing)
        return ""


def prizes_in_words(contest: Contest) -> list[tuple[str, Decimal]]:
    metric = find_metric(contest.metric)
    return [
        (reach_in_words(contest, metric, prize.reach), prize.amount)
        for prize in contest.prizes.all()
    ]


def reach_in_words(contest: Contest, metric: Metric | None, reach: Decimal) -> str:
    if contest.is_by_place:
        return _("Place %(n)s") % {"n": int(reach)}
    if contest.is_normalised:
        return _("From %(score)s of the baseline") % {"score": numerals.percent(reach, 0)}
    shown = value_words.shown(metric, reach) if metric else numerals.number(reach)
    return _("From %(score)s") % {"score": shown}


@dataclass(frozen=True)
class Rehearsal:
    """What the contest would have brought; shares are fractions of the runs."""

    windows: int
    is_short: bool
    payout: str
    warnings: list[str]
    wins: list[tuple[str, float]]
    comparison: str
    as_of: date | None


def rehearsal(contest: Contest) -> Rehearsal | None:
    kept: Mapping[str, Any] = contest.simulation
    if not kept or not kept["windows"]:
        return None
    wins = {int(side): share for side, share in kept["wins"].items()}
    names = names_of(contest, list(wins))
    ranked = sorted(wins.items(), key=lambda item: (-item[1], names.get(item[0], "")))
    return Rehearsal(
        kept["windows"],
        kept["is_short"],
        payout_in_words(kept),
        warnings(contest, kept, names),
        [(names.get(side, "–"), share) for side, share in ranked],
        comparison(contest, kept),
        date.fromisoformat(kept["as_of"]) if "as_of" in kept else None,
    )


def money(amount: Any) -> str:
    return numerals.money(Decimal(amount), Company.current().currency)


def payout_in_words(kept: Mapping[str, Any]) -> str:
    if kept["low"] == kept["high"]:
        return money(kept["expected"])
    words = {
        "expected": money(kept["expected"]),
        "low": money(kept["low"]),
        "high": money(kept["high"]),
    }
    return _("%(expected)s, mostly %(low)s to %(high)s") % words


def warnings(contest: Contest, kept: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    said = []
    if kept["is_lopsided"]:
        words = {
            "who": names.get(kept["top_side"], "–"),
            "share": numerals.percent(kept["top_share"], 0),
        }
        said.append(_("%(who)s would win most of the time: %(share)s.") % words)
    if kept["over_budget"]:
        words = {
            "share": numerals.percent(kept["over_budget"], 0),
            "budget": money(contest.budget),
        }
        said.append(
            _("The budget of %(budget)s would be passed in %(share)s of the cases.") % words
        )
    if kept["is_short"]:
        words = {"n": numerals.number(kept["windows"])}
        said.append(_("Only %(n)s such stretches of history: believe it with care.") % words)
    return said


def comparison(contest: Contest, kept: Mapping[str, Any]) -> str:
    """The most frequent winner by this rule and by the other one."""
    own, other = (numerals.percent(kept[name], 0) for name in ("top_share", "other_top_share"))
    fair, plain = (own, other) if contest.is_normalised else (other, own)
    words = {"fair": fair, "plain": plain}
    return _("The most frequent winner: %(fair)s with the handicap, %(plain)s without.") % words


def medals(person: User) -> list[tuple[Contest, int | None]]:
    """The first three places of a person in finished contests, the newest first."""
    rows = ContestStanding.objects.filter(
        is_final=True, contest__by_team=False, side=person.pk, place__lte=3, score__gt=0
    )
    return [(row.contest, row.place) for row in rows.select_related("contest")]
