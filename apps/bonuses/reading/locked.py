"""What locked statements have counted and paid already: nothing is counted twice or taken back twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from apps.bonuses.calculations import Paid
from apps.bonuses.choices import LineKind, StatementStatus
from apps.bonuses.models import Correction, SchemeVersion, Statement, StatementLine
from apps.bonuses.reading.items import Key

ZERO = Decimal(0)


@dataclass
class Locked:
    """By person: locked months with the version they were counted by; `newest` is when the last of
    them was approved."""

    months: dict[int, dict[date, SchemeVersion | None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    newest: dict[int, datetime] = field(default_factory=dict)


def read_locked(people: list[int], first: date) -> Locked:
    """Locked statements of `people` from the month `first` on. One statement (and the steps)."""
    found = Locked()
    statements = Statement.objects.locked().filter(person__in=people, month__gte=first)
    for row in statements.select_related("scheme_version").order_by("approved_at"):
        found.months[row.person_id][row.month] = row.scheme_version
        if row.approved_at:
            found.newest[row.person_id] = row.approved_at
    return found


# By person, then by what counts.
Counted = dict[int, dict[Key, Decimal]]


def _locked_lines(people: Iterable[int]) -> Any:
    lines = StatementLine.objects.exclude(statement__status=StatementStatus.OPEN)
    return lines.filter(statement__person__in=list(people), deal__isnull=False)


def _sums(lines: Any) -> Counted:
    sums = lines.values_list("statement__person", "deal", "allocation", "event_month").order_by()
    found: Counted = defaultdict(dict)
    for person, deal, allocation, month, base in sums.annotate(Sum("base")):
        if base:
            found[person][Key(deal, allocation, month)] = base
    return found


def counted_in(month: date, people: Iterable[int]) -> Counted:
    """The base that locked statements have counted of the events of `month`."""
    return _sums(_locked_lines(people).filter(event_month=month))


def paid_as_won(people: Iterable[int], deals: Iterable[int], first: date) -> dict[int, set[int]]:
    """Of the deals those that each person's locked statements counted when they were won."""
    lines = _locked_lines(people).filter(
        deal__in=set(deals), allocation=None, event_month__gte=first
    )
    sums = lines.values_list("statement__person", "deal", "event_month").order_by()
    found: dict[int, set[int]] = defaultdict(set)
    for person, deal, _month, base in sums.annotate(Sum("base")):
        if base:
            found[person].add(deal)
    return found


def carried(statements: Iterable[int]) -> Counted:
    """What the open statements say of months before their own."""
    lines = StatementLine.objects.filter(
        statement__in=list(statements),
        deal__isnull=False,
        event_month__lt=F("statement__month"),
    )
    return _sums(lines)


@dataclass(frozen=True)
class LockedLine:
    """An earned line of a locked statement with what later months have done to it."""

    id: int
    key: Key
    base: Decimal
    # After what was taken back, before what is held for unpaid money.
    money: Decimal
    # What is held for unpaid money now, positive.
    held: Decimal

    def as_paid(self) -> Paid:
        return Paid(self.id, self.base, self.money)


def lines_of(
    people: Iterable[int], deals: Iterable[int]
) -> dict[tuple[int, int], list[LockedLine]]:
    """The locked earned lines of the deals by person and deal, newest first. Two statements."""
    lines = StatementLine.objects.filter(
        statement__person__in=list(people), deal__in=set(deals), kind=LineKind.EARNED
    ).exclude(statement__status=StatementStatus.OPEN)
    # No models: most of thousands of lines are looked at once.
    rows = lines.order_by("-statement__month", "-pk").values_list(
        "pk",
        "statement__person",
        "deal",
        "allocation",
        Coalesce("event_month", "statement__month"),
        "base",
        "kept",
    )
    later = _later([row[0] for row in rows])
    found: dict[tuple[int, int], list[LockedLine]] = defaultdict(list)
    for pk, person, deal, allocation, month, counted, kept in rows:
        base, money, held = later.get(pk, (ZERO, ZERO, ZERO))
        key = Key(deal, allocation, month)
        found[person, deal].append(LockedLine(pk, key, counted + base, kept + money, held))
    return found


