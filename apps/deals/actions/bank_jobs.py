"""Booking a long bank statement in the background, with progress."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import RunningJob, job_handler
from apps.core.models import Job
from apps.deals.actions.bank import book_sure
from apps.deals.models import BankStatement

KIND = "bank-statement"


def page_of(job: Job) -> str:
    return reverse("deals:bank_statement", args=[job.payload["pk"]])


@job_handler(KIND, title=_("Booking a bank statement"), url=page_of)
def book_statement_job(job: RunningJob) -> None:
    """Booked payments stay booked, so an attempt after a kill goes on with the rest."""
    statement = BankStatement.objects.get(pk=job.payload["pk"])
    author = Job.objects.select_related("author").get(pk=job.pk).author
    if author is not None:
        book_sure(statement, by=author, told=lambda ready, of: job.advance(done=ready, total=of))
