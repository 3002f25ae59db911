"""Deals with their stage histories, lines, splits and refusals."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.core.periods import month_of
from apps.dashboard.sample import words
from apps.dashboard.sample.activities import ActivityWriter
from apps.dashboard.sample.catalogue import VAT, Catalogue, Way
from apps.dashboard.sample.clients import ClientBase, SampleClient
from apps.dashboard.sample.days import DAYS_BEFORE_SALE, Span, moment, moment_of
from apps.dashboard.sample.lives import BASE_CHANCE, MEDIAN_AMOUNT, Life, draw_amount, draw_life
from apps.dashboard.sample.money import MoneyWriter
from apps.dashboard.sample.people import Person, Staff
from apps.dashboard.sample.writing import Table, flush_all, refresh_statistics
from apps.deals.choices import Outcome
from apps.deals.models import Deal, DealLine, DealSplit, StageMove, WonAdjustment

CHUNK = 2000
# New deals come in the morning, so that everything else of the day follows.
OPENING_HOURS = 9, 10
# The running month brings less than its share of the usual growth.
PACE = 0.96
UNEVEN = 0.4
SPLIT_SHARE = 0.05
ADJUSTED_SHARE = 0.006
WITHOUT_AMOUNT = 0.3
WRONG_DATE = 0.004
DISCOUNTS = (0, 0, 0, 0.03, 0.05, 0.05, 0.08, 0.1, 0.12, 0.15)


@dataclass(slots=True)
class Case:
    """A deal on its way to the tables."""

    opened: date
    owner: Person
    client: SampleClient
    life: Life
    amount: int
    lines: list[tuple[int, int, int, int, int]]
    title: str
    source: int
    way: Way
    adjusted: int = 0

    @property
    def is_lead(self) -> bool:
        return len(self.life.entered) <= self.way.leads

    @property
    def is_quoted(self) -> bool:
        return len(self.life.entered) > self.way.leads + 1


class DealWriter:
    def __init__(
        self, span: Span, staff: Staff, base: ClientBase, catalogue: Catalogue,
        activities: ActivityWriter, money: MoneyWriter, rng: random.Random,
    ):  # fmt: skip
        self.span, self.staff, self.base, self.rng = span, staff, base, rng
        self.catalogue, self.activities, self.money = catalogue, activities, money
        self.series = catalogue.series
        self.won: dict[date, int] = defaultdict(int)
        self.luck: dict[int, float] = {}
        self.deals = Table(
            Deal, "title", "client_id", "contact_id", "pipeline_id", "stage_id", "stage_since",
            "outcome", "owner_id", "source_id", "amount", "amount_base", "opened_on",
            "expected_close_on", "closed_on", "next_step", "next_step_at", "last_activity_at",
            "refusal_reason_id", "refusal_comment", "competitor_id", "created_at",
            "closed_from_id",
        )  # fmt: skip
        self.lines = Table(
            DealLine, "deal_id", "product_id", "quantity", "list_price", "sold_price", "vat_rate",
            "cost",
        )  # fmt: skip
        self.splits = Table(DealSplit, "deal_id", "user_id", "share")
        self.moves = Table(
            StageMove, "deal_id", "from_stage_id", "to_stage_id", "owner_id", "amount_base",
            "happened_on", "happened_at", "recorded_at", "author_id",
        )  # fmt: skip
        self.adjustments = Table(
            WonAdjustment, "deal_id", "amount_base", "owner_id", "happened_on", "recorded_at",
            "author_id", "reason",
        )  # fmt: skip

    @property
    def tables(self) -> list[Table]:
        """In the order in which rows refer to each other."""
        own = [self.deals, self.lines, self.splits, self.moves, self.adjustments]
        return [*own, self.activities.table, *self.money.tables]

    # --- What happens ---------------------------------------------------------------------

    def open(self, day: date) -> None:
        """A new deal of `day` and all that came of it."""
        owner = self.staff.pick(day, self.rng)
        client = self.base.of(owner).pick(day, self.rng)
        if client is None:
            owner, client = self._somebody(day)
        case = self._case(day, owner, client)
        deal = self.deals.next_id
        horizon = self._horizon(case)
        last_day = case.life.end or horizon
        talked_at = self.activities.about(deal, client, owner, day, last_day)
        self._adjust(deal, case)
        since = self._moves(deal, case)
        self._write(case, since, talked_at)
        if case.is_quoted:
            for product, quantity, listed, sold, cost in case.lines:
                self.lines.add(deal, product, quantity, listed, sold, VAT, cost)
        if case.life.outcome == Outcome.WON:
            self._win(deal, case)
        elif self.rng.random() < SPLIT_SHARE / 2 and case.life.outcome == Outcome.OPEN:
            self._split(deal, self._now(case))

    def _somebody(self, day: date) -> tuple[Person, SampleClient]:
        """A newcomer has no clients yet: an older colleague takes the deal."""
        while True:
            owner = self.staff.pick(day, self.rng)
            client = self.base.of(owner).pick(day, self.rng)
            if client:
                return owner, client

    def _case(self, day: date, owner: Person, client: SampleClient) -> Case:
        rng, catalogue = self.rng, self.catalogue
        which = rng.choices(range(len(catalogue.sources)), catalogue.source_weights)[0]
        source = catalogue.sources[which]
        repeated = source == catalogue.repeated_source and rng.random() < 0.5
        way = catalogue.repeated if repeated else catalogue.main
        lines = self._draw_lines(draw_amount(client.level, rng))
        amount = sum(line[1] * line[3] for line in lines)
        size = amount / MEDIAN_AMOUNT
        chance = BASE_CHANCE * owner.skill * catalogue.source_luck[which]
        chance *= (0.7 + 0.3 * owner.ramp(day)) * size**-0.08
        life = draw_life(
            self.span, day, owner.silent_from or self.span.today, len(way.path),
            self._is_won(owner, min(chance, 0.6)), size, rng,
        )  # fmt: skip
        series = self.series[lines[0][0]]
        title = rng.choice(words.TITLES[series])
        case = Case(day, owner, client, life, amount, lines, title, source, way)
        self._keep_to_pace(case)
        return case

    def _is_won(self, owner: Person, chance: float) -> bool:
        """Wins come evenly: chances add up, and each whole one is a win."""
        self.luck[owner.id] = self.luck.get(owner.id, self.rng.random()) + chance
        if self.luck[owner.id] < 1:
            return False
        self.luck[owner.id] -= 1 + self.rng.uniform(-UNEVEN, UNEVEN)
        return True

    def _keep_to_pace(self, case: Case) -> None:
        """Won sums by month; in the running one, what exceeds the pace slips beyond today."""
        life, span = case.life, self.span
        if life.outcome != Outcome.WON or life.end is None:
            return
        month = month_of(life.end).start
        if month == span.months[-1].start and self.won[month] + case.amount > self._allowed():
            days = 1 + int(self.rng.expovariate(0.12))
            case.life = Life(life.entered, Outcome.OPEN, None, span.add_working(span.today, days))
        else:
            self.won[month] += case.amount

    def _allowed(self) -> float:
        """What the running month may have brought by now."""
        past = self.span.months[:-2]
        level = sum(self.won[m.start] for m in past) / sum(self.span.demand(m.start) for m in past)
        return level * self.span.demand(self.span.today) * self.span.expected_share() * PACE

    def _draw_lines(self, target: float) -> list[tuple[int, int, int, int, int]]:
        """Product, quantity, list price, sold price, cost: about `target` in all."""
        rng = self.rng
        lines: list[tuple[int, int, int, int, int]] = []
        while target > 0 and len(lines) < 3:
            product, _, price, cost = rng.choice(self.catalogue.products)
            share = (
                target if len(lines) == 2 or rng.random() < 0.5 else target * rng.uniform(0.3, 0.8)
            )
            if price > share * 1.3:
                product, _, price, cost = self.catalogue.products[-1 - rng.randrange(8)]
            quantity = min(max(1, round(share / price)), 40)
            sold = round(price * (1 - rng.choice(DISCOUNTS)) / 10) * 10
            if product not in [line[0] for line in lines]:
                lines.append((product, quantity, price, sold, round(price * cost)))
            target -= quantity * sold
            if target < 60_000:
                break
        return lines

    def _horizon(self, case: Case) -> date:
        if case.life.forgotten:
            return min(case.life.entered[-1] + timedelta(days=12), self.span.today)
        return self.span.today

    def _now(self, case: Case) -> Person:
        """The owner when the deal was closed, or today."""
        day = case.life.end or self.span.today
        return self.staff.answering(case.owner, day, case.client.id)

    # --- Rows -----------------------------------------------------------------------------

    def _moves(self, deal: int, case: Case) -> datetime:
        """Stage moves; the moment of the last one."""
        steps = list(zip(case.life.entered, case.way.path, strict=False))
        if case.life.end:
            won = case.life.outcome == Outcome.WON
            steps.append((case.life.end, case.way.won if won else case.way.lost))
        before, last = None, len(steps) - 1
        at: datetime | None = None
        for number, (day, stage) in enumerate(steps):
            at = self._after(at, day)
            owner = self.staff.answering(case.owner, day, case.client.id).id
            amount = case.amount - (case.adjusted if number == last else 0)
            known = number > 0 or case.amount % 3
            self.moves.add(
                deal, before, stage.pk, owner, amount if known else None, day, at, at, owner
            )
            before = stage.pk
        assert at, "a deal enters at least one stage"
        return at

    def _after(self, before: datetime | None, day: date) -> datetime:
        if before is None:
            return moment(day, self.rng, *OPENING_HOURS)
        at = moment(day, self.rng, OPENING_HOURS[1])
        if at > before:
            return at
        return before + timedelta(minutes=self.rng.randrange(2, 20))

    def _write(self, case: Case, since: datetime, talked_at: datetime | None) -> None:
        rng, life, way = self.rng, case.life, case.way
        stage, reason, comment, competitor = way.path[len(life.entered) - 1], None, "", None
        left = None if life.outcome == Outcome.OPEN else stage.pk
        step, step_at = "", None
        amount: int | None = case.amount
        if life.outcome == Outcome.WON:
            stage = way.won
        elif life.outcome == Outcome.LOST:
            stage = way.lost
            reason, comment, competitor = self._refusal(case)
        else:
            step, step_at = self._next_step(case)
        if case.is_lead and life.outcome != Outcome.WON and rng.random() < WITHOUT_AMOUNT:
            amount = None
        contact = case.client.first_contact + rng.randrange(case.client.contacts)
        self.deals.add(
            case.title, case.client.id, contact, way.pipeline, stage.pk, since,
            life.outcome.value, self._now(case).id, case.source, amount, amount, case.opened,
            self._expected(case), life.end, step, step_at, talked_at, reason, comment,
            competitor, moment_of(case.opened, OPENING_HOURS[0]), left,
        )  # fmt: skip

    def _expected(self, case: Case) -> date | None:
        """When the seller believes to close it; sometimes he mistypes."""
        rng, life, today = self.rng, case.life, self.span.today
        if rng.random() < WRONG_DATE:
            return rng.choice(
                (case.opened - timedelta(days=30), case.opened.replace(day=1, year=today.year + 10))
            )
        if life.end:
            return life.end + timedelta(days=rng.randrange(-12, 9))
        if case.is_lead and rng.random() < 0.6:
            return None
        believed = self.span.working_from(life.due + timedelta(days=rng.randrange(-9, 12)))
        if believed >= today or life.forgotten or rng.random() < 0.15:
            return believed
        return self.span.working_from(today + timedelta(days=rng.randrange(1, 40)))

    def _next_step(self, case: Case) -> tuple[str, datetime | None]:
        rng, today = self.rng, self.span.today
        at = len(case.life.entered) - 1
        text = rng.choice(words.NEXT_STEPS[min(at, len(words.NEXT_STEPS) - 1)])
        draw = rng.random()
        if case.life.forgotten or case.owner.silent_from:
            draw = 0.86 + draw * 0.14
        if draw < 0.14:
            return text, moment(self.span.working_from(today), rng)
        if draw < 0.86:
            haste = 0.9 if case.is_lead else 0.3
            day = self.span.add_working(today, 1 + int(rng.expovariate(haste)))
            return text, moment(day, rng)
        if draw < 0.94:
            day = self.span.add_working(today, -1 - int(rng.expovariate(0.25)))
            return text, moment(max(day, case.opened), rng)
        return "", None

    def _refusal(self, case: Case) -> tuple[int, str, int | None]:
        """Reason, comment and competitor; in the failed month rivals were cheaper."""
        rng, reasons, life = self.rng, self.catalogue.reasons, case.life
        bad = life.end is not None and life.end in self.span.failed
        place = int(len(reasons) * rng.random() ** (2.4 if bad else 1.6))
        reason = reasons[place]
        comment = rng.choice(words.REFUSALS) if reason.needs_comment or rng.random() < 0.3 else ""
        rival = case.is_quoted and rng.random() < 0.45
        return reason.pk, comment, rng.choice(self.catalogue.competitors) if rival else None

    def _win(self, deal: int, case: Case) -> None:
        rng, life = self.rng, case.life
        owner = self._now(case)
        assert life.end, "a won deal has its day"
        self.money.bill(deal, case.client, owner, life.end, case.amount)
        if rng.random() < SPLIT_SHARE:
            self._split(deal, owner)

    def _adjust(self, deal: int, case: Case) -> None:
        """The amount of a won deal is mended some days later."""
        life, rng = case.life, self.rng
        if life.outcome != Outcome.WON or rng.random() > ADJUSTED_SHARE or not life.end:
            return
        day = self.span.add_working(life.end, rng.randrange(1, 15))
        if day < self.span.today:
            case.adjusted = -rng.randrange(5, 60) * 1000
            owner = self.staff.answering(case.owner, day, case.client.id)
            self.adjustments.add(
                deal, case.adjusted, self._now(case).id, day, moment(day, rng), owner.id,
                "Уточнена спецификация",
            )  # fmt: skip

    def _split(self, deal: int, owner: Person) -> None:
        mates = [p for p in self.staff.sellers if p.team is owner.team and p is not owner]
        if not mates:
            return
        share = self.rng.choice((Decimal("0.2"), Decimal("0.3"), Decimal("0.5")))
        self.splits.add(deal, owner.id, 1 - share)
        self.splits.add(deal, self.rng.choice(mates).id, share)


def opening_days(span: Span, count: int) -> Iterator[tuple[date, int]]:
    """The working days with the number of deals opened on each, `count` in all."""
    lived = span.lived
    weights = [span.demand(day + timedelta(days=DAYS_BEFORE_SALE)) for day in lived]
    total, done, so_far = sum(weights), 0, 0.0
    for day, weight in zip(lived, weights, strict=True):
        so_far += weight
        upto = round(count * so_far / total)
        yield day, upto - done
        done = upto


def make_deals(writer: DealWriter, span: Span, count: int) -> None:
    for day, number in opening_days(span, count):
        for _ in range(number):
            writer.open(day)
            if writer.deals.next_id % CHUNK == 0:
                flush_all(writer.tables)
                if writer.deals.next_id == CHUNK:
                    refresh_statistics(table.model for table in writer.tables)
    flush_all(writer.tables)
