"""Writing a mapped file into the base, chunk by chunk; safe to kill and to start twice."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.choices import ImportStatus, RowStatus
from apps.core.importing import reading, runs
from apps.core.importing.problems import Problem, shown
from apps.core.importing.reading import ReadRow
from apps.core.importing.specs import CleanRow, Written, spec_for
from apps.core.models import ImportRow, ImportRun

CHUNK_ROWS = 500
Progress = tuple[int, int]
Row = CleanRow | ReadRow


@dataclass
class Keys:
    """What the whole file says about its keys: contradictions, and rows that repeat an earlier one."""

    rows: int = 0
    contradictions: dict[str, list[int]] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)


def rows_of(run: ImportRun) -> Iterator[Row]:
    spec = spec_for(run.kind)
    return reading.clean_rows(
        spec,
        runs.path_of(run),
        runs.reading_of(run),
        runs.mapping_of(run),
        file_key=f"file:{run.file_hash[:16]}",
    )


def read_keys(run: ImportRun) -> Keys:
    """One pass over the file; the same key with other values is a contradiction, not an update."""
    keys = Keys()
    seen: dict[str, tuple[int, int]] = {}
    for row in rows_of(run):
        keys.rows += 1
        if not isinstance(row, CleanRow):
            continue
        values = hash(repr(sorted(row.values.items())))
        known = seen.setdefault(row.key, (values, row.line))
        if known[1] == row.line:
            continue
        if known[0] == values:
            keys.repeats[row.line] = known[1]
        else:
            keys.contradictions.setdefault(row.key, [known[1]]).append(row.line)
    return keys


def import_run(run: ImportRun) -> Iterator[Progress]:
    """Write the run, yielding (rows done, rows) after each committed chunk.

    Killed and called again it goes on behind the last committed row: the totals come out the same.
    """
    keys = read_keys(run)
    ImportRun.objects.filter(pk=run.pk).update(rows=keys.rows)
    with _history_of(run):
        if run.policy.get("bad_rows") == runs.ALL:
            yield from _write_all_or_nothing(run, keys)
        else:
            yield from _write_chunks(run, keys)
    finish(run)


def _history_of(run: ImportRun) -> Any:
    """Each change names its author and the file it came from."""
    note = _("from the file %(name)s") % {"name": run.file_name}
    return pghistory.context(user=run.author_id, import_run=run.pk, file=run.file_name, note=note)


def _write_chunks(run: ImportRun, keys: Keys) -> Iterator[Progress]:
    last = (
        ImportRow.objects.filter(run=run).order_by("-line").values_list("line", flat=True).first()
    )
    done = ImportRow.objects.filter(run=run).count()
    left = (row for row in rows_of(run) if row.line > (last or 0))
    while chunk := list(itertools.islice(left, CHUNK_ROWS)):
        if not _write_chunk(run, chunk, keys):
            return
        done += len(chunk)
        yield done, keys.rows


@transaction.atomic
def _write_chunk(run: ImportRun, chunk: Sequence[Row], keys: Keys) -> bool:
    """Write one chunk with its account; False when the run is not (or no longer) to be written."""
    running = ImportRun.objects.select_for_update().filter(pk=run.pk, status=ImportStatus.RUNNING)
    if not running.exists():
        return False
    if ImportRow.objects.filter(run=run, line__gte=chunk[0].line).exists():
        return False
    _one_at_a_time(run.kind)
    written = [*_refused(chunk, keys), *_write(run, _writable(chunk, keys))]
    written += _repeated(run, chunk, keys, written)
    _account(run, chunk, written)
    return True


def _one_at_a_time(kind: str) -> None:
    """Imports of one kind take turns by chunk, so overlapping files neither deadlock nor double."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{kind}"])


def _writable(chunk: Sequence[Row], keys: Keys) -> list[CleanRow]:
    return [
        row
        for row in chunk
        if isinstance(row, CleanRow)
        and row.key not in keys.contradictions
        and row.line not in keys.repeats
    ]


def _refused(chunk: Sequence[Row], keys: Keys) -> list[Written]:
    """Rows that no writer sees: unreadable ones and contradictions inside the file."""
    refused = []
    for row in chunk:
        if isinstance(row, ReadRow):
            refused.append(rejected(row.line, *row.problems))
        elif lines := keys.contradictions.get(row.key):
            params = {"key": shown(row.key), "lines": ", ".join(map(str, lines[:10]))}
            refused.append(rejected(row.line, Problem("duplicate_in_file", params=params)))
    return refused


def rejected(line: int, *problems: Problem) -> Written:
    return Written(line, RowStatus.REJECTED, problems=problems)


