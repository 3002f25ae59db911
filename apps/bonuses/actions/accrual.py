"""Counting the open months of many people at once: the same input gives the same lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from django.db import transaction

from apps.bonuses.lines import Line
from apps.bonuses.models import SchemeVersion, Statement, StatementLine
from apps.bonuses.reading.assignments import started_versions
from apps.bonuses.reading.news import EVERYTHING, News
from apps.bonuses.reading.reader import Draft, Reader
from apps.core.periods import add_months

# So far back an event may come late, and so many months may wait for approval.
MONTHS_BACK = 12


def months_until(day: date, versions: Iterable[SchemeVersion]) -> list[date]:
    """The months that may have statements: from the first start of a scheme, a year at most."""
    current = day.replace(day=1)
    starts = [version.starts_on for version in versions if version.starts_on]
    months = [max(min([*starts, current]), add_months(current, -MONTHS_BACK))]
    while months[-1] < current:
        months.append(add_months(months[-1], 1))
    return months


@transaction.atomic
def accrue_people(people: list[int], day: date, news: News = EVERYTHING) -> int:
    """Count the open months of `people` as of `day` (the last day that is over); how many were counted.

    Months that the `news` leave alone are not counted again. Locked statements are read, never written;
    open ones cannot be approved in between. A second run of the same facts writes nothing but the day.
    """
    versions = started_versions()
    if not versions:
        return 0
    counted, months = 0, months_until(day, versions)
    for drafts in Reader(people, months, day, versions, news).drafts():
        store(drafts)
        counted += len(drafts)
    standing = Statement.objects.open().filter(person__in=people, month__in=months)
    standing.exclude(counted_on=day).update(counted_on=day)
    return counted


def digest_of(draft: Draft) -> str:
    """Names the statement: two of the same digest say the same to the kopeck."""
    standing = draft.standing
    said = [
        draft.version.pk if draft.version else None,
        draft.node,
        standing.base,
        standing.plan,
        standing.overdue_share,
        standing.hygiene_share,
        *sorted(line.said for line in draft.lines),
    ]
    return sha256("\n".join(map(str, said)).encode()).hexdigest()


def store(drafts: list[Draft]) -> None:
    """Write what differs; whatever a line is named by keeps its row."""
    known = statements_of(drafts)
    changed = [
        (draft, known[draft.person, draft.month])
        for draft in drafts
        if known[draft.person, draft.month].digest != digest_of(draft)
    ]
    for draft, row in changed:
        _fill(row, draft)
    rows = [row for _draft, row in changed]
    Statement.objects.bulk_update(rows, STATEMENT_FIELDS, batch_size=500)
    _store_lines(changed)


STATEMENT_FIELDS = [
    "node", "scheme_version", "base", "plan", "overdue_share", "hygiene_share", "earned", "total",
    "next_missing", "next_rate", "digest",
]  # fmt: skip


def statements_of(drafts: list[Draft]) -> dict[tuple[int, date], Statement]:
    """The row of each draft, made where there is none; another count may just have made it."""
    known = _stored(drafts)
    missing = [draft for draft in drafts if (draft.person, draft.month) not in known]
    if not missing:
        return known
    rows = [Statement(person_id=draft.person, month=draft.month) for draft in missing]
    Statement.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return _stored(drafts)


def _stored(drafts: list[Draft]) -> dict[tuple[int, date], Statement]:
    found = Statement.objects.filter(
        person__in={draft.person for draft in drafts}, month__in={draft.month for draft in drafts}
    )
    return {(row.person_id, row.month): row for row in found}


def _fill(row: Statement, draft: Draft) -> None:
    standing = draft.standing
    row.scheme_version = draft.version
    row.node_id, row.base, row.plan = draft.node, standing.base, standing.plan
    row.overdue_share, row.hygiene_share = standing.overdue_share, standing.hygiene_share
    row.next_missing = draft.next.missing if draft.next else None
    row.next_rate = draft.next.rate if draft.next else None
    row.earned, row.total, row.digest = draft.accrual.earned, draft.total, digest_of(draft)


def _store_lines(changed: list[tuple[Draft, Statement]]) -> None:
    wanted: dict[tuple[int, str], StatementLine] = {}
    for draft, row in changed:
        for line in draft.lines:
            wanted[row.pk, line.key] = StatementLine(statement=row, **line._asdict())
    stored = StatementLine.objects.filter(statement__in=[row.pk for _draft, row in changed])
    gone = [
        pk
        for pk, place, key in stored.values_list("pk", "statement", "key")
        if (place, key) not in wanted
    ]
    StatementLine.objects.filter(pk__in=gone).delete()
    StatementLine.objects.bulk_create(
        wanted.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["statement", "key"],
        update_fields=[name.removesuffix("_id") for name in Line._fields if name != "key"],
    )
