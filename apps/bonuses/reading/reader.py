"""The open months of many people, put together from what was read once for all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from apps.bonuses.calculations import Accrual, NextStep, Standing, Terms, accrue, next_step
from apps.bonuses.lines import earned_lines, manual_lines, taken_lines, unpaid_lines
from apps.bonuses.models import SchemeVersion, Statement, StatementLine
from apps.bonuses.reading.assignments import NOWHERE, assign
from apps.bonuses.reading.items import Items, Key, net_shares, read_items, without_vat
from apps.bonuses.reading.locked import (
    Late,
    lines_of,
    pending_corrections,
    read_late,
    read_locked,
)
from apps.bonuses.reading.standings import Month, read_month
from apps.bonuses.reading.terms import terms_of
from apps.core.periods import add_months
from apps.staff.models import User

ZERO = Decimal(0)
NOTHING = Accrual(ZERO, (), ZERO)


# What counts by person and month.
Monthly = dict[tuple[int, date], dict[Key, Decimal]]


def by_month(items: Items) -> Monthly:
    found: Monthly = defaultdict(dict)
    for person, mine in items.items():
        for key, amount in mine.items():
            found[person, key.month][key] = amount
    return found


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
    lines: list[StatementLine] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


class Reader:
    """Everything that the months of `people` need, read once; then each month is put together."""

    def __init__(
        self,
        people: list[int],
        months: list[date],
        day: date,
        versions: list[SchemeVersion],
    ) -> None:
        self.people, self.day, self.months = people, day, months
        held = Statement.objects.open().filter(person__in=people).order_by("pk")
        # Nothing is approved between what is read here and what is written from it.
        self.waiting = {(row.person_id, row.month) for row in held.select_for_update()}
        self.locked = read_locked(people, months[0])
        self.assigned = assign(User.objects.filter(pk__in=people), months, versions)
        self.items = self._read_items(people)
        self.net = self._read_net()
        self.terms: dict[int, Terms] = {}
        self.standings: dict[date, Month] = {}
        self.corrections = pending_corrections(people)
        self.late = self._read_late(people)
        self.changed = self._read_changes()
        self.paid = lines_of(people, self._deals_to_look_up())

    def open_months(self, person: int) -> list[date]:
        """Months of the person that are not locked and have a scheme, or a statement already."""
        locked = self.locked.months.get(person, {})
        newest = max(locked, default=date.min)
        return [
            month
            for month in self.months
            if month > newest
            and ((person, month) in self.assigned.versions or (person, month) in self.waiting)
        ]

    def _read_late(self, people: list[int]) -> dict[int, list[Late]]:
        """As of the end of each person's first open month, one statement for each such month."""
        groups: dict[date, list[int]] = defaultdict(list)
        for person in people:
            if months := self.open_months(person):
                groups[months[0]].append(person)
        found: dict[int, list[Late]] = {}
        for month, group in sorted(groups.items()):
            last = add_months(month, 1) - timedelta(days=1)
            found |= read_late(group, min(self.day, last))
        return found

    def version_of(self, person: int, month: date) -> SchemeVersion | None:
        locked = self.locked.months.get(person, {})
        return locked[month] if month in locked else self.assigned.versions.get((person, month))

    def _read_items(self, people: list[int]) -> dict[str, Monthly]:
        used = {version.base for version in self.assigned.versions.values()}
        for months in self.locked.months.values():
            used |= {version.base for version in months.values() if version}
        end = self.day + timedelta(days=1)
        return {
            base: by_month(read_items(people, self.months[0], end, base)) for base in sorted(used)
        }

    def items_of(self, person: int, month: date) -> dict[Key, Decimal]:
        """What counted in `month` by the version that the month is counted by."""
        version = self.version_of(person, month)
        if version is None:
            return {}
        found = self.items.get(version.base, {}).get((person, month), {})
        return found if version.with_vat else without_vat(found, self.net)

    def _read_net(self) -> dict[int, Decimal]:
        """The shares without VAT, if any version counts by them."""
        versions = [*self.assigned.versions.values()]
        versions += [
            one for months in self.locked.months.values() for one in months.values() if one
        ]
        if all(version.with_vat for version in versions):
            return {}
        return net_shares(
            key.deal for months in self.items.values() for mine in months.values() for key in mine
        )

    def terms_of(self, version: SchemeVersion) -> Terms:
        if version.pk not in self.terms:
            self.terms[version.pk] = terms_of(version)
        return self.terms[version.pk]

    def changes(self, person: int, month: date, *, is_first: bool) -> dict[Key, Decimal]:
        """What counts in the open month: its own events, and in the first open one whatever came late
        for the locked months before it, each less what is counted already."""
        counted = self.locked.counted.get(person, {})
        paid_as_won = {key.deal for key in counted if key.allocation is None}
        found = {
            key: amount - counted.get(key, ZERO)
            for key, amount in self.items_of(person, month).items()
            if key.allocation is None or key.deal not in paid_as_won
        }
        for past in sorted(self.locked.months.get(person, {})) if is_first else ():
            now = self.items_of(person, past)
            for key in {key for key in counted if key.month == past} | set(now):
                found[key] = now.get(key, ZERO) - counted.get(key, ZERO)
        left = [(key, amount) for key, amount in found.items() if amount]
        return dict(sorted(left, key=str))

    def _read_changes(self) -> dict[tuple[int, date], dict[Key, Decimal]]:
        return {
            (person, month): self.changes(person, month, is_first=not at)
            for person in self.people
            for at, month in enumerate(self.open_months(person))
        }

    def _deals_to_look_up(self) -> set[int]:
        """Deals that lost something, or whose clients pay late."""
        deals = {late.deal for rows in self.late.values() for late in rows}
        for changed in self.changed.values():
            deals |= {key.deal for key, amount in changed.items() if amount < 0}
        return deals

    def standing_of(self, person: int, month: date, base: Decimal) -> Standing:
        if month not in self.standings:
            self.standings[month] = read_month(month, self.people)
        return self.standings[month].standing(person, base)

    def drafts_of(self, person: int) -> list[Draft]:
        return [
            self._draft(person, month, is_first=not at)
            for at, month in enumerate(self.open_months(person))
        ]

    def _draft(self, person: int, month: date, *, is_first: bool) -> Draft:
        changed = self.changed[person, month]
        gains = {key: amount for key, amount in changed.items() if amount > 0}
        version = self.version_of(person, month)
        standing = self.standing_of(person, month, sum(gains.values(), ZERO))
        accrual = accrue(self.terms_of(version), standing) if version else NOTHING
        node = self.assigned.places.get((person, month), NOWHERE).node
        draft = Draft(person, month, node, version, standing, accrual)
        draft.next = next_step(self.terms_of(version), standing) if version else None
        draft.lines += earned_lines(gains, accrual)
        draft.lines += taken_lines(changed, person, self.paid)
        if is_first:
            late = self.late.get(person, [])
            mine = [line for row in late for line in self.paid.get((person, row.deal), [])]
            draft.lines += unpaid_lines(late, {line.id: line for line in mine})
            draft.lines += manual_lines(self.corrections.get(person, []))
        return draft
