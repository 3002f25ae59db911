"""Calls, meetings, letters and notes around a deal, on the working days of its owner."""

import random
from datetime import date, datetime, timedelta

from apps.dashboard.sample import words
from apps.dashboard.sample.clients import SampleClient
from apps.dashboard.sample.days import Span, moment, moment_of
from apps.dashboard.sample.people import Person, Staff
from apps.dashboard.sample.writing import Table
from apps.deals.choices import ActivityKind, ActivityOrigin, ActivityOutcome
from apps.deals.models import Activity

KINDS = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING, ActivityKind.NOTE)
KIND_SUMS = (56, 82, 93, 100)
ANSWERS = (ActivityOutcome.AGREED, ActivityOutcome.CALL_BACK, ActivityOutcome.NO_ANSWER)
ANSWER_SUMS = (38, 68, 100)
WITHOUT_DEAL = 0.05
RECORDED_LATE = 0.01
LATE_WORK = 0.03
# Days that a deal is worked on, and how soon the first talk comes against the pause between two.
USUAL_DAYS = 26
FIRST = 0.4


class ActivityWriter:
    """`per_deal` is the number aimed at for an average deal."""

    def __init__(self, span: Span, staff: Staff, per_deal: float, rng: random.Random):
        self.span, self.staff, self.rng = span, staff, rng
        self.pause = USUAL_DAYS / per_deal
        # Who has not written something down by now does so at the last minute.
        self.end = moment_of(span.today, 0) - timedelta(minutes=1)
        self.table = Table(
            Activity, "kind", "deal_id", "client_id", "contact_id", "user_id", "outcome", "text",
            "duration_minutes", "origin", "happened_on", "happened_at", "recorded_at",
        )  # fmt: skip

    def about(
        self, deal: int, client: SampleClient | None, owner: Person, first: date, last: date
    ) -> datetime | None:
        """Activities from `first` until before `last`; the moment of the latest."""
        latest = None
        day = first + timedelta(days=int(self.rng.random() * self.pause * FIRST))
        number = client.id if client else deal
        while True:
            day = self.span.working_from(day)
            if day >= last or day >= self.span.today:
                return latest
            person = self.staff.answering(owner, day, number)
            silent = person.silent_from and day >= person.silent_from
            if not silent and not person.is_away(day):
                latest = max(filter(None, (latest, self._add(deal, client, person, day))))
            day += timedelta(days=self._pause(day, first))

    def _pause(self, day: date, first: date) -> int:
        """Days until the next one: short at the beginning of a deal."""
        eager = 0.6 if (day - first).days < 6 else 1.0
        return int(self.rng.expovariate(1.0) * self.pause * eager)

    def _add(self, deal: int, client: SampleClient | None, person: Person, day: date) -> datetime:
        rng = self.rng
        at = moment(day, rng, 18, 21) if rng.random() < LATE_WORK else moment(day, rng, 10)
        kind, outcome, text, minutes = self._talk()
        loose = client is not None and rng.random() < WITHOUT_DEAL
        late = timedelta(days=rng.randrange(2, 9)) if rng.random() < RECORDED_LATE else timedelta()
        contact = client.first_contact + rng.randrange(client.contacts) if client else None
        measured = kind == ActivityKind.CALL and rng.random() < 0.6
        origin = ActivityOrigin.MEASURED if measured else ActivityOrigin.TYPED
        self.table.add(
            kind.value, None if loose else deal, client.id if client else None, contact, person.id,
            outcome.value, text, minutes, origin.value, day, at, min(at + late, self.end),
        )  # fmt: skip
        return at

    def _talk(self) -> tuple[ActivityKind, ActivityOutcome, str, int | None]:
        rng = self.rng
        draw = rng.random() * 100
        kind = KINDS[next(i for i, top in enumerate(KIND_SUMS) if draw < top)]
        if kind == ActivityKind.EMAIL:
            return kind, ActivityOutcome.NONE, rng.choice(words.EMAILS), None
        if kind == ActivityKind.NOTE:
            return kind, ActivityOutcome.NONE, rng.choice(words.NOTES), None
        if kind == ActivityKind.MEETING:
            return (
                kind,
                ActivityOutcome.AGREED,
                rng.choice(words.MEETINGS),
                rng.randrange(30, 120, 5),
            )
        draw = rng.random() * 100
        outcome = ANSWERS[next(i for i, top in enumerate(ANSWER_SUMS) if draw < top)]
        if outcome == ActivityOutcome.NO_ANSWER:
            return kind, outcome, rng.choice(words.SILENCES), 0
        return kind, outcome, rng.choice(words.CALLS), 1 + int(rng.expovariate(0.2))
