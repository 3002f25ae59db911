"""What people themselves expect of the running month and the next one; some have said nothing."""

import random
from datetime import date, timedelta
from decimal import Decimal

from apps.core.periods import Period
from apps.dashboard.sample.days import Span, moment_of
from apps.dashboard.sample.people import Person, Staff
from apps.dashboard.sample.writing import Table, flush_all
from apps.kpis.choices import Metric, PlanLevel, PlanStatus
from apps.kpis.models import PlanLine, PlanOffer

STEP = Decimal(10_000)
# Who says nothing about a month, and how far from the plan the others see themselves.
SILENT = 0.25
LOWEST, HIGHEST = 0.75, 1.1
WORDS = (
    "Две крупные сделки на согласовании, остальное из повторных",
    "Сезон кончается, новых объектов мало",
    "Договор на сервис до конца месяца и отгрузка по прошлому",
    "Если подпишут дополнительное соглашение, будет больше",
    "",
    "",
)


def make_offers(span: Span, staff: Staff, rng: random.Random) -> None:
    offers = Table(PlanOffer, "user_id", "month", "amount", "words", "author_id", "said_at")
    current = span.months[-1]
    for month in (current, current.next()):
        plans = _plans_of(month.start)
        for person in staff.sellers:
            if person.works_on(span.today) and person.id in plans and rng.random() > SILENT:
                amount = plans[person.id] * Decimal(str(rng.uniform(LOWEST, HIGHEST)))
                row = (person.id, month.start, amount // STEP * STEP, rng.choice(WORDS))
                offers.add(*row, person.id, moment_of(_day_of_word(span, person, month), 10))
    flush_all([offers])


def _plans_of(month: date) -> dict[int, Decimal]:
    lines = PlanLine.objects.filter(
        version__status=PlanStatus.APPROVED,
        month=month,
        metric=Metric.REVENUE,
        level=PlanLevel.PLAN,
        user__isnull=False,
    )
    return dict(lines.values_list("user", "amount"))


def _day_of_word(span: Span, person: Person, month: Period) -> date:
    """In the days before the month, but not in the future."""
    day = min(month.start - timedelta(days=1 + person.id % 5), span.today - timedelta(days=1))
    return span.calendar.add_working_days(day + timedelta(days=1), -1)
