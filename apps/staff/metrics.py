"""The bottom of everything that is counted a working day: how long each person was there."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import WorkCalendar, days_over, is_now
from apps.core.metrics import Direction, Metric, Source, Sums, Unit, add_metrics, add_source, summed
from apps.core.periods import Period
from apps.staff.choices import SELLING_ROLES, Role

PRESENCE = """
SELECT person.id, count(*) FILTER (WHERE absence.id IS NULL) AS days,
    count(absence.id) AS absent_days, count(*) AS all_days
FROM staff_user person
JOIN unnest(%(days)s::date[]) working(day)
    ON (person.hired_on IS NULL OR person.hired_on <= working.day)
    AND (person.dismissed_on IS NULL OR person.dismissed_on > working.day)
LEFT JOIN staff_absence absence ON absence.user_id = person.id
    AND absence.starts_on <= working.day AND absence.ends_on > working.day
WHERE person.role = ANY(%(roles)s)
GROUP BY 1
"""


def presence(period: Period) -> Sums:
    """Working days of the company that are over, of people who sell: hired, not gone, not away."""
    over = days_over(period)
    if over is None:
        return {}
    days = WorkCalendar.load(over.start, over.last_day).working_days(over)
    return summed(PRESENCE, {"days": days, "roles": [str(role) for role in SELLING_ROLES]})


READINESS = """
SELECT id, 1 AS person_count, may_receive_clients::int AS ready_count, ramp_share AS ramp_sum,
    (ramp_share < 1)::int AS newcomer_count
FROM staff_user WHERE role = ANY(%(roles)s) AND dismissed_on IS NULL
"""
# Who goes through training and is let to clients; a head is not.
LEARNERS = (Role.SELLER, Role.LEAD)


def readiness(period: Period) -> Sums:
    """Sellers and leads as they stand; of days before yesterday nothing is known."""
    return summed(READINESS, {"roles": [str(role) for role in LEARNERS]}) if is_now(period) else {}


def people_of(person: int | None, _period: Period) -> str:
    if person is not None:
        return reverse("staff:person", args=[person])
    return reverse("staff:team")


def register() -> None:
    add_source(Source("presence", _("Days at work"), presence, ("days", "absent_days", "all_days")))
    columns = ("person_count", "ready_count", "ramp_sum", "newcomer_count")
    add_source(Source("readiness", _("Readiness of people"), readiness, columns, is_stock=True))
    people = _("People")
    add_metrics(
        Metric(
            code="ready_share",
            label=_("May receive clients"),
            formula=_("sellers and leads who may receive clients ÷ all of them, as they stand"),
            unit=Unit.SHARE,
            owner=people,
            top=("readiness.ready_count",),
            bottom=("readiness.person_count",),
            subject="learning",
            rows=people_of,
        ),
        Metric(
            code="average_ramp",
            label=_("Ramp of the people"),
            formula=_("sum of their shares of a full plan ÷ sellers and leads, as they stand"),
            unit=Unit.SHARE,
            owner=people,
            top=("readiness.ramp_sum",),
            bottom=("readiness.person_count",),
            subject="learning",
            rows=people_of,
        ),
        Metric(
            code="newcomers",
            label=_("People in ramp"),
            formula=_("sellers and leads whose plan is still less than a full one, as they stand"),
            unit=Unit.COUNT,
            owner=people,
            top=("readiness.newcomer_count",),
            direction=Direction.LESS,
            subject="learning",
            rows=people_of,
        ),
    )
    add_metrics(
        Metric(
            code="days_at_work",
            label=_("Days at work"),
            formula=_("working days since hiring and before dismissal, without absences"),
            unit=Unit.COUNT,
            owner=people,
            top=("presence.days",),
            subject="activity",
        ),
        Metric(
            code="absent_share",
            label=_("Days away"),
            formula=_("working days of absence ÷ working days"),
            unit=Unit.SHARE,
            owner=people,
            top=("presence.absent_days",),
            bottom=("presence.all_days",),
            n=("presence.all_days",),
            direction=Direction.LESS,
            subject="activity",
        ),
    )
