"""Doing a whole night: every part as soon as what it needs is there, in this process and in others.

The job of the night is the only one that must run. It offers the parts that may begin to other
workers as jobs and takes whatever part nobody else holds, so it never waits for a worker that is
not there: a part whose worker died is free again at once. Who helps goes on with what has become free
in the meantime. A statement that outlasts the lease does no
harm: whoever takes the job over waits for the step's row, which its first worker holds.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import LeaseLost, RunningJob, enqueue, job_handler
from apps.core.jobs.running import MAX_ATTEMPTS
from apps.core.scrubbing import told
from apps.kpis.actions.months import lock_months
from apps.kpis.actions.nights import JOB_KIND, fail_night, publish_night, start_due_night
from apps.kpis.choices import NightStatus
from apps.kpis.closing import closed_months, frozen_months
from apps.kpis.models import NightRun, NightStep
from apps.kpis.night.dirty import find_dirty, history_marks
from apps.kpis.night.late import book_late
from apps.kpis.night.steps import (
    free_parts,
    label_of,
    note_error,
    perform,
    plan_parts,
    unfinished_parts,
)

PART_KIND = "kpis.night_part"
SHORTEST_WAIT, LONGEST_WAIT = 0.002, 0.05
# How often the lease is renewed, between two parts or while another worker does the rest.
BEAT_SECONDS = 1.0

Beat = Callable[[int, int, str], None]


def do_night(
    run: NightRun, beat: Beat = lambda done, total, message: None, *, share: bool = False
) -> None:
    """Do what is left of the night and publish it; `beat` is called with its progress in parts.

    With `share` other workers may help.
    """
    if run.status != NightStatus.RUNNING:
        return
    prepare(run)
    total = plan_parts(run) + 1
    _do_parts(run, lambda done, label: beat(done, total, label), total - 1, share=share)
    beat(total - 1, total, str(_("Publishing")))
    publish_night(run)


@transaction.atomic
def prepare(run: NightRun) -> None:
    """Settle once what the run reads and counts anew; a resumed run keeps to it.

    Unless a month was closed or reopened while it had failed: then it begins again.
    """
    lock_months()
    held = NightRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if held.read_from and frozen_months(held) != closed_months():
        held.steps.all().delete()
        held.read_from = None
    if held.read_from is None:
        held.read_from, held.history_marks = timezone.now(), history_marks()
        held.frozen_months = sorted(month.isoformat() for month in closed_months())
        book_late(held)
        dirty = find_dirty(held)
        held.dirty_days = None if dirty.days is None else [day.isoformat() for day in dirty.days]
        held.save(update_fields=["read_from", "dirty_days", "history_marks", "frozen_months"])
    run.read_from, run.dirty_days = held.read_from, held.dirty_days
    run.frozen_months = held.frozen_months


def _do_parts(
    run: NightRun, beat: Callable[[int, str], None], planned: int, *, share: bool
) -> None:
    """Do every part that is free until all are done, by whomever.

    Who waits for another worker looks again soon at first: most parts of a quiet night are short.
    """
    offered: set[int] = set()
    told, wait = -math.inf, SHORTEST_WAIT
    while left := unfinished_parts(run):
        free = free_parts(left)
        if time.monotonic() - told >= BEAT_SECONDS:
            beat(planned - len(left), _labels(free))
            told = time.monotonic()
        if share:
            offered |= _offer(run, [row for row in free[1:] if row.pk not in offered])
        if any(perform(row) for row in free):
            wait = SHORTEST_WAIT
        else:
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _labels(free: list[NightStep]) -> str:
    """What is being done, in words; a step of many parts once."""
    return ", ".join(dict.fromkeys(label_of(row.code) for row in free))


def _offer(run: NightRun, rows: list[NightStep]) -> set[int]:
    for row in rows:
        enqueue(PART_KIND, key=f"night-part:{row.pk}", payload={"step": row.pk}, parent=run.job)
    return {row.pk for row in rows}


@job_handler(JOB_KIND, title=_("Nightly calculation"))
def run_night_job(job: RunningJob) -> None:
    run = NightRun.objects.select_related("job").get(pk=job.payload["run"])

    def beat(done: int, total: int, message: str) -> None:
        job.advance(done=done, total=total, message=message)

    try:
        do_night(run, beat, share=True)
    except LeaseLost:
        raise
    except Exception as failure:
        note_error(run, told(failure))
        if job.attempt >= MAX_ATTEMPTS or isinstance(failure, ValidationError):
            fail_night(run)
        raise
    start_due_night(timezone.now())


@job_handler(PART_KIND, title=_("Part of the nightly calculation"))
def run_part_job(job: RunningJob) -> None:
    """Do the part, then whatever else is free: what it has opened the way for need not be offered."""
    offered = NightStep.objects.filter(pk=job.payload["step"], run__status=NightStatus.RUNNING)
    row = offered.select_related("run").first()
    if row is not None and perform(row):
        help_with(row.run, job.advance)


def help_with(run: NightRun, beat: Callable[[], None] = lambda: None) -> bool:
    """Do parts of the run until none is free; whether there was any."""
    has_helped = False
    while NightRun.objects.running().filter(pk=run.pk).exists():
        if not any(perform(row) for row in free_parts(unfinished_parts(run))):
            break
        has_helped = True
        beat()
    return has_helped
