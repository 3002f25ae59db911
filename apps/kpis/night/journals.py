"""The journals of events that facts count, and the exact place where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from apps.kpis.choices import Journal

# Where each is written, where its rows are numbered, and by what.
PLACES = {
    Journal.MOVES: ("deals_stagemove", "deals_stagemove", "id"),
    Journal.CORRECTIONS: ("deals_wonadjustment", "deals_wonadjustment", "id"),
    Journal.PAYMENTS: ("deals_allocation", "deals_allocation", "id"),
    Journal.ACTIVITIES: ("deals_activity", "deals_activity", "id"),
    Journal.SHARES: ("deals_dealsplit", "deals_dealsplithistory", "pgh_id"),
}
ATTEMPTS = 20
# For the first table there is time to let an autovacuum give way. The others get too little for a
# deadlock: whoever writes into two journals at once wins, and we begin with the one he holds.
PATIENCE, IMPATIENCE = "3s", "200ms"


@contextmanager
def journals_held() -> Iterator[dict[str, int]]:
    """Keep everybody from writing events till the transaction ends; yields the last numbers.

    Numbers are given out after the lock, so what is committed later has greater ones, always.
    Raises ValidationError "busy" when the writers leave no gap.
    """
    tables = [written for written, _numbered, _key in PLACES.values()]
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                _lock_all(tables)
            break
        except _Busy as busy:
            first = busy.table
            tables.sort(key=first.__ne__)
    else:
        raise ValidationError(_("Too much is being written now. Try again."), code="busy")
    yield marks()


class _Busy(Exception):
    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


def _lock_all(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        for place, table in enumerate(tables):
            try:
                cursor.execute(f"SET LOCAL lock_timeout = '{IMPATIENCE if place else PATIENCE}'")
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            except OperationalError as failure:
                raise _Busy(table) from failure
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def marks() -> dict[str, int]:
    """The number of the last row of each journal; exact only inside journals_held."""
    found = {}
    with connection.cursor() as cursor:
        for journal, (_written, table, key) in PLACES.items():
            cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {table}")
            found[journal.value] = cursor.fetchone()[0]
    return found
