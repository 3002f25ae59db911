"""From a checked file to work in the background: start, go on after a stop, take back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.choices import ImportStatus, JobStatus
from apps.core.importing import engine, preview, runs, undo
from apps.core.importing.problems import Problem
from apps.core.jobs import JobFailed, RunningJob, enqueue, job_handler
from apps.core.models import ImportRun, Job
from apps.core.notifying import notify, register_kind

CHECK, WRITE, UNDO = "import_check", "import_write", "import_undo"

register_kind("import_done", gettext_lazy("An import is finished"))


@transaction.atomic
def request_check(run: ImportRun, policy: dict[str, Any]) -> Job:
    """Check the file in the background by the chosen rules."""
    runs.choose_policy(run, policy)
    if run.status not in (ImportStatus.MAPPED, ImportStatus.CHECKED):
        raise ValidationError(_("Choose the columns first."), code="not_mapped")
    job = enqueue(CHECK, key=f"import:{run.pk}:check", payload={"run": run.pk}, author=run.author)
    ImportRun.objects.filter(pk=run.pk).update(job=job, status=ImportStatus.MAPPED, preview={})
    run.refresh_from_db()
    return job


@transaction.atomic
def start(run: ImportRun) -> ImportRun:
    """Begin to write; the run that does it is returned.

    While the same person's import of the same file is being written, that one is returned and this
    one points at it. Raises ValidationError "not_mapped" or "already_started".
    """
    _one_start_at_a_time(run.file_hash)
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    runs.check_permission(run.kind, run.author)
    runs.check_not_started(run)
    if run.status not in (ImportStatus.MAPPED, ImportStatus.CHECKED):
        raise ValidationError(_("Choose the columns first."), code="not_mapped")
    if twin := _running_twin(run):
        run.status = ImportStatus.REFUSED
        run.problem = Problem("same_file", params={"run": twin.pk}).as_json()
        run.save(update_fields=["status", "problem"])
        return twin
    run.policy = runs.with_defaults(runs.spec_for(run.kind), run.policy)
    run.status = ImportStatus.RUNNING
    run.job = _enqueue_write(run)
    run.save(update_fields=["status", "job", "policy"])
    return run


def _one_start_at_a_time(file_hash: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"file:{file_hash}"])


def _running_twin(run: ImportRun) -> ImportRun | None:
    same = ImportRun.objects.filter(
        kind=run.kind, file_hash=run.file_hash, author=run.author, status=ImportStatus.RUNNING
    )
    return same.exclude(pk=run.pk).first()


def _enqueue_write(run: ImportRun) -> Job:
    return enqueue(WRITE, key=f"import:{run.pk}", payload={"run": run.pk}, author=run.author)


def is_stopped(run: ImportRun) -> bool:
    """Did the work end in the middle, so that someone has to start it again?"""
    busy = run.status == ImportStatus.RUNNING or (
        run.status == ImportStatus.UNDONE and run.undone_at is None
    )
    return busy and run.job is not None and run.job.status == JobStatus.FAILED


@transaction.atomic
def resume(run: ImportRun) -> ImportRun:
    """Go on with an import or its undo that stopped. Raises ValidationError "not_stopped"."""
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if not is_stopped(run):
        raise ValidationError(_("This import has not stopped."), code="not_stopped")
    undoing = run.status == ImportStatus.UNDONE
    run.job = _enqueue_undo(run) if undoing else _enqueue_write(run)
    run.save(update_fields=["job"])
    return run


@transaction.atomic
def request_undo(run: ImportRun) -> ImportRun:
    """Take the import back in the background. Raises ValidationError "not_done"."""
    run = undo.begin_undo(run)
    run.job = _enqueue_undo(run)
    run.save(update_fields=["job"])
    return run


def _enqueue_undo(run: ImportRun) -> Job:
    return enqueue(UNDO, key=f"import:{run.pk}:undo", payload={"run": run.pk}, author=run.author)


def page_of(job: Job) -> str:
    return reverse("core:import", args=[job.payload["run"]])


def _run_of(job: RunningJob) -> ImportRun:
    run = ImportRun.objects.select_related("author", "source").get(pk=job.payload["run"])
    if not run.author.is_active:
        raise JobFailed(_("The person who started the import no longer works here."))
    return run


@job_handler(CHECK, title=gettext_lazy("Check of an import file"), url=page_of)
def check_handler(job: RunningJob) -> None:
    run = _run_of(job)
    for done, total in preview.check_steps(run):
        job.advance(done=done, total=total)


@job_handler(WRITE, title=gettext_lazy("Import"), url=page_of)
def write_handler(job: RunningJob) -> None:
    run = _run_of(job)
    for done, total in engine.import_run(run):
        job.advance(done=done, total=total)
    if run.status == ImportStatus.DONE:
        _tell(run)


@job_handler(UNDO, title=gettext_lazy("Undo of an import"), url=page_of)
def undo_handler(job: RunningJob) -> None:
    for done, total in undo.undo_run(_run_of(job)):
        job.advance(done=done, total=total)


def _tell(run: ImportRun) -> None:
    counts = gettext_lazy("Created %(created)s, updated %(updated)s, rejected %(rejected)s.")
    notify(
        [run.author],
        kind="import_done",
        title=format_lazy("{}: {}", gettext_lazy("Import finished"), run.file_name),
        body=counts % {"created": run.created, "updated": run.updated, "rejected": run.rejected},
        url=reverse("core:import", args=[run.pk]),
        dedupe_key=f"import:{run.pk}:done",
    )
