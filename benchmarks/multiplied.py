"""Bases above a million deals: the history of a smaller one told several times over.

Generating ten million deals takes an hour and a half, copying a million nine times some minutes. The
people, the clients and the days stay; each copy's rows get numbers of their own. Only the night is
measured there: to count, a deal told ten times is ten deals. Bonuses are left out: to the statements
that were locked before, a year's deals would come late nine times over, in one night.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg2 import extensions

# What grows with the number of deals; the rest belongs to people and clients.
GROWING = (
    "deals_deal",
    "deals_dealline",
    "deals_dealsplit",
    "deals_stagemove",
    "deals_activity",
    "deals_trustmark",
    "deals_trustatclose",
    "deals_verificationcall",
    "deals_scheduleline",
    "deals_receipt",
    "deals_allocation",
)
# With all that hangs on it: the statements, their lines, their tests.
LEFT_OUT = "bonuses_bonusscheme"
COLUMNS = """
SELECT a.attname, c.confrelid::regclass::text
FROM pg_attribute a LEFT JOIN pg_constraint c
    ON c.conrelid = a.attrelid AND c.contype = 'f' AND c.conkey = ARRAY[a.attnum]
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""
# Those of constraints stay: they cannot be dropped by themselves, and new numbers come in order.
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = %s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


@dataclass(frozen=True)
class Copying:
    """`times` - 1 copies; a number of the original is `step` higher in each next one."""

    connection: extensions.connection
    times: int

    def run(self) -> None:
        """Within the transaction of the connection; the caller commits it."""
        with self.connection.cursor() as cursor:
            # References are right as they were: nothing looks at each of them again.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            step = max(self._one(f"SELECT max(id) FROM {table}") or 0 for table in GROWING)
            for table in GROWING:
                self._multiply(table, step)
            cursor.execute(f"TRUNCATE {LEFT_OUT} CASCADE")

    def _multiply(self, table: str, step: int) -> None:
        indexes = self._all(INDEXES, table)
        with self.connection.cursor() as cursor:
            for name, _definition in indexes:
                cursor.execute(f"DROP INDEX {name}")
            cursor.execute(self._copies(table, step), [self.times - 1])
            for _name, definition in indexes:
                cursor.execute(definition)
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )

    def _copies(self, table: str, step: int) -> str:
        columns = list(self._columns(table, step))
        names = ", ".join(name for name, _value in columns)
        values = ", ".join(value for _name, value in columns)
        return (
            f"INSERT INTO {table} ({names}) SELECT {values}"
            f" FROM generate_series(1, %s) AS copy, {table} AS told"
        )

    def _columns(self, table: str, step: int) -> Iterator[tuple[str, str]]:
        """Names of columns, and what a copy has there."""
        for name, target in self._all(COLUMNS, table):
            if name == "id" or target in GROWING:
                yield name, f"told.{name} + copy * {step}"
            elif name == "external_id":
                yield name, "''"  # a code belongs to one
            else:
                yield name, f"told.{name}"

    def _all(self, statement: str, table: str) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, [table])
            return cursor.fetchall()

    def _one(self, statement: str) -> int | None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchone()
        return found[0] if found else None
