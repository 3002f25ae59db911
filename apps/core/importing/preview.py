"""What an import would do: counts, errors by cell, names to match, likely duplicates."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.choices import ImportStatus, RowStatus
from apps.core.importing import engine, runs
from apps.core.importing.problems import Problem
from apps.core.importing.specs import CleanRow, Written, spec_for
from apps.core.models import ImportRun

SHOWN_ROWS = 20
SHOWN_GROUPS = 50
SHOWN_VALUES = 100


class Preview:
    """Collects the answers of the writer; `as_json` is what the page shows."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.bad: list[dict[str, Any]] = []
        self.unknown: dict[str, dict[str, dict[str, Any]]] = {}

    def add(self, answer: Written) -> None:
        self.counts[answer.status] += 1
        self.codes.update(problem.code for problem in answer.problems)
        self.warnings.update(warning.code for warning in answer.warnings)
        for problem in answer.problems:
            self._note_unknown(problem)
        if answer.problems and len(self.bad) < SHOWN_ROWS:
            errors = [problem.as_json() for problem in answer.problems]
            self.bad.append({"line": answer.line, "errors": errors})

    def _note_unknown(self, problem: Problem) -> None:
        """A name that is nowhere: the user may say what was meant."""
        if not problem.code.startswith("unknown_") or not problem.value:
            return
        values = self.unknown.setdefault(problem.column, {})
        if problem.value in values:
            values[problem.value]["rows"] += 1
        elif len(values) < SHOWN_VALUES:
            nearest = problem.params.get("nearest", "")
            values[problem.value] = {"rows": 1, "nearest": nearest}

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": sum(self.counts.values()),
            "counts": dict(self.counts),
            "codes": dict(self.codes.most_common()),
            "warnings": dict(self.warnings.most_common()),
            "bad": sorted(self.bad, key=lambda row: row["line"]),
            "unknown": self.unknown,
        }


def check(run: ImportRun) -> dict[str, Any]:
    """Read every row as the import would, write nothing, keep and return what was found."""
    for _progress in check_steps(run):
        pass
    return run.preview


def check_steps(run: ImportRun) -> Iterator[engine.Progress]:
    """The same check, yielding (rows done, rows) on the way."""
    if run.status not in (ImportStatus.MAPPED, ImportStatus.CHECKED):
        raise ValidationError(_("Choose the columns first."), code="not_mapped")
    spec, preview, done = spec_for(run.kind), Preview(), 0
    keys = engine.read_keys(run)
    for chunk, answers in engine.checked_chunks(run, keys):
        for answer in answers:
            preview.add(answer)
        done += len(chunk)
        yield done, keys.rows
    clean = (row for row in engine.rows_of(run) if isinstance(row, CleanRow))
    groups = spec.duplicates(run, clean) if spec.finds_duplicates else []
    found = preview.as_json() | {
        "duplicates": [group.as_json() for group in groups[:SHOWN_GROUPS]],
        "duplicate_groups": len(groups),
        "names": spec.known_names(run, list(preview.unknown)),
    }
    _keep(run, found)


@transaction.atomic
def _keep(run: ImportRun, found: dict[str, Any]) -> None:
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    runs.check_not_started(locked)
    locked.preview, locked.status = found, ImportStatus.CHECKED
    locked.rows = found["rows"]
    locked.save(update_fields=["preview", "status", "rows"])
    run.refresh_from_db()


def good_rows(preview: dict[str, Any]) -> int:
    return preview["rows"] - preview["counts"].get(str(RowStatus.REJECTED), 0)