def _later(lines: list[int]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """What locked corrections did to each line: base and money taken back, money held as unpaid."""
    rows = StatementLine.objects.filter(original__in=lines).exclude(
        statement__status=StatementStatus.OPEN
    )
    sums = rows.values_list("original", "kind").order_by()
    found: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line, kind, base, amount in sums.annotate(Sum("base"), Sum("amount")):
        if kind == LineKind.UNPAID:
            found[line][2] -= amount
        else:
            found[line][0] += base
            found[line][1] += amount
    return {line: (base, money, held) for line, (base, money, held) in found.items()}


# Deals whose payment is later than the rule of the version they were counted by allows. What was
# paid after `day` is not known yet on that day: it was owed then, whatever is paid by now.
UNPAID = """
WITH owed AS MATERIALIZED (
    SELECT id, deal_id, amount, due_on FROM deals_scheduleline
    WHERE paid < amount AND due_on < %(day)s
    UNION
    SELECT due.id, due.deal_id, due.amount, due.due_on
    FROM deals_allocation later JOIN deals_scheduleline due ON due.id = later.line_id
    WHERE later.happened_on > %(day)s AND due.due_on < %(day)s
)
SELECT statement.person_id, line.id, line.deal_id, sum(due.amount - coalesce(paid.amount, 0)),
    deal.amount
FROM bonuses_statementline line
JOIN bonuses_statement statement ON statement.id = line.statement_id AND statement.status <> 'open'
JOIN bonuses_schemeversion version ON version.id = statement.scheme_version_id
    AND version.unpaid_days IS NOT NULL
JOIN deals_deal deal ON deal.id = line.deal_id
JOIN owed due ON due.deal_id = line.deal_id
    AND due.due_on + version.unpaid_days < %(day)s
LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM deals_allocation
    WHERE line_id = due.id AND happened_on <= %(day)s) paid ON true
WHERE line.kind = 'earned' AND line.allocation_id IS NULL AND statement.person_id = ANY(%(people)s)
    AND due.amount > coalesce(paid.amount, 0)
GROUP BY 1, 2, 3, 5
UNION ALL
SELECT statement.person_id, line.original_id, line.deal_id, 0, 1
FROM bonuses_statementline line
JOIN bonuses_statement statement ON statement.id = line.statement_id AND statement.status <> 'open'
WHERE line.kind = 'unpaid' AND statement.person_id = ANY(%(people)s)
GROUP BY 1, 2, 3 HAVING sum(line.amount) <> 0
"""


@dataclass(frozen=True)
class Late:
    """`unpaid` of `due`, both in the deal's currency, is late for the locked line."""

    line: int
    deal: int
    unpaid: Decimal
    due: Decimal


def read_late(people: list[int], day: date) -> dict[int, list[Late]]:
    """By person: locked lines whose deals are paid too late on `day`, and those held before."""
    found: dict[int, dict[int, Late]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(UNPAID, {"people": people, "day": day})
        for person, line, deal, unpaid, due in cursor.fetchall():
            known = found[person].get(line)
            if known is None or unpaid > known.unpaid:
                found[person][line] = Late(line, deal, min(unpaid, due), due)
    return {person: list(lines.values()) for person, lines in found.items()}


def pending_corrections(people: list[int]) -> dict[int, list[Correction]]:
    """Those that stand in no locked statement yet."""
    rows = Correction.objects.filter(person__in=people)
    settled = StatementLine.objects.exclude(statement__status=StatementStatus.OPEN).filter(
        correction__isnull=False
    )
    found: dict[int, list[Correction]] = defaultdict(list)
    for row in rows.exclude(pk__in=settled.values("correction")).order_by("pk"):
        found[row.person_id].append(row)
    return found
