"""What became of the sample tasks: terms put off, work returned, causes of delay."""

import random
from datetime import datetime, timedelta

from apps.dashboard.sample.days import Span, moment
from apps.dashboard.sample.writing import Table
from apps.tasks.choices import Event
from apps.tasks.models import Delay, DelayCause, TaskLog

PUT_OFF, RETURNED, EXPLAINED = 0.12, 0.1, 0.75
# How often each cause is named; in the order of the list.
WEIGHTS = {"client": 7, "department": 5, "overload": 4, "forgot": 2, "unclear": 2}
REASONS = ("Не хватает подписи клиента", "Приложите расчёт", "Клиент просил другие условия")


class TaskLives:
    """Writes timelines and delays beside the tasks; times follow from their terms."""

    def __init__(self, span: Span, rng: random.Random) -> None:
        self.span, self.rng = span, rng
        self.log = Table(TaskLog, "task_id", "kind", "by_id", "assignee_id", "due_at", "note", "at")
        self.delays = Table(Delay, "task_id", "cause_id", "comment", "by_id", "named_at")
        causes = DelayCause.objects.filter(code__in=WEIGHTS).order_by("order")
        self.causes = [(cause.pk, WEIGHTS[cause.code]) for cause in causes]

    def promised(self, due: datetime) -> datetime:
        """The first term: some were put off by some working days."""
        if self.rng.random() >= PUT_OFF:
            return due
        day = self.span.add_working(due.date(), -self.rng.randrange(2, 5))
        return moment(day, self.rng, 12, 18)

    def set_at(self, promised: datetime) -> datetime:
        """Some days before the term, and no later than yesterday evening."""
        evening = moment(self.span.add_working(self.span.today, -1), self.rng, 14, 16)
        return min(promised - timedelta(days=self.rng.randrange(2, 9)), evening)

    def tell(
        self, task: int, doer: int, author: int, set_at: datetime, promised: datetime,
        due: datetime, done: datetime | None,
    ) -> None:  # fmt: skip
        """The events of one task in their order, and why it was late."""

        def happened(
            kind: str, by: int, at: datetime, term: datetime = due, note: str = ""
        ) -> None:
            self.log.add(task, kind, by, doer, term, note, at)

        happened(Event.SET, author, set_at, promised)
        if promised != due:
            happened(Event.TERM, author, set_at + timedelta(hours=1))
        if done is None:
            return
        if self.rng.random() < RETURNED:
            happened(Event.FINISHED, doer, done - timedelta(hours=6))
            happened(
                Event.RETURNED, author, done - timedelta(hours=4), note=self.rng.choice(REASONS)
            )
        happened(Event.FINISHED, doer, done)
        if done > promised and self.causes and self.rng.random() < EXPLAINED:
            pks, weights = zip(*self.causes, strict=True)
            self.delays.add(task, self.rng.choices(pks, weights)[0], "", doer, done)

    def flush(self) -> None:
        self.log.flush()
        self.delays.flush()
