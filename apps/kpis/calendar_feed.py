"""Plans that wait for a director's answer, in his own calendar."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.calendar_feeds import Entry
from apps.core.periods import Period
from apps.kpis.models import PlanVersion


def entries_of(person: Any, period: Period) -> Iterator[Entry]:
    """A whole day for each version that `person` may answer, on the day asked for."""
    if not allowed(person, "kpis.approve_plan"):
        return
    rows = PlanVersion.objects.waiting_for(person).filter(
        answer_by__gte=period.start, answer_by__lt=period.end
    )
    for version in rows.annotate(moved_at=Max("steps__at")):
        title = _("Answer: plan %(year)s, version %(number)s")
        yield Entry(
            uid=f"plan-{version.pk}",
            title=title % {"year": version.year, "number": version.number},
            on=version.answer_by,
            changed_at=version.moved_at,
            text=version.note,
            url=version.get_absolute_url(),
        )
