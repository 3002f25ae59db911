"""The steps of a night, what each waits for, and doing one of them exactly once.

A step's rows and its end are written in one transaction, under a lock of its own row: a kill leaves
nothing of it, a second worker finds it taken or done. Higher rooms add their steps and their parts
of the payload in AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.core.models import Company
from apps.core.nightly import offered_steps
from apps.kpis.models import NightRun, NightStep

Run = Callable[[NightRun, str], int]
Parts = Callable[[NightRun], list[str]]


@dataclass(frozen=True)
class Step:
    """`run(night, part)` does the work and returns the number of rows; `label` is for people.

    Its parts are done side by side, as soon as the steps named in `after` have ended; of those that
    may begin, the ones of the lowest `order` are taken first. What a step needs has a lower order.
    """

    code: str
    order: int
    label: Any
    run: Run
    parts: Parts | None = None
    after: tuple[str, ...] = ()


_steps: dict[str, Step] = {}


def add_step(step: Step) -> None:
    """Let every night do `step`; one of the same code replaces it."""
    _steps[step.code] = step


def all_steps() -> list[Step]:
    return sorted(_steps.values(), key=lambda step: step.order)


def all_records() -> tuple[str, ...]:
    """Codes of the steps that write what metrics are read from: ours, and all of lower rooms."""
    return ("facts", "balances", *(step.code for step in offered_steps()))


def label_of(code: str) -> str:
    return str(_steps[code].label) if code in _steps else code


def plan_parts(run: NightRun) -> int:
    """Write the rows of all steps, once a run, together: parts come from records alone. How many."""
    known = set(run.steps.values_list("code", flat=True))
    NightStep.objects.bulk_create(
        [
            NightStep(run=run, code=step.code, order=step.order, part=part)
            for step in all_steps()
            if step.code not in known
            for part in (step.parts(run) if step.parts else [""])
        ],
        ignore_conflicts=True,
    )
    return run.steps.count()


def unfinished_parts(run: NightRun) -> list[NightStep]:
    """What nobody has ended yet, in the order in which it is taken."""
    return list(run.steps.filter(finished_at=None).order_by("order", "pk"))


def free_parts(left: list[NightStep]) -> list[NightStep]:
    """Of the unfinished parts of a run those that wait for no other."""
    waiting = {row.code for row in left}
    return [row for row in left if waiting.isdisjoint(needs_of(row.code))]


def needs_of(code: str) -> tuple[str, ...]:
    """Codes of the steps that stand before it; a step that a room has given up needs none."""
    return _steps[code].after if code in _steps else ()


def perform(row: NightStep) -> bool:
    """Do the part, if it is neither done nor in another worker's hands."""
    if not _begin(row):
        return False
    with transaction.atomic():
        held = _held(row)
        if held is None:
            return False
        with Company.kept():
            held.rows = _steps[held.code].run(held.run, held.part)
        held.finished_at, held.error = timezone.now(), ""
        held.save(update_fields=["rows", "finished_at", "error"])
    return True


@transaction.atomic
def _begin(row: NightStep) -> bool:
    """Note the attempt, apart from the work: the page of runs shows what is going on."""
    if _held(row) is None:
        return False
    now = timezone.now()
    NightStep.objects.filter(pk=row.pk).update(
        attempts=F("attempts") + 1, started_at=Coalesce("started_at", now)
    )
    return True


def _held(row: NightStep) -> NightStep | None:
    free = NightStep.objects.select_for_update(skip_locked=True, of=("self",))
    return free.filter(pk=row.pk, finished_at=None).select_related("run").first()


def last_read(code: str, *, before: NightRun) -> datetime | None:
    """When the step `code` read its records last, by whichever run but this one."""
    steps = NightStep.objects.filter(code=code, finished_at__isnull=False).exclude(run=before)
    newest = steps.order_by("-finished_at").select_related("run").first()
    return newest.run.read_from if newest else None


def note_error(run: NightRun, error: str) -> None:
    """Show why the step that is under way failed."""
    NightStep.objects.filter(run=run, started_at__isnull=False, finished_at=None).update(
        error=error
    )
