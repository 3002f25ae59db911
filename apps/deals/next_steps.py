"""What could come next: words by the stage of the deal and the person's habits, and usual moments."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.calendars import WorkCalendar
from apps.deals.choices import ExitField, Outcome, StageKind
from apps.deals.models import Deal
from apps.deals.rules import is_filled

SHOWN = 4
# Habits are read off so many of the person's deals in the stage; a step of one deal is no habit.
LOOKED_AT = 200
LEAST_USED = 2
HOUR = 11


@dataclass(frozen=True)
class Suggestions:
    """Words for the step, and moments as (label, value of the field)."""

    steps: list[str]
    moments: list[tuple[str, str]]


def suggestions_for(deal: Deal, person: Any) -> Suggestions:
    found = dict.fromkeys([*lacking(deal), *habits(deal, person), *usual(deal.stage.kind)])
    return Suggestions([step for step in found if step != deal.next_step][:SHOWN], moments())


def lacking(deal: Deal) -> list[str]:
    """How to get what the stage asks for before the deal can go on."""
    words = {
        ExitField.CLIENT: _("Find out which company it is"),
        ExitField.AMOUNT: _("Agree on the budget"),
        ExitField.EXPECTED_CLOSE: _("Ask for the day of the decision"),
        ExitField.CONTACT: _("Find out who decides"),
        ExitField.LINES: _("Agree on what exactly is bought"),
        ExitField.SCHEDULE: _("Agree on the terms of payment"),
    }
    asked = [field for field in words if field in deal.stage.exit_fields]
    return [words[field] for field in asked if not is_filled(deal, field)]


def habits(deal: Deal, person: Any) -> list[str]:
    """The steps that the person plans most in this stage; nobody else's words are shown."""
    own = Deal.objects.filter(owner=person, stage=deal.stage_id, outcome=Outcome.OPEN)
    steps = own.exclude(next_step="").order_by("-next_step_at").values_list("next_step", flat=True)
    return [step for step, n in Counter(steps[:LOOKED_AT]).most_common(2) if n >= LEAST_USED]


def usual(kind: str) -> list[str]:
    if kind == StageKind.LEAD:
        return [_("Call and find out the need"), _("Arrange a meeting")]
    return [_("Call about the offer"), _("Arrange a meeting"), _("Send the documents")]


def moments() -> list[tuple[str, str]]:
    """Usual moments in the reader's time, on working days, as a datetime-local field takes them."""
    calendar, now = WorkCalendar(), timezone.localtime()
    soon = (now + timedelta(hours=2)).replace(minute=0)
    days = ((_("Next working day"), 1), (_("In 3 working days"), 3), (_("In a week"), 5))
    return [
        (_("In two hours"), as_field(soon)),
        *(
            (label, as_field(at_hour(calendar.add_working_days(now.date(), n), now)))
            for label, n in days
        ),
    ]


def at_hour(day: Any, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=now.tzinfo)


def as_field(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
