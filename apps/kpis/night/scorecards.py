"""Scorecards of the people who have a scheme: the running month each night, touched months again.

Everything is read once a month for everybody and written in one go: no statement is made for a person.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from apps.core.calendars import WorkCalendar
from apps.core.periods import add_months, month_of
from apps.kpis.calculations.score import light
from apps.kpis.models import NightRun, SchemeVersion, Scorecard
from apps.kpis.night.board import curves_of, expected_shares
from apps.kpis.night.history import MONTHS_BACK, read_history
from apps.kpis.night.months import month_for, months_to_write
from apps.kpis.scheme_places import Place, read_places, ruling
from apps.kpis.scoring import Judged, MonthReader, Rules, judge, rank_peers, read_rules
from apps.staff.models import TeamNode

CODE = "scorecards"


def scorecards_step(run: NightRun, _part: str) -> int:
    starts = months_to_write(run)
    shares = _shares(run, starts)
    reader = MonthReader()
    compiled: dict[int, Rules] = {}
    written = 0
    for start in starts:
        versions = list(SchemeVersion.objects.in_force(start).with_rules())
        if versions:
            written += _write(run, start, versions, shares[start], reader, compiled)
    drop_superseded_cards(run)
    return written


def _shares(run: NightRun, starts: list[date]) -> dict[date, Decimal]:
    """What the company's working days had to bring of each month by the morning after the run."""
    today = run.day + timedelta(days=1)
    shares = {start: Decimal(1) for start in starts}
    current = month_of(today).start
    if current in shares:
        calendar = WorkCalendar.load(add_months(current, -MONTHS_BACK), current)
        month = month_for(current, today, calendar)
        root = TeamNode.objects.filter(parent=None).values_list("pk", flat=True).first() or 0
        history = read_history(run, [current], calendar, of_company=True)
        shares[current] = expected_shares(month, curves_of(root, month, history))[2]
    return shares


def _write(
    run: NightRun,
    start: date,
    versions: list[SchemeVersion],
    share: Decimal,
    reader: MonthReader,
    compiled: dict[int, Rules],
) -> int:
    facts = reader.facts(start, share)
    judged: list[tuple[Judged, Place]] = []
    for place in read_places(month_of(start)).values():
        if version := ruling(versions, place):
            rules = compiled.setdefault(version.pk, read_rules(version))
            judged.append((judge(rules, place.person, facts), place))
    standings = rank_peers((one, place.peers) for one, place in judged)
    cards = [_card(run, start, one, share, *standings[one.person]) for one, _place in judged]
    Scorecard.objects.bulk_create(cards, batch_size=500, ignore_conflicts=True)
    return len(cards)


def _card(
    run: NightRun,
    start: date,
    judged: Judged,
    share: Decimal,
    standing: Decimal | None,
    peers: int,
) -> Scorecard:
    score = judged.score
    return Scorecard(
        run=run,
        user_id=judged.person,
        month=start,
        version=judged.rules.version,
        score=score.value,
        before_gates=score.before_gates,
        on_pace=judged.on_pace,
        factor=score.factor,
        light=light(judged.on_pace),
        is_rescaled=score.is_rescaled,
        standing=standing,
        peers=peers,
        share_expected=share,
        items=judged.items,
        gates=judged.gates,
    )


# Superseded cards stay for two days, for those who look at them right now.
DROP = """
DELETE FROM kpis_scorecard old USING kpis_nightrun run
WHERE run.id = old.run_id AND run.id <> %(run)s AND run.started_at < now() - interval '2 days'
    AND EXISTS (SELECT FROM kpis_scorecard new JOIN kpis_nightrun later ON later.id = new.run_id
        WHERE new.user_id = old.user_id AND new.month = old.month AND new.run_id > old.run_id
            AND later.published_at IS NOT NULL)
"""


def drop_superseded_cards(run: NightRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DROP, {"run": run.pk})
