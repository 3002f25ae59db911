"""What the room of one big deal shows: who decides, what may go wrong, what is agreed, what was given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from apps.core.calendars import company_today
from apps.deals import rules
from apps.deals.big_calculations import share_given
from apps.deals.big_choices import Attitude, DealPart, Grade, RiskEnd, Side
from apps.deals.calculations import step_state
from apps.deals.choices import Outcome
from apps.deals.help_clock import HelpClock, Wait
from apps.deals.models import Concession, Deal, DealRisk, HelpEvent, PlanStep, Stakeholder

TONES = {
    Attitude.CHAMPION: "good",
    Attitude.FRIEND: "good",
    Attitude.NEUTRAL: "",
    Attitude.SCEPTIC: "warn",
    Attitude.ENEMY: "bad",
    Attitude.UNKNOWN: "warn",
}
ICONS = {
    Attitude.CHAMPION: "star-fill",
    Attitude.FRIEND: "hand-thumbs-up",
    Attitude.NEUTRAL: "dash-lg",
    Attitude.SCEPTIC: "hand-thumbs-down",
    Attitude.ENEMY: "x-octagon",
    Attitude.UNKNOWN: "question-lg",
}
AGAINST = (Attitude.SCEPTIC, Attitude.ENEMY)
# From this product of probability and impact a risk is heavy.
HEAVY = 6


@dataclass(frozen=True)
class Person:
    """A stakeholder as the map and the lists show him."""

    row: Stakeholder

    @property
    def tone(self) -> str:
        return TONES[Attitude(self.row.attitude)]

    @property
    def icon_name(self) -> str:
        return ICONS[Attitude(self.row.attitude)]


@dataclass(frozen=True)
class Cell:
    attitude: Attitude
    people: list[Person]


@dataclass(frozen=True)
class Band:
    """A row of the map: people of one influence, by their attitude."""

    influence: Grade
    cells: list[Cell]

    @property
    def is_empty(self) -> bool:
        return not any(cell.people for cell in self.cells)


def people_of(deal: Deal) -> list[Person]:
    """The map as a list, the most influential first."""
    rows = Stakeholder.objects.shown().filter(deal=deal).select_related("contact")
    return [Person(row) for row in rows.order_by("-influence", "contact__name_key", "pk")]


def bands_of(people: Iterable[Person]) -> list[Band]:
    """The map: influence from high to low, attitude from the best to the worst."""
    people = list(people)
    return [
        Band(grade, [Cell(attitude, placed(people, grade, attitude)) for attitude in Attitude])
        for grade in reversed(Grade)
    ]


def placed(people: list[Person], grade: Grade, attitude: Attitude) -> list[Person]:
    return [one for one in people if one.row.influence == grade and one.row.attitude == attitude]


def holes_of(people: Iterable[Person]) -> list[str]:
    """What the map lacks for the deal to be believed, in words; nothing for a sound map."""
    rows = [one.row for one in people]
    deciders = [row for row in rows if row.part == DealPart.DECIDES]
    strong_foes = [row for row in rows if row.influence == Grade.HIGH and row.attitude in AGAINST]
    found = {
        _("Nobody on the map makes the decision."): not deciders,
        _("It is not known how the one who decides stands to us."): any(
            row.attitude == Attitude.UNKNOWN for row in deciders
        ),
        _("All hangs on one contact: find a second one."): len(rows) == 1,
        _("Somebody with high influence is against us."): bool(strong_foes),
        _("Nobody fights for us inside."): bool(rows)
        and not any(row.attitude == Attitude.CHAMPION for row in rows),
    }
    return [words for words, is_there in found.items() if is_there]


@dataclass(frozen=True)
class Given:
    """A line of the concessions log."""

    row: Concession
    is_struck_out: bool


@dataclass(frozen=True)
class Step:
    row: PlanStep
    late_days: int

    @property
    def is_ours(self) -> bool:
        return self.row.side == Side.OURS


class WarRoom:
    def __init__(self, deal: Deal, viewer: Any, clock: HelpClock) -> None:
        self.deal, self.viewer, self.clock = deal, viewer, clock
        self.now = clock.now
        self.can_edit = rules.may_write(deal, by=viewer)
        self.is_open = deal.outcome == Outcome.OPEN

    @cached_property
    def today(self) -> date:
        return company_today()

    @property
    def step_state(self) -> str:
        return step_state(self.deal.next_step_at, self.now, self.clock.zone)

    @property
    def days_to_close(self) -> int | None:
        """Days until the expected close; below zero when it has passed, None when unknown."""
        close_on = self.deal.expected_close_on
        return None if close_on is None else (close_on - self.today).days

    @cached_property
    def people(self) -> list[Person]:
        return people_of(self.deal) if self.deal.client_id else []

    @cached_property
    def bands(self) -> list[Band]:
        return bands_of(self.people)

    @property
    def attitudes(self) -> list[tuple[str, Attitude, str]]:
        """Headings of the map: icon, attitude, tone."""
        return [(ICONS[one], one, TONES[one]) for one in Attitude]

    @property
    def holes(self) -> list[str]:
        return holes_of(self.people) if self.is_open else []

    @cached_property
    def risks(self) -> list[DealRisk]:
        """The heaviest first."""
        rows = list(self.deal.risks.kept().select_related("person"))
        return sorted(rows, key=lambda row: (-row.weight, row.due_on or date.max, row.pk))

    @property
    def open_risks(self) -> list[DealRisk]:
        return [row for row in self.risks if row.end == RiskEnd.OPEN]

    @property
    def ended_risks(self) -> list[DealRisk]:
        return [row for row in self.risks if row.end != RiskEnd.OPEN]

    @cached_property
    def steps(self) -> list[Step]:
        rows = self.deal.plan_steps.kept().order_by("due_on", "pk")
        return [Step(row, self.late_days(row)) for row in rows]

    def late_days(self, row: PlanStep) -> int:
        return 0 if row.done_on else max(0, (self.today - row.due_on).days)

    @property
    def done_steps(self) -> int:
        return sum(step.row.done_on is not None for step in self.steps)

    @property
    def late_steps(self) -> int:
        return sum(step.late_days > 0 for step in self.steps)

    @cached_property
    def concessions(self) -> list[Given]:
        rows = self.deal.concessions.filter(reversal_of=None).select_related(
            "agreed_by", "reversed_by"
        )
        return [Given(row, getattr(row, "reversed_by", None) is not None) for row in rows]

    @property
    def standing(self) -> list[Concession]:
        return [one.row for one in self.concessions if not one.is_struck_out]

    @property
    def given_away(self) -> Decimal:
        """In the deal's currency; what was booked in another one is left out and listed."""
        worths = (row.worth for row in self.standing if row.currency == self.deal.currency)
        return sum(worths, Decimal(0))

    @property
    def share_given(self) -> Decimal | None:
        return share_given([self.given_away], self.deal.amount)

    @cached_property
    def help(self) -> list[Wait]:
        return help_of(self.deal, self.clock)


def help_of(deal: Deal, clock: HelpClock) -> list[Wait]:
    """The requests of the deal with their clocks and events, the latest first."""
    events = Prefetch("events", HelpEvent.objects.select_related("author"))
    rows = deal.help_requests.select_related("author", "asked_of").prefetch_related(events)
    for row in rows:
        row.deal = deal
    return clock.waits(list(rows))
