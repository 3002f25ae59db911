"""The bottom of everything that is counted a working day: how long each person was there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.core.calendars import WorkCalendar, days_over
from apps.core.metrics import Direction, Metric, Source, Sums, Unit, add_metrics, add_source, summed
from apps.core.periods import Period
from apps.staff.choices import SELLING_ROLES

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


def register() -> None:
    add_source(Source("presence", _("Days at work"), presence, ("days", "absent_days", "all_days")))
    people = _("People")
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
