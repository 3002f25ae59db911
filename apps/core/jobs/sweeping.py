"""The sweeper: jobs that nobody took or that lost their worker are woken again."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.core.jobs.queue import WAKE_AGAIN
from apps.core.models import Job
from apps.core.waking import RUN_JOB, wake

AT_ONCE = 500


def sweep_jobs() -> int:
    """Wake every job that is due and held by nobody; how many there were.

    A woken job is left alone for a minute, so a long queue does not fill with repeated calls. The
    lease of a running one stays expired: whoever comes first takes it over.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Job.objects.active().filter(lease_until__lte=now)
        waiting = due.filter(Q(run_after=None) | Q(run_after__lte=now))
        found = list(
            waiting.select_for_update(skip_locked=True)
            .order_by("lease_until")
            .values_list("pk", "status")[:AT_ONCE]
        )
        queued = [pk for pk, status in found if status == "queued"]
        Job.objects.filter(pk__in=queued).update(lease_until=now + WAKE_AGAIN)
    for pk, _ in found:
        wake(RUN_JOB, pk)
    return len(found)
