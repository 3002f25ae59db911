"""The segmentation that the head starts, with its progress."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import RunningJob, job_handler
from apps.portfolio.actions.segments import JOB_KIND, publish_levels, segment_base
from apps.portfolio.actions.service import count_service
from apps.portfolio.models import SegmentRun

STAGES = {
    "reading": _("Reading the sales"),
    "counting": _("Counting the classes"),
    "keeping": _("Keeping the result"),
}


@job_handler(
    JOB_KIND, title=_("Segmentation of clients"), url=lambda job: reverse("portfolio:segments")
)
def run_segmentation(job: RunningJob) -> None:
    """After a kill a kept run is not counted again; its levels go on behind the last one written."""
    day = date.fromisoformat(job.payload["day"])
    run = SegmentRun.objects.filter(pk=job.result.get("run", 0)).first()
    if run is None:
        run = segment_base(
            day=day,
            by=job.author,
            beat=lambda done, total, stage: job.advance(done=done, message=str(STAGES[stage])),
        )
        job.result["run"] = run.pk
    job.advance(message=str(_("Writing the levels")))

    def beat(last: int, _done: int) -> None:
        job.result["after"] = last
        job.advance()

    publish_levels(run, after=job.result.get("after", 0), beat=beat)
    count_service(day)
