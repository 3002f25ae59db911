"""Starting, doing, publishing and giving up a night."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.calendars import company_zone
from apps.core.choices import JobStatus
from apps.core.jobs import enqueue
from apps.core.models import Company
from apps.kpis.choices import NightStatus
from apps.kpis.models import NightRun

JOB_KIND = "kpis.night"
# A longer gap is not caught up day by day: the last days are, the facts are whole all the same.
CATCH_UP_DAYS = 31
# First half of the key of the lock that a run by hand holds.
NIGHT_LOCK = 7101
# After a night that failed the clock leaves it alone for so long; people may start it at once.
REST_AFTER_FAILURE = timedelta(hours=1)


def last_due_day(now: datetime) -> date:
    """The business day whose night has begun: yesterday once the company's hour has come."""
    local = now.astimezone(company_zone())
    # A company that is not set up yet has the default as text.
    begins_at = time.fromisoformat(str(Company.current().night_starts_at))
    has_begun = local.time() >= begins_at
    return local.date() - timedelta(days=1 if has_begun else 2)


def missed_days(now: datetime) -> list[date]:
    """Days that wait for their night, the oldest first; before the first night, the last one."""
    last = last_due_day(now)
    newest = NightRun.objects.published().aggregate(day=Max("day"))["day"]
    if newest is None:
        return [last]
    count = min((last - newest).days, CATCH_UP_DAYS)
    return [last - timedelta(days=shift) for shift in reversed(range(count))]


def start_night(
    *, day: date, by: Any = None, rebuild: bool = False, in_background: bool = True
) -> NightRun:
    """Begin the night of `day`, by a job unless the caller does it himself.

    Raises ValidationError "already_running" while another night runs, "too_early" for a day that
    is not over, "too_late" for one before the night that people see.
    """
    check_day(day)
    close_dead_runs()
    try:
        with transaction.atomic():
            run = NightRun.objects.create(day=day, author=by, is_rebuild=rebuild)
            if in_background:
                give_to_workers(run, by=by)
    except IntegrityError:
        raise ValidationError(
            _("A calculation is already running."), code="already_running"
        ) from None
    return run


def give_to_workers(run: NightRun, *, by: Any) -> None:
    run.job = enqueue(JOB_KIND, key=f"night:{run.pk}", payload={"run": run.pk}, author=by)
    run.save(update_fields=["job"])


def check_day(day: date) -> None:
    if day >= timezone.now().astimezone(company_zone()).date():
        raise ValidationError(_("This day is not over yet."), code="too_early")
    current = NightRun.objects.current()
    if current and day < current.day:
        raise ValidationError(_("A later day has been calculated already."), code="too_late")


def start_due_night(now: datetime) -> NightRun | None:
    """Begin the night of the oldest missed day, unless a night runs or one has just failed."""
    close_dead_runs()
    days = missed_days(now)
    recently = NightRun.objects.filter(
        status=NightStatus.FAILED, finished_at__gt=now - REST_AFTER_FAILURE
    )
    if not days or NightRun.objects.running().exists() or recently.filter(day=days[0]).exists():
        return None
    try:
        return start_night(day=days[0])
    except ValidationError as refusal:
        if refusal.code != "already_running":
            raise
        return None


def close_dead_runs() -> None:
    """Give up runs whose job was given up, or whose process by hand is gone."""
    for run in NightRun.objects.running().select_related("job"):
        if _is_dead(run):
            fail_night(run)


def _is_dead(run: NightRun) -> bool:
    if run.job is not None:
        return run.job.status not in (JobStatus.QUEUED, JobStatus.RUNNING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [NIGHT_LOCK, run.pk])
        is_free = cursor.fetchone()[0]
        if is_free:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [NIGHT_LOCK, run.pk])
    return is_free


@contextmanager
def held_by_hand(run: NightRun) -> Iterator[None]:
    """Mark the run as alive while this process does it without a job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [NIGHT_LOCK, run.pk])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [NIGHT_LOCK, run.pk])


def fail_night(run: NightRun) -> None:
    NightRun.objects.running().filter(pk=run.pk).update(
        status=NightStatus.FAILED, finished_at=timezone.now()
    )


@transaction.atomic
def publish_night(run: NightRun) -> None:
    """Show the run's snapshots to everyone, all at once; a repeat changes nothing.

    Raises ValidationError "unfinished" while a step is open.
    """
    run = NightRun.objects.select_for_update().get(pk=run.pk)
    if run.published_at:
        return
    if run.steps.filter(finished_at=None).exists():
        raise ValidationError(_("The night has unfinished steps."), code="unfinished")
    now = timezone.now()
    NightRun.objects.filter(is_current=True).update(is_current=False)
    run.status, run.is_current = NightStatus.DONE, True
    run.published_at = run.finished_at = now
    run.save(update_fields=["status", "is_current", "published_at", "finished_at"])


def retry_night(run: NightRun, *, by: Any) -> NightRun:
    """Go on with a failed run from its first unfinished step.

    Raises ValidationError "not_failed", "already_running".
    """
    close_dead_runs()
    try:
        with transaction.atomic():
            run = NightRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if run.status != NightStatus.FAILED:
                raise ValidationError(_("This calculation has not failed."), code="not_failed")
            check_day(run.day)
            run.status, run.finished_at = NightStatus.RUNNING, None
            run.job = enqueue(JOB_KIND, key=f"night:{run.pk}", payload={"run": run.pk}, author=by)
            run.save(update_fields=["status", "finished_at", "job"])
    except IntegrityError:
        raise ValidationError(
            _("A calculation is already running."), code="already_running"
        ) from None
    return run
