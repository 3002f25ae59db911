"""How the plans came into force, and the one that waits for the director's answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apps.core.periods import Period, add_months, month_of
from apps.dashboard.sample.days import Span, moment_of
from apps.dashboard.sample.writing import Table
from apps.kpis.choices import PlanStatus
from apps.kpis.models import ApprovalStep, PlanVersion

DRAFT, SUBMITTED, RETURNED = PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.RETURNED
APPROVED = PlanStatus.APPROVED
# A plan is written so many months before its year is the next one.
MONTHS_AHEAD = 4
# What the head asks for first, and after the director's answer.
STEEP, AGREED = 1.18, 1.1
FIRST_NOTE = "Растём на новом складе и двух новых сотрудниках"
SECOND_NOTE = "Рост умеренный: новички выходят на план только к весне"
WHY_RETURNED = (
    "18 % к этому году ничем не подкреплены: воронки на первый квартал столько нет, а двое ещё "
    "на вводе. Посмотрите на рабочий день каждого и пришлите снова."
)
APPROVED_WORDS = "Согласовано"

Totals = dict[Period, float]


@dataclass
class Way:
    """Writes versions with their steps; `write_lines(version, totals)` fills one with its lines."""

    span: Span
    head: int
    director: int
    write_lines: Callable[[int, Totals], None]

    def __post_init__(self) -> None:
        self.versions = Table(
            PlanVersion, "year", "number", "status", "note", "author_id", "created_at",
            "submitted_by_id", "answer_by", "approved_by_id", "approved_at",
        )  # fmt: skip
        self.steps = Table(
            ApprovalStep, "version_id", "by_id", "at", "from_status", "to_status", "words",
            "answer_by",
        )  # fmt: skip

    def put_in_force(self, year: int, made: datetime) -> int:
        """An approved version of the year, answered three days after it was written."""
        answered = made + timedelta(days=3)
        term = answered.date() + timedelta(days=1)
        version = self.versions.add(
            year, 1, APPROVED.value, "", self.head, made, self.head, term, self.director, answered
        )
        self._submit(version, made, term, "")
        self._step(version, self.director, answered, SUBMITTED, APPROVED, APPROVED_WORDS)
        return version

    def let_one_wait(self, totals: Totals) -> None:
        """The next plan: returned once, corrected, and sent again the day before yesterday."""
        today = self.span.today
        year = add_months(today, MONTHS_AHEAD).year
        number = 2 if year == today.year else 1
        first, second = (self.span.add_working(today, days) for days in (-8, -2))
        term = self.span.add_working(today, 2)
        self._returned(year, number, first, totals)
        made = moment_of(second, 11)
        version = self.versions.add(
            year,
            number + 1,
            SUBMITTED.value,
            SECOND_NOTE,
            self.head,
            made,
            self.head,
            term,
            None,
            None,
        )
        self.write_lines(version, grown(totals, year, today, AGREED))
        self._submit(version, made, term, SECOND_NOTE)

    def _returned(self, year: int, number: int, day: date, totals: Totals) -> None:
        made, answered = moment_of(day, 10), moment_of(self.span.add_working(day, 2), 17)
        term = answered.date()
        version = self.versions.add(
            year, number, RETURNED.value, FIRST_NOTE, self.head, made, self.head, term, None, None
        )
        self.write_lines(version, grown(totals, year, self.span.today, STEEP))
        self._submit(version, made, term, FIRST_NOTE)
        self._step(version, self.director, answered, SUBMITTED, RETURNED, WHY_RETURNED)

    def _submit(self, version: int, made: datetime, term: date, words: str) -> None:
        sent = made + timedelta(minutes=20)
        self._step(version, self.head, sent, DRAFT, SUBMITTED, words, term)

    def _step(
        self,
        version: int,
        by: int,
        at: datetime,
        before: PlanStatus,
        after: PlanStatus,
        words: str,
        term: date | None = None,
    ) -> None:
        self.steps.add(version, by, at, before.value, after.value, words, term)


def grown(totals: Totals, year: int, today: date, growth: float) -> Totals:
    """The months of `year` by those of the last planned year; what has begun stays as it is."""
    found = {}
    for number in range(1, 13):
        month = month_of(date(year, number, 1))
        known = totals.get(month)
        usual = known or totals[month_of(date(today.year, number, 1))]
        found[month] = usual * (growth if month.start > today else 1)
    return found
