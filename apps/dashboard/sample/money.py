"""What won deals owe, what was paid, and what is late."""

import random
from datetime import date, timedelta
from decimal import Decimal

from apps.dashboard.sample.clients import SampleClient
from apps.dashboard.sample.days import Span, moment
from apps.dashboard.sample.people import Person, Staff
from apps.dashboard.sample.writing import Table
from apps.deals.models import Allocation, Receipt, ScheduleLine
from apps.staff.choices import Role

CENT = Decimal("0.01")
# Weight, then (share, days after the win, what it is for) of each payment.
TERMS = (
    (45, ((Decimal("0.5"), 5, "Предоплата 50 %"), (None, 40, "После отгрузки"))),
    (25, ((None, 7, "Оплата по счёту"),)),
    (20, ((Decimal("0.3"), 5, "Предоплата 30 %"), (None, 60, "Отсрочка после монтажа"))),
    (10, ((None, 35, "Отсрочка 30 дней"),)),
)
IN_PARTS = 0.12
WITH_ADVANCE = 0.04
MISTAKEN = 0.003


class MoneyWriter:
    def __init__(self, span: Span, staff: Staff, rng: random.Random):
        self.span, self.staff, self.rng = span, staff, rng
        self.lines = Table(ScheduleLine, "deal_id", "title", "due_on", "amount", "paid")
        self.receipts = Table(
            Receipt, "client_id", "received_on", "amount", "currency", "amount_base", "number",
            "note", "recorded_at", "author_id", "reversal_of_id",
        )  # fmt: skip
        self.parts = Table(
            Allocation, "receipt_id", "line_id", "amount", "amount_base", "owner_id",
            "happened_on", "recorded_at", "reversal_of_id",
        )  # fmt: skip
        self.accountant = staff.one(Role.ADMIN).id

    @property
    def tables(self) -> list[Table]:
        return [self.lines, self.receipts, self.parts]

    def bill(self, deal: int, client: SampleClient, owner: Person, won: date, amount: int) -> None:
        """The schedule of a won deal and its payments until today."""
        rng, left = self.rng, Decimal(amount)
        terms = rng.choices([t for _, t in TERMS], [w for w, _ in TERMS])[0]
        for share, days, title in terms:
            part = left if share is None else (Decimal(amount) * share).quantize(CENT)
            left -= part
            due = self.span.working_from(won + timedelta(days=days + rng.randrange(-2, 6)))
            payments = self._payments(part, due, won, client.level)
            paid = sum((sum_ for _, sum_ in payments), Decimal(0))
            line = self.lines.add(deal, title, due, part, paid)
            for day, sum_ in payments:
                self._receive(line, client, self.staff.answering(owner, day, client.id), day, sum_)

    def _payments(
        self, part: Decimal, due: date, won: date, level: str
    ) -> list[tuple[date, Decimal]]:
        """Day and sum of what has come in before today."""
        day = max(due + timedelta(days=self._lateness(level)), won)
        sums = [part]
        if self.rng.random() < IN_PARTS:
            first = (part * self.rng.randrange(40, 75) / 100).quantize(Decimal(1000))
            if 0 < first < part:
                sums = [first, part - first]
        payments = []
        for sum_ in sums:
            day = self.span.working_from(day)
            if day < self.span.today:
                payments.append((day, sum_))
            day += timedelta(days=self.rng.randrange(8, 40))
        return payments

    def _lateness(self, level: str) -> int:
        draw, rng = self.rng.random(), self.rng
        if draw < (0.84 if level == "A" else 0.74):
            return rng.randrange(-4, 2)
        if draw < 0.92:
            return rng.randrange(2, 21)
        if draw < 0.994:
            return rng.randrange(15, 110)
        return rng.randrange(150, 400)

    def _receive(
        self, line: int, client: SampleClient, owner: Person, day: date, sum_: Decimal
    ) -> None:
        rng = self.rng
        at = moment(day, rng, 15, 19)
        extra = rng.randrange(1, 20) * 1000 if rng.random() < WITH_ADVANCE else 0
        if rng.random() < MISTAKEN:
            self._receive_and_reverse(line, client, owner, day, sum_)
        receipt = self._receipt(client, day, sum_ + extra, "", None)
        self.parts.add(receipt, line, sum_, sum_, owner.id, day, at, None)

    def _receipt(
        self, client: SampleClient, day: date, sum_: Decimal, note: str, reversal_of: int | None
    ) -> int:
        number = f"ПП {self.receipts.next_id % 100_000}"
        at = moment(day, self.rng, 15, 19)
        return self.receipts.add(
            client.id, day, sum_, "RUB", sum_, number, note, at, self.accountant, reversal_of
        )

    def _receive_and_reverse(
        self, line: int, client: SampleClient, owner: Person, day: date, sum_: Decimal
    ) -> None:
        """A sum booked twice by mistake and taken back on the same day."""
        at = moment(day, self.rng, 15, 19)
        wrong = self._receipt(client, day, sum_, "", None)
        part = self.parts.add(wrong, line, sum_, sum_, owner.id, day, at, None)
        back = self._receipt(client, day, -sum_, "Сторно: проведено дважды", wrong)
        self.parts.add(back, line, -sum_, -sum_, owner.id, day, at, part)
