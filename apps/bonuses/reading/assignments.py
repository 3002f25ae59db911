"""Whose bonus is counted by which scheme version in which month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from apps.bonuses.models import SchemeVersion
from apps.core.periods import add_months
from apps.staff.models import Membership, User


class Place(NamedTuple):
    """Where a person stood at the end of a month, or last in it."""

    node: int | None
    path: str
    position: int | None


NOWHERE = Place(None, "", None)


@dataclass
class Assignments:
    """`versions` in force by person and month; `places` whoever has one; `people` by id."""

    versions: dict[tuple[int, date], SchemeVersion] = field(default_factory=dict)
    places: dict[tuple[int, date], Place] = field(default_factory=dict)
    people: dict[int, User] = field(default_factory=dict)


def started_versions() -> list[SchemeVersion]:
    """Every version that ever came into force, of schemes that are kept, with its steps."""
    rows = SchemeVersion.objects.started().filter(scheme__archived_at=None)
    rows = rows.select_related("scheme__node", "scheme__user", "scheme__position")
    return list(rows.prefetch_related("tiers").order_by("starts_on", "number"))


def assign(
    people: Iterable[User], months: Sequence[date], versions: Sequence[SchemeVersion]
) -> Assignments:
    """The most specific scheme that fits: the person's, the position's, the nearest team's, the role's;
    of equally specific ones the latest. Two statements."""
    found = Assignments(people={person.pk: person for person in people})
    found.places = places_of(list(found.people), months)
    for month in months:
        in_force = _in_force(versions, month)
        for person in found.people.values():
            place = found.places.get((person.pk, month), NOWHERE)
            if version := _best(person, place, in_force):
                found.versions[person.pk, month] = version
    return found


def _in_force(versions: Sequence[SchemeVersion], month: date) -> list[SchemeVersion]:
    """Of each scheme the latest version that has begun by `month`."""
    newest = {
        version.scheme_id: version
        for version in versions
        if version.starts_on and version.starts_on <= month
    }
    return sorted(newest.values(), key=lambda version: version.scheme_id)


def _best(person: User, place: Place, versions: Iterable[SchemeVersion]) -> SchemeVersion | None:
    fitting = [(fit, version) for version in versions if (fit := fits(person, place, version))]
    return max(fitting, key=lambda pair: (pair[0], pair[1].scheme_id))[1] if fitting else None


def fits(person: User, place: Place, version: SchemeVersion) -> tuple[int, int] | None:
    """How closely the scheme fits the person, higher is closer; None: it is not his.

    A person without a place in the month (not yet hired, long gone) is only met by a scheme of his own.
    """
    scheme = version.scheme
    if scheme.user_id:
        return (4, 0) if scheme.user_id == person.pk else None
    if place is NOWHERE:
        return None
    if scheme.position_id:
        return (3, 0) if scheme.position_id == place.position else None
    if scheme.node:
        is_inside = place.path.startswith(scheme.node.path)
        return (2, len(scheme.node.path)) if is_inside else None
    return (1, 0) if scheme.role == person.role else None


def places_of(people: list[int], months: Sequence[date]) -> dict[tuple[int, date], Place]:
    """The latest place that each person had within each month."""
    end = add_months(months[-1], 1)
    rows = Membership.objects.filter(user__in=people, started_on__lt=end)
    rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=months[0])).select_related("node")
    held: dict[int, list[Membership]] = defaultdict(list)
    for row in rows.order_by("started_on"):
        held[row.user_id].append(row)
    places = {}
    for person, memberships in held.items():
        for month in months:
            next_month = add_months(month, 1)
            for row in memberships:
                if row.started_on < next_month and (row.ended_on is None or row.ended_on > month):
                    place = Place(row.node_id, row.node.path, row.position_id)
                    places[person, month] = place
    return places
