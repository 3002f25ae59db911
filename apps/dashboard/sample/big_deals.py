"""The largest deals: who decides, risks, plans of both sides, concessions, calls for a leader."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.clients.models import Contact
from apps.core.periods import DAY
from apps.dashboard.sample import big_words as words
from apps.dashboard.sample.days import Span, moment
from apps.dashboard.sample.identity import phone
from apps.dashboard.sample.names import person_name
from apps.deals.big_choices import (
    USUAL_INFLUENCE,
    Attitude,
    DealPart,
    Grade,
    HelpEventKind,
    HelpState,
    RiskGrade,
    Side,
)
from apps.deals.choices import Outcome
from apps.deals.models import (
    BigMark,
    BigThreshold,
    Concession,
    Deal,
    DealRisk,
    HelpEvent,
    HelpNorm,
    HelpRequest,
    PlanStep,
    Stakeholder,
)
from apps.staff.choices import Role
from apps.staff.leaders import leaders_above
from apps.staff.models import User

# So many open deals are big; the largest of them have a furnished room.
BIG, FURNISHED, CLOSED = 15, 10, 160
ROUND_TO = 500_000
NORM_MINUTES = 240
PARTS = (DealPart.DECIDES, DealPart.INFLUENCES, DealPart.PAYS, DealPart.USES)
ATTITUDES = (
    Attitude.FRIEND, Attitude.CHAMPION, Attitude.NEUTRAL, Attitude.SCEPTIC, Attitude.UNKNOWN,
    Attitude.ENEMY,
)  # fmt: skip
# A seller calls for a leader where things look well more often than where they do not.
CALLED_WON, CALLED_LOST = 0.4, 0.34
KINDS = (
    HelpEventKind.ANSWERED,
    HelpEventKind.JOINED,
    HelpEventKind.ANSWERED,
    HelpEventKind.DECLINED,
)
STATES = {
    HelpEventKind.ANSWERED: HelpState.ANSWERED,
    HelpEventKind.JOINED: HelpState.JOINED,
    HelpEventKind.DECLINED: HelpState.DECLINED,
}


def make_big_deals(span: Span, rng: random.Random) -> None:
    """Thresholds, rooms of the largest open deals, and calls about those that are closed."""
    open_deals = list(Deal.objects.open().filter(amount__gt=0, client__isnull=False))
    by_sum = sorted(open_deals, key=lambda deal: (-deal.amount_base, deal.pk))
    if not by_sum:
        return
    big_from = threshold(by_sum)
    BigThreshold.objects.create(big_from=big_from)
    HelpNorm.objects.create(pk=1, answer_minutes=NORM_MINUTES)
    leaders = Leaders()
    for number, deal in enumerate(by_sum[:FURNISHED]):
        Room(span, rng, leaders, deal, number).furnish()
    mark_one(by_sum)
    calls = Calls(span, rng, leaders)
    calls.about_open(by_sum[:FURNISHED])
    calls.about_closed(big_from)
    calls.write()


def threshold(by_sum: list[Deal]) -> Decimal:
    """A round sum that the BIG largest open deals reach."""
    last = by_sum[min(BIG, len(by_sum)) - 1].amount_base or Decimal(0)
    return max(Decimal(last // ROUND_TO * ROUND_TO), Decimal(ROUND_TO))


def mark_one(by_sum: list[Deal]) -> None:
    """A deal that is small by its sum and strategic all the same."""
    head = User.objects.filter(role=Role.HEAD).first()
    if head and len(by_sum) > BIG * 2:
        deal = by_sum[BIG * 2]
        BigMark.objects.create(deal=deal, is_big=True, reason=words.MARK, author=head)


class Leaders:
    """Who stands over a seller, the nearest first; asked once a person."""

    def __init__(self) -> None:
        self._known: dict[int, list[User]] = {}

    def over(self, person: int) -> list[User]:
        if person not in self._known:
            found = User.objects.select_related("team").get(pk=person)
            self._known[person] = leaders_above(found)
        return self._known[person]


class Room:
    """What the people of one deal have written down."""

    def __init__(
        self, span: Span, rng: random.Random, leaders: Leaders, deal: Deal, number: int
    ) -> None:
        self.span, self.rng, self.leaders = span, rng, leaders
        self.deal, self.number = deal, number

    def day(self, working_days: int) -> date:
        return self.span.add_working(self.span.today, working_days)

    def furnish(self) -> None:
        self.people()
        self.risks()
        self.plan()
        self.concessions()

    def people(self) -> None:
        contacts = list(Contact.objects.filter(client=self.deal.client_id, archived_at=None)[:4])
        wanted = 2 + self.number % 3
        while len(contacts) < wanted:
            contacts.append(self.newcomer(len(contacts)))
        parts = zip(contacts, PARTS, strict=False)
        Stakeholder.objects.bulk_create(
            Stakeholder(
                deal=self.deal,
                contact=contact,
                part=part,
                attitude=ATTITUDES[(self.number + place * 2) % len(ATTITUDES)],
                influence=USUAL_INFLUENCE.get(part, Grade.MIDDLE),
            )
            for place, (contact, part) in enumerate(parts)
        )

    def newcomer(self, place: int) -> Contact:
        name = " ".join(person_name(self.rng))
        return Contact.objects.create(
            client=self.deal.client,  # type: ignore[misc]
            name=name,
            position=words.JOBS[place % len(words.JOBS)],
            phone=phone(self.rng),
        )

    def risks(self) -> None:
        for title, response in self.rng.sample(words.RISKS, 1 + self.number % 3):
            DealRisk.objects.create(
                deal=self.deal,
                title=title,
                response=response if self.rng.random() < 0.8 else "",
                probability=self.rng.choice(RiskGrade.values),
                impact=self.rng.choice((RiskGrade.MIDDLE, RiskGrade.HIGH)),
                person_id=self.deal.owner_id,
                due_on=self.day(self.rng.choice((-2, 3, 6, 10))),
            )

    def plan(self) -> None:
        """Steps a week apart; those of the past are done but, for some deals, the last."""
        if self.number % 5 == 4:
            return
        for place, (title, side) in enumerate(words.PLAN):
            due = self.day(5 * (place - 2) - self.number % 3)
            is_done = due < self.span.today and not (place == 1 and self.number % 3 == 0)
            PlanStep.objects.create(
                deal=self.deal,
                title=title,
                side=Side.OURS if side else Side.THEIRS,
                due_on=due,
                done_on=due if is_done else None,
            )

    def concessions(self) -> None:
        for given, in_return, share in self.rng.sample(words.CONCESSIONS, self.number % 3):
            leaders = self.leaders.over(self.deal.owner_id)
            Concession.objects.create(
                deal=self.deal,
                given=given,
                in_return=in_return,
                worth=(self.deal.amount or 0) * share // 1000 * 1000,
                currency=self.deal.currency,
                agreed_by_id=leaders[0].pk if leaders else self.deal.owner_id,
                author_id=self.deal.owner_id,
                given_on=self.day(-self.rng.randrange(2, 15)),
            )


class Calls:
    """Calls for help with their answers, written together."""

    def __init__(self, span: Span, rng: random.Random, leaders: Leaders) -> None:
        self.span, self.rng, self.leaders = span, rng, leaders
        self.requests: list[HelpRequest] = []
        self.events: list[HelpEvent] = []

    def about_open(self, deals: Iterable[Deal]) -> None:
        """Some wait since yesterday or longer, some were answered."""
        for number, deal in enumerate(deals):
            if number % 4 == 1:
                self.call_on(deal, self.day(-1 - number % 3), None)
            elif number % 2 == 0:
                self.call_on(deal, self.day(-4 - number), self.rng.choice(KINDS))

    def call_on(self, deal: Deal, day: date, kind: HelpEventKind | None) -> None:
        """Nobody calls for help with a deal that has not begun."""
        if day > deal.opened_on:
            self.call(deal, moment(day, self.rng, 10, 16), kind)

    def day(self, working_days: int) -> date:
        return self.span.add_working(self.span.today, working_days)

    def about_closed(self, big_from: Decimal) -> None:
        closed = Deal.objects.exclude(outcome=Outcome.OPEN).filter(amount_base__gte=big_from)
        for deal in closed.order_by("-closed_on", "pk")[:CLOSED]:
            chance = CALLED_WON if deal.outcome == Outcome.WON else CALLED_LOST
            closed_on: date = deal.closed_on  # type: ignore[assignment]
            if self.rng.random() < chance:
                asked_on = self.span.add_working(closed_on, -self.rng.randrange(3, 12))
                self.call_on(deal, asked_on, self.rng.choice(KINDS))

    def call(self, deal: Deal, asked_at: datetime, kind: HelpEventKind | None) -> None:
        leaders = self.leaders.over(deal.owner_id)
        if not leaders:
            return
        leader = leaders[self.rng.randrange(len(leaders))]
        answered_at = None if kind is None else self.answered(asked_at)
        request = HelpRequest(
            deal=deal,
            author_id=deal.owner_id,
            asked_of=leader,
            question=self.rng.choice(words.QUESTIONS),
            needed_on=self.span.add_working(asked_at.date() + DAY, 1),
            state=HelpState.OPEN if kind is None else STATES[kind],
            asked_at=asked_at,
            responded_at=answered_at,
        )
        self.requests.append(request)
        self.add_event(request, HelpEventKind.ASKED, request.author_id, asked_at, request.question)
        if kind is not None and answered_at is not None:
            text = self.rng.choice(words.ANSWERS[kind])
            self.add_event(request, kind, leader.pk, answered_at, text)

    def answered(self, asked_at: datetime) -> datetime:
        """The same day mostly, the next morning at times."""
        if self.rng.random() < 0.8:
            return asked_at + timedelta(minutes=self.rng.randrange(5, 110))
        return moment(self.span.add_working(asked_at.date(), 1), self.rng, 9, 11)

    def add_event(
        self, request: HelpRequest, kind: HelpEventKind, author: int, at: datetime, text: str
    ) -> None:
        event = HelpEvent(kind=kind, author_id=author, text=text, happened_at=at)
        event.request = request
        self.events.append(event)

    def write(self) -> None:
        HelpRequest.objects.bulk_create(self.requests)
        for event in self.events:
            event.request_id = event.request.pk
        HelpEvent.objects.bulk_create(self.events)
