"""Counting a proposal, and applying a large one, with progress."""

from decimal import Decimal
from itertools import count

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.jobs import JobFailed, RunningJob, job_handler
from apps.core.models import Job
from apps.portfolio.actions.applying import APPLY_KIND, apply_distribution
from apps.portfolio.actions.distribution import JOB_KIND, propose
from apps.portfolio.calculations.prices import WIDTHS
from apps.portfolio.choices import DistributionState
from apps.portfolio.models import Distribution

STAGES = {
    "reading": gettext_lazy("Reading the base and the load"),
    "solving": gettext_lazy("Dividing the clients"),
}
# The reading, the widths of the prices, two steps of the division; fewer moves take some more.
STEPS = 1 + len(WIDTHS) + 2


def page_of(job: Job) -> str:
    return reverse("portfolio:distribution", args=[job.payload["distribution"]])


def subject_of(job: RunningJob) -> Distribution:
    found = Distribution.objects.filter(pk=job.payload["distribution"]).first()
    if found is None:
        raise JobFailed(_("The distribution is gone."))
    return found


@job_handler(JOB_KIND, title=gettext_lazy("Distribution of clients is being counted"), url=page_of)
def run_proposal(job: RunningJob) -> None:
    """Counted anew after a kill: the base is the same, so is the proposal."""
    done = count()

    def beat(stage: str) -> None:
        job.advance(done=min(next(done), STEPS), total=STEPS, message=str(STAGES[stage]))

    asked = subject_of(job)
    if asked.state == DistributionState.COUNTING:
        propose(asked, beat=beat)


@job_handler(
    APPLY_KIND, title=gettext_lazy("Distribution of clients is being applied"), url=page_of
)
def run_application(job: RunningJob) -> None:
    """One transaction: after a kill nothing of it was written, or all, and then nothing is done."""
    said = job.payload
    job.advance(message=_("Writing the new owners"))
    apply_distribution(
        subject_of(job),
        by=job.author,
        with_deals=said["with_deals"],
        expected_change=Decimal(said["expected_change"]) if said["expected_change"] else None,
        until=parse_date(said["until"]) if said["until"] else None,
        note=said["note"],
    )
