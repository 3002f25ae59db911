"""Doing a whole night: step after step, in this process and, for shared steps, in others.

The job of the night is the only one that must run. It offers the parts of a shared step to other
workers as jobs and takes whatever part nobody else holds, so it never waits for a worker that is
not there: a part whose worker died is free again at once. A statement that outlasts the lease does no
harm: whoever takes the job over waits for the step's row, which its first worker holds.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial

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
from apps.kpis.night.steps import note_error, perform, plan_parts, steps_by_order

PART_KIND = "kpis.night_part"
SHORTEST_WAIT, LONGEST_WAIT = 0.002, 0.05
# How often the lease is renewed while another worker does the rest of a step.
BEAT_SECONDS = 1.0

Beat = Callable[[int, int, str], None]


def do_night(
    run: NightRun, beat: Beat = lambda done, total, message: None, *, share: bool = False
) -> None:
    """Do what is left of the night and publish it; `beat` is called before each step.

    With `share` other workers may help with the parts of a step.
    """
    if run.status != NightStatus.RUNNING:
        return
    prepare(run)
    groups, parts = steps_by_order(), plan_parts(run)
    for done, group in enumerate(groups):
        label = ", ".join(str(step.label) for step in group)
        beat(done, len(groups) + 1, label)
        rows = [row for step in group for row in parts[step.code]]
        if share and len(rows) > 1:
            _offer(run, rows)
        _do_parts(rows, partial(beat, done, len(groups) + 1, label))
    beat(len(groups), len(groups) + 1, str(_("Publishing")))
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


def _offer(run: NightRun, rows: list[NightStep]) -> None:
    for row in rows[1:]:
        if row.finished_at is None:
            enqueue(PART_KIND, key=f"night-part:{row.pk}", payload={"step": row.pk}, parent=run.job)


def _do_parts(rows: list[NightStep], beat: Callable[[], None]) -> None:
    """Do every part that is free until all are done, by whomever; the longest stand first.

    Who waits for the other worker looks again soon at first: most parts of a quiet night are short.
    """
    parts = NightStep.objects.filter(pk__in=[row.pk for row in rows])
    told, wait = -math.inf, SHORTEST_WAIT
    while left := list(parts.filter(finished_at=None).order_by("pk")):
        if time.monotonic() - told >= BEAT_SECONDS:
            beat()
            told = time.monotonic()
        if any(perform(row) for row in left):
            wait = SHORTEST_WAIT
        else:
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


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
    row = NightStep.objects.filter(pk=job.payload["step"], run__status=NightStatus.RUNNING).first()
    if row is not None:
        perform(row)
