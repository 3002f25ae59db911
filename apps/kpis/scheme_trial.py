"""A draft of a scheme tried on the last six months: what each person would have had, old and new."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict

from django.db.models import Q

from apps.core.periods import Period, add_months, month_of
from apps.kpis.models import SchemeVersion
from apps.kpis.scheme_places import Place, read_places, ruled_by, ruling
from apps.kpis.scoring import MonthFacts, MonthReader, Rules, judge, read_rules
from apps.staff.models import Membership

MONTHS = 6

Scores = list[Decimal | None]


class PersonTrial(TypedDict):
    """Scores by month, as text; None where the person was not here or nothing counted."""

    person: int
    old: list[str | None]
    new: list[str | None]


class Trial(TypedDict):
    on: str  # the day of the trial
    months: list[str]  # first days, the oldest first
    people: list[PersonTrial]


def try_out(version: SchemeVersion, today: date) -> Trial:
    """The last six whole months under the rules that hold now and under `version`.

    Both are asked about the same facts: only the rules differ. People are those whom the version would
    judge today.
    """
    current = month_of(today)
    others = list(SchemeVersion.objects.in_force(current.start).with_rules())
    places = ruled_by(version, others, read_places(current).values())
    months = [add_months(current.start, -back) for back in range(MONTHS, 0, -1)]
    reader = MonthReader()
    facts = [reader.facts(month) for month in months]
    here = months_here(places, Period(months[0], current.start))
    compiled: dict[int, Rules] = {}

    def scores(judging: SchemeVersion | None, place: Place) -> list[str | None]:
        if judging is None:
            return [None] * len(months)
        rules = compiled.setdefault(judging.pk, read_rules(judging))
        return [_score(rules, place.person, month, here) for month in facts]

    people = [
        PersonTrial(
            person=place.person,
            old=scores(ruling(others, place), place),
            new=scores(version, place),
        )
        for place in places
    ]
    return Trial(
        on=today.isoformat(), months=[month.isoformat() for month in months], people=people
    )


def _score(rules: Rules, person: int, facts: MonthFacts, here: set[tuple[int, date]]) -> str | None:
    if (person, facts.month) not in here:
        return None
    value = judge(rules, person, facts).value
    return None if value is None else str(value)


def months_here(places: list[Place], period: Period) -> set[tuple[int, date]]:
    """In which months of the period each person had a place: one statement."""
    rows = Membership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=period.start),
        user__in=[place.person for place in places],
        started_on__lt=period.end,
    ).values_list("user", "started_on", "ended_on")
    months = [add_months(period.start, shift) for shift in range(period.months)]
    return {
        (person, month)
        for person, first, last in rows
        for month in months
        if first < add_months(month, 1) and (last is None or last > month)
    }