def _repeated(
    run: ImportRun, chunk: Sequence[Row], keys: Keys, written: Sequence[Written]
) -> list[Written]:
    """A row equal to an earlier one shares its fate: nothing more to write."""
    lines = {row.line: keys.repeats[row.line] for row in chunk if row.line in keys.repeats}
    lines = {line: first for line, first in lines.items() if line not in {w.line for w in written}}
    if not lines:
        return []
    fates = {row.line: row for row in written}
    for row in ImportRow.objects.filter(run=run, line__in=set(lines.values()) - set(fates)):
        problems = tuple(map(Problem.from_json, row.errors))
        fates[row.line] = Written(row.line, row.status, row.object_id, problems=problems)
    return [_same_fate(line, fates[first]) for line, first in lines.items()]


def _same_fate(line: int, first: Written) -> Written:
    if first.status == RowStatus.REJECTED:
        return rejected(line, *first.problems)
    return Written(line, RowStatus.UNCHANGED, first.object_id)


def _write(run: ImportRun, rows: list[CleanRow]) -> list[Written]:
    """Let the room write; a row that the base refuses is found by halving and rejected alone."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            return spec_for(run.kind).writer(run).write(rows)
    except (IntegrityError, DataError):
        if len(rows) == 1:
            return [rejected(rows[0].line, Problem("conflict"))]
    half = len(rows) // 2
    return [*_write(run, rows[:half]), *_write(run, rows[half:])]


def _account(run: ImportRun, chunk: Sequence[Row], written: Sequence[Written]) -> None:
    """Note what became of each row and add it up, in the transaction of the rows themselves."""
    by_line = {row.line: row for row in chunk}
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                run=run,
                line=row.line,
                status=row.status,
                object_id=row.object_id,
                before=row.before,
                errors=[problem.as_json() for problem in (*row.problems, *row.warnings)],
                cells=_shown_cells(by_line[row.line]) if row.problems else [],
            )
            for row in sorted(written, key=lambda row: row.line)
        ]
    )
    counts = {
        str(status): sum(row.status == status for row in written)
        for status in (
            RowStatus.CREATED,
            RowStatus.UPDATED,
            RowStatus.UNCHANGED,
            RowStatus.REJECTED,
        )
    }
    changes = {name: F(name) + count for name, count in counts.items() if count}
    ImportRun.objects.filter(pk=run.pk).update(**changes)


def _shown_cells(row: Row) -> list[str]:
    return [f"{name}: {shown(value)}" for name, value in row.values.items() if value]


class _NotAll(Exception):
    """A row was refused although all or nothing was asked: the transaction is undone."""


def _write_all_or_nothing(run: ImportRun, keys: Keys) -> Iterator[Progress]:
    """Check all rows first; when all are good write them in one transaction."""
    bad = _bad_rows(run, keys)
    if not bad:
        try:
            with transaction.atomic():
                yield from _write_chunks(run, keys)
                bad = list(ImportRow.objects.filter(run=run, status=RowStatus.REJECTED))
                if bad:
                    raise _NotAll
        except _NotAll:
            pass
    if bad:
        _reject_all(run, keys, bad)


def _bad_rows(run: ImportRun, keys: Keys) -> list[ImportRow]:
    bad: list[ImportRow] = []
    for _chunk, answers in checked_chunks(run, keys):
        bad += [
            ImportRow(
                run=run,
                line=answer.line,
                status=RowStatus.REJECTED,
                errors=[problem.as_json() for problem in answer.problems],
            )
            for answer in answers
            if answer.status == RowStatus.REJECTED
        ]
    return bad


def checked_chunks(run: ImportRun, keys: Keys) -> Iterator[tuple[list[Row], list[Written]]]:
    """What writing would do, chunk by chunk, with nothing written."""
    writer = spec_for(run.kind).writer(run)
    rows = rows_of(run)
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        answers = [*_refused(chunk, keys), *writer.check(_writable(chunk, keys))]
        fates = {answer.line: answer for answer in answers}
        for row in chunk:
            if row.line in keys.repeats and row.line not in fates:
                first = fates.get(keys.repeats[row.line], Written(row.line, RowStatus.UNCHANGED))
                answers.append(_same_fate(row.line, first))
        yield chunk, answers


@transaction.atomic
def _reject_all(run: ImportRun, keys: Keys, bad: Sequence[ImportRow]) -> None:
    """The rows with errors are kept for the error file; all rows count as rejected."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.status != ImportStatus.RUNNING:
        return
    ImportRow.objects.filter(run=run).delete()
    ImportRow.objects.bulk_create(
        [ImportRow(run=run, line=row.line, status=row.status, errors=row.errors) for row in bad]
    )
    problem = Problem("rejected_all", params={"count": len(bad)})
    ImportRun.objects.filter(pk=run.pk).update(
        created=0, updated=0, unchanged=0, rejected=keys.rows, problem=problem.as_json()
    )


def finish(run: ImportRun) -> None:
    """Close the run once every row is accounted for."""
    ImportRun.objects.filter(
        pk=run.pk,
        status=ImportStatus.RUNNING,
        rows=F("created") + F("updated") + F("unchanged") + F("rejected"),
    ).update(status=ImportStatus.DONE, finished_at=timezone.now())
    run.refresh_from_db()
