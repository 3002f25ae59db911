"""What a draft would have cost over the last months, beside what is in force."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.bonuses.calculations import Accrual, accrue
from apps.bonuses.choices import LineKind
from apps.bonuses.models import BackTest, SchemeVersion
from apps.bonuses.reading.assignments import assign, started_versions
from apps.bonuses.reading.items import Items, net_shares, read_items, without_vat
from apps.bonuses.reading.reader import NOTHING
from apps.bonuses.reading.standings import Month, read_month
from apps.bonuses.reading.terms import terms_of
from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.jobs import enqueue
from apps.core.periods import add_months
from apps.staff.models import User

JOB_KIND = "bonuses.back_test"
MONTHS = 12
ZERO = Decimal(0)

Beat = Callable[[int, int, list[dict[str, Any]]], None]


@transaction.atomic
def start_back_test(version: SchemeVersion, *, by: Any) -> BackTest:
    """Let a worker count it. Raises PermissionDenied when `by` may not."""
    if not allowed(by, "bonuses.run_back_test"):
        raise PermissionDenied
    test = BackTest.objects.create(version=version, author=by)
    test.job = enqueue(JOB_KIND, key=f"{JOB_KIND}:{test.pk}", payload={"test": test.pk}, author=by)
    test.save(update_fields=["job"])
    return test


def months_behind(today: date) -> list[date]:
    """The last twelve months that are over, the oldest first."""
    current = today.replace(day=1)
    return [add_months(current, -back) for back in range(MONTHS, 0, -1)]


def run_back_test(test: BackTest, *, rows: list[dict[str, Any]], beat: Beat) -> BackTest:
    """Count month after month, going on after the `rows` that an earlier attempt has counted."""
    months = months_behind(company_today())
    draft = test.version
    now, then = in_force_now(), in_force_with(draft)
    for done, month in enumerate(months):
        if done >= len(rows):
            rows.append(count_month(month, draft, now, then))
        beat(done + 1, len(months), rows)
    test.result = result_of(rows)
    test.finished_at = timezone.now()
    test.save(update_fields=["result", "finished_at"])
    return test


def in_force_now() -> list[SchemeVersion]:
    """Of each scheme what is in force today, as if it had always been."""
    today = company_today()
    versions = [row for row in started_versions() if row.starts_on and row.starts_on <= today]
    return [_always(row) for row in {row.scheme_id: row for row in versions}.values()]


def in_force_with(draft: SchemeVersion) -> list[SchemeVersion]:
    others = [row for row in in_force_now() if row.scheme_id != draft.scheme_id]
    return [*others, _always(draft)]


def _always(version: SchemeVersion) -> SchemeVersion:
    version = copy.copy(version)
    version.starts_on = date.min
    return version


@dataclass
class Count:
    """A month of one set of versions: totals by person, and what cap and gates kept back."""

    totals: dict[int, Decimal] = field(default_factory=dict)
    capped: Decimal = ZERO
    held: Decimal = ZERO

    def add(self, person: int, accrual: Accrual) -> None:
        self.totals[person] = accrual.total
        for one in accrual.held:
            if one.kind == LineKind.CAP:
                self.capped -= one.amount
            else:
                self.held -= one.amount


def count_month(
    month: date, draft: SchemeVersion, now: list[SchemeVersion], then: list[SchemeVersion]
) -> dict[str, Any]:
    """Only people who would be counted by the draft; corrections of later months stay out of both."""
    people = {person.pk: person for person in User.objects.order_by("pk")}
    after = assign(people.values(), [month], then).versions
    before = assign(people.values(), [month], now).versions
    concerned = [pk for pk in people if (row := after.get((pk, month))) and row.pk == draft.pk]
    reader = MonthReader(month, concerned)
    counts = Count(), Count()
    for person in concerned:
        counts[0].add(person, reader.accrual(person, before.get((person, month))))
        counts[1].add(person, reader.accrual(person, draft))
    return _row(month, *counts) | {"has_balances": reader.standing.has_balances}


def _row(month: date, now: Count, then: Count) -> dict[str, Any]:
    return {
        "month": month.isoformat(),
        "now": {str(person): str(total) for person, total in now.totals.items()},
        "then": {str(person): str(total) for person, total in then.totals.items()},
        "capped": str(then.capped),
        "held": str(then.held),
    }


class MonthReader:
    """The bases of one month by each kind, read when first asked for."""

    def __init__(self, month: date, people: list[int]) -> None:
        self.month, self.people = month, people
        self.standing: Month = read_month(month, people)
        self.items: dict[str, Items] = {}
        self.net: dict[int, Decimal] | None = None

    def accrual(self, person: int, version: SchemeVersion | None) -> Accrual:
        if version is None:
            return NOTHING
        standing = self.standing.standing(person, self.base(person, version))
        return accrue(terms_of(version), standing)

    def base(self, person: int, version: SchemeVersion) -> Decimal:
        if version.base not in self.items:
            end = add_months(self.month, 1)
            self.items[version.base] = read_items(self.people, self.month, end, version.base)
        mine = self.items[version.base].get(person, {})
        if not version.with_vat:
            mine = without_vat(mine, self._net())
        return sum((amount for amount in mine.values() if amount > 0), ZERO)

    def _net(self) -> dict[int, Decimal]:
        if self.net is None:
            known = self.items.values()
            self.net = net_shares(
                key.deal for items in known for of in items.values() for key in of
            )
        return self.net


def result_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums by month and by person from the counted months."""
    months = [
        {
            "month": row["month"],
            "now": str(total_of(row["now"])),
            "then": str(total_of(row["then"])),
            "people": len(row["then"]),
        }
        for row in rows
    ]
    people = sorted({person for row in rows for person in row["then"]}, key=int)
    return {
        "months": months,
        "people": [
            {
                "id": int(person),
                "now": _sum_of(rows, "now", person),
                "then": _sum_of(rows, "then", person),
            }
            for person in people
        ],
        "blind": sum(not row["has_balances"] for row in rows),
        "capped": str(sum((Decimal(row["capped"]) for row in rows), ZERO)),
        "held": str(sum((Decimal(row["held"]) for row in rows), ZERO)),
    }


def total_of(sums: dict[str, str]) -> Decimal:
    return sum((Decimal(one) for one in sums.values()), ZERO)


def _sum_of(rows: Iterable[dict[str, Any]], side: str, person: str) -> str:
    return str(sum((Decimal(row[side].get(person, "0")) for row in rows), ZERO))
