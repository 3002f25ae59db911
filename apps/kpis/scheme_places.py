"""Whom a KPI scheme concerns: the most specific one that fits a person rules his month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from apps.core.periods import Period
from apps.kpis.models import KpiScheme, SchemeVersion
from apps.staff.choices import SELLING_ROLES
from apps.staff.models import Membership


@dataclass(frozen=True)
class Place:
    """Where a person stands in a month: path of his team, position (None: not stated) and role."""

    person: int
    path: str
    position: int | None
    role: str

    @property
    def peers(self) -> tuple[int | None, str]:
        """People of the same position are compared; of the same role where none is stated."""
        return self.position, "" if self.position else self.role


def read_places(period: Period) -> dict[int, Place]:
    """The last place that each selling person had within the period: one statement."""
    rows = (
        Membership.objects.filter(started_on__lt=period.end, user__role__in=SELLING_ROLES)
        .filter(Q(ended_on=None) | Q(ended_on__gt=period.start))
        .order_by("started_on")
        .values_list("user", "node__path", "position", "user__role")
    )
    return {row[0]: Place(*row) for row in rows}


def fits(scheme: KpiScheme, place: Place) -> bool:
    if scheme.user_id is not None:
        return scheme.user_id == place.person
    return (
        scheme.node is not None
        and place.path.startswith(scheme.node.path)
        and scheme.position_id in (None, place.position)
        and scheme.role in ("", place.role)
    )


def rank(scheme: KpiScheme) -> tuple[bool, bool, int, bool]:
    """A person's own scheme first, then that of his position, of the lowest team, there of his role.

    Bonuses look for their schemes in the same order.
    """
    depth = scheme.node.path.count("/") if scheme.node else 0
    return scheme.user_id is not None, scheme.position_id is not None, depth, scheme.role != ""


def ruling(versions: Iterable[SchemeVersion], place: Place) -> SchemeVersion | None:
    """The version that judges a person; its scheme's team must be loaded."""
    fitting = [version for version in versions if fits(version.scheme, place)]
    return max(fitting, key=lambda version: rank(version.scheme), default=None)


def ruled_by(
    version: SchemeVersion, others: Iterable[SchemeVersion], places: Iterable[Place]
) -> list[Place]:
    """The people whom `version` would judge if it were in force beside `others`."""
    rest = [other for other in others if other.scheme_id != version.scheme_id]
    return [place for place in places if ruling([*rest, version], place) is version]
