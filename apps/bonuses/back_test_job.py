"""The back-test in the background: a kill loses the month under way, no more."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.bonuses.actions.back_tests import JOB_KIND, run_back_test
from apps.bonuses.models import BackTest
from apps.core.jobs import RunningJob, job_handler


@job_handler(
    JOB_KIND,
    title=_("What the bonus scheme would have cost"),
    url=lambda job: reverse("bonuses:back_test", args=[job.payload["test"]]),
)
def count_back_test(job: RunningJob) -> None:
    test = BackTest.objects.select_related("version").get(pk=job.payload["test"])

    def beat(done: int, total: int, rows: list[dict[str, Any]]) -> None:
        job.result["rows"] = rows
        job.advance(done=done, total=total, message=str(_("Counting the months")))

    run_back_test(test, rows=list(job.result.get("rows", [])), beat=beat)
