"""Rows into PostgreSQL by COPY, with the history triggers asleep."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.utils import timezone

NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def cell(value: Any) -> str:
    """The value as COPY's text format reads it; an array is written as "{}"."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(ESCAPES)
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value)


def default_cell(field: models.Field) -> str:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return cell(timezone.now())
    return cell(field.get_default())


class Table:
    """Rows of one model, kept until `flush`; the fields not named get the model's defaults.

    Ids are given here: `next_id` counts from 1 in the empty table.
    """

    def __init__(self, model: type[models.Model], *fields: str):
        self.model = model
        stored = [
            f for f in model._meta.concrete_fields if not isinstance(f, models.GeneratedField)
        ]
        by_name = {f.attname: f for f in stored}
        rest = [f for f in stored if f.attname not in fields and not f.primary_key]
        columns = ["id", *(by_name[name].column for name in fields), *(f.column for f in rest)]
        quoted = ", ".join(f'"{column}"' for column in columns)
        self.sql = f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN'
        self.tail = "".join("\t" + default_cell(f) for f in rest) + "\n"
        self.buffer = io.StringIO()
        self.next_id = 1

    def add(self, *values: Any) -> int:
        """Keep a row of the fields named; its id is returned."""
        row = self.next_id
        self.next_id = row + 1
        cells = "\t".join([cell(value) for value in values])
        self.buffer.write(f"{row}\t{cells}{self.tail}")
        return row

    @property
    def count(self) -> int:
        return self.next_id - 1

    def flush(self) -> None:
        self.buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(self.sql, self.buffer)
        self.buffer = io.StringIO()


def flush_all(tables: Sequence[Table]) -> None:
    for table in tables:
        table.flush()


def refresh_statistics(kinds: Iterable[type[models.Model]]) -> None:
    """A freshly filled table has none: checks and first pages would be planned blindly."""
    with connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(f'ANALYZE "{kind._meta.db_table}"')


@contextmanager
def history_asleep(kinds: Sequence[type[models.Model]]) -> Iterator[None]:
    """No audit rows for invented data; ids of later rows go on after the last one written."""
    _alter(kinds, "DISABLE")
    yield
    for kind in kinds:
        _continue_ids(kind)
    _alter(kinds, "ENABLE")


def _alter(kinds: Sequence[type[models.Model]], how: str) -> None:
    with connection.cursor() as cursor:
        # A check that still waits would stop ALTER TABLE; a million of them would fill the memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for kind in kinds:
            cursor.execute(f'ALTER TABLE "{kind._meta.db_table}" {how} TRIGGER USER')


def _continue_ids(kind: type[models.Model]) -> None:
    last = kind._default_manager.aggregate(last=models.Max("pk"))["last"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, %s)",
            [kind._meta.db_table, last or 1, last is not None],
        )
