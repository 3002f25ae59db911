"""The months of many people, put together one after the other: one month's events are held at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from apps.bonuses.calculations import Accrual, NextStep, Standing, Terms, accrue, next_step
from apps.bonuses.lines import Line, earned_lines, manual_lines, taken_lines, unpaid_lines
from apps.bonuses.models import SchemeVersion, Statement
from apps.bonuses.reading.assignments import NOWHERE, assign
from apps.bonuses.reading.items import Key
from apps.bonuses.reading.locked import (
    Counted,
    Late,
    LockedLine,
    carried,
    counted_in,
    lines_of,
    paid_as_won,
    pending_corrections,
    read_late,
    read_locked,
)
from apps.bonuses.reading.months import MonthItems
from apps.bonuses.reading.news import News
from apps.bonuses.reading.standings import Month, read_month
from apps.bonuses.reading.terms import terms_of
from apps.core.periods import add_months
from apps.staff.models import User

ZERO = Decimal(0)
NOTHING = Accrual(ZERO, (), ZERO)


@dataclass
class Draft:
    """A statement as it is counted now; `lines` are not saved yet."""

    person: int
    month: date
    node: int | None
    version: SchemeVersion | None
    standing: Standing
    accrual: Accrual
    next: NextStep | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


class Reader:
    """What all months of `people` have in common, read once; `drafts` then goes from month to month.

    A month is counted anew if the `news` touch it, if its plan, gates or scheme are others, or if it is
    the person's first open one: there late money, corrections and what came late for the locked months
    before it stand.
    """

    def __init__(
        self,
        people: list[int],
        months: list[date],
        day: date,
        versions: list[SchemeVersion],
        news: News,
    ) -> None:
        self.people, self.day, self.months, self.news = people, day, months, news
        held = Statement.objects.open().filter(person__in=people).order_by("pk")
        # Nothing is approved between what is read here and what is written from it.
        self.waiting = {(row.person_id, row.month): row for row in held.select_for_update()}
        self.locked = read_locked(people, months[0])
        self.assigned = assign(User.objects.filter(pk__in=people), months, versions)
        self.open = {person: self._open_months(person) for person in people}
        self.terms: dict[int, Terms] = {}
        self.standings: dict[date, Month] = {}
        self.corrections = pending_corrections(people)
        self.late = self._read_late()
        self.past = self._read_carried()

    def drafts(self) -> Iterator[list[Draft]]:
        """What has to be counted anew of each month, the oldest month first."""
        for month in self.months:
            due = [person for person in self.people if self._is_due(person, month)]
            compared = [person for person in self.people if self._is_compared(person, month)]
            if due or compared:
                yield self._drafts_of(month, due, compared)

    def _drafts_of(self, month: date, due: list[int], compared: list[int]) -> list[Draft]:
        versions = {person: self.version_of(person, month) for person in [*due, *compared]}
        used = {person: version for person, version in versions.items() if version}
        items = MonthItems(month, self.day, used)
        counted = counted_in(month, versions) if self.locked.months else {}
        for person in compared:
            self.past[person] |= _difference(items.of(person), counted.get(person, {}))
        changed = self._changes(month, due, items, counted)
        paid = lines_of(due, self._deals_to_look_up(changed))
        return [self._draft(person, month, changed[person], paid) for person in due]

    def _open_months(self, person: int) -> list[date]:
        """Months of the person that are not locked and have a scheme, or a statement already."""
        newest = max(self.locked.months.get(person, {}), default=date.min)
        return [
            month
            for month in self.months
            if month > newest
            and ((person, month) in self.assigned.versions or (person, month) in self.waiting)
        ]

    def _is_first(self, person: int, month: date) -> bool:
        return self.open[person][:1] == [month]

    def _is_due(self, person: int, month: date) -> bool:
        if month not in self.open[person]:
            return False
        if self._is_first(person, month) or self.news.touch(month):
            return True
        row = self.waiting.get((person, month))
        return row is None or not row.digest or not self._stands(row)

    def _stands(self, row: Statement) -> bool:
        """Are scheme, team, plan and gates those that the statement was counted by?"""
        version = self.version_of(row.person_id, row.month)
        standing = self.standing_of(row.person_id, row.month, row.base)
        return (
            row.scheme_version_id == (version.pk if version else None)
            and row.node_id == self._node_of(row.person_id, row.month)
            and (row.plan, row.overdue_share, row.hygiene_share)
            == (standing.plan, standing.overdue_share, standing.hygiene_share)
        )

    def _is_compared(self, person: int, month: date) -> bool:
        """Is the locked month held against what is known now? Else its differences are carried on."""
        if not self.open[person] or month not in self.locked.months.get(person, {}):
            return False
        return self.news.touch(month) or self._is_first_count(person)

    def _is_first_count(self, person: int) -> bool:
        """Have the locked months never been compared for this first open month?"""
        row = self.waiting.get((person, self.open[person][0]))
        return row is None or not row.digest or self.news.reach(self.locked.newest.get(person))

    def _read_carried(self) -> Counted:
        """By person: what his first open statement says of locked months that are not compared."""
        rows = {
            person: self.waiting[person, months[0]].pk
            for person, months in self.open.items()
            if months and self.locked.months.get(person) and not self._is_first_count(person)
        }
        found: Counted = defaultdict(dict)
        for person, mine in carried(rows.values()).items() if rows else ():
            found[person] = {
                key: amount for key, amount in mine.items() if not self.news.touch(key.month)
            }
        return found

    def _read_late(self) -> dict[int, list[Late]]:
        """As of the end of each person's first open month, one statement for each such month."""
        groups: dict[date, list[int]] = defaultdict(list)
        for person, months in self.open.items():
            if months:
                groups[months[0]].append(person)
        found: dict[int, list[Late]] = {}
        for month, group in sorted(groups.items()):
            last = add_months(month, 1) - timedelta(days=1)
            found |= read_late(group, min(self.day, last))
        return found

    def version_of(self, person: int, month: date) -> SchemeVersion | None:
        locked = self.locked.months.get(person, {})
        return locked[month] if month in locked else self.assigned.versions.get((person, month))

    def terms_of(self, version: SchemeVersion) -> Terms:
        if version.pk not in self.terms:
            self.terms[version.pk] = terms_of(version)
        return self.terms[version.pk]

    def _changes(
        self, month: date, due: Iterable[int], items: MonthItems, counted: Counted
    ) -> dict[int, dict[Key, Decimal]]:
        """What counts in the open month: its own events, and in the first open one whatever came late
        for the locked months before it, each less what is counted already."""
        known: dict[int, set[int]] = {}
        if self.locked.months and (deals := items.deals(due)):
            known = paid_as_won(due, deals, self.months[0])
        found = {}
        for person in due:
            paid, mine = known.get(person, set()), counted.get(person, {})
            changed = {
                key: amount - mine.get(key, ZERO)
                for key, amount in items.of(person).items()
                if key.allocation is None or key.deal not in paid
            }
            if self._is_first(person, month):
                changed |= self.past.get(person, {})
            left = [(key, amount) for key, amount in changed.items() if amount]
            found[person] = dict(sorted(left, key=lambda one: one[0].place))
        return found

    def _deals_to_look_up(self, changed: dict[int, dict[Key, Decimal]]) -> set[int]:
        """Deals that lost something, or whose clients pay late."""
        deals = {late.deal for person in changed for late in self.late.get(person, [])}
        for mine in changed.values():
            deals |= {key.deal for key, amount in mine.items() if amount < 0}
        return deals

    def standing_of(self, person: int, month: date, base: Decimal) -> Standing:
        if month not in self.standings:
            self.standings[month] = read_month(month, self.people)
        return self.standings[month].standing(person, base)

    def _node_of(self, person: int, month: date) -> int | None:
        return self.assigned.places.get((person, month), NOWHERE).node

    def _draft(
        self,
        person: int,
        month: date,
        changed: dict[Key, Decimal],
        paid: dict[tuple[int, int], list[LockedLine]],
    ) -> Draft:
        gains = {key: amount for key, amount in changed.items() if amount > 0}
        version = self.version_of(person, month)
        standing = self.standing_of(person, month, sum(gains.values(), ZERO))
        accrual = accrue(self.terms_of(version), standing) if version else NOTHING
        draft = Draft(person, month, self._node_of(person, month), version, standing, accrual)
        draft.next = next_step(self.terms_of(version), standing) if version else None
        draft.lines += earned_lines(gains, accrual)
        draft.lines += taken_lines(changed, person, paid)
        if self._is_first(person, month):
            late = self.late.get(person, [])
            mine = [line for row in late for line in paid.get((person, row.deal), [])]
            draft.lines += unpaid_lines(late, {line.id: line for line in mine})
            draft.lines += manual_lines(self.corrections.get(person, []))
        return draft


def _difference(now: dict[Key, Decimal], counted: dict[Key, Decimal]) -> dict[Key, Decimal]:
    """What the events say now, less what is counted already; what agrees is left out."""
    found = {
        key: now.get(key, ZERO) - counted.get(key, ZERO)
        for key in sorted(set(now) | set(counted), key=lambda key: key.place)
    }
    return {key: amount for key, amount in found.items() if amount}
