"""Work that outlives a request. The row of the job is the truth; Celery merely wakes it up.

    @job_handler("import", title=_("Import"))
    def run_import(job: RunningJob) -> None:
        for chunk in chunks_from(job.result.get("next", 0)):
            with transaction.atomic():
                ...
                job.result["next"] = chunk.end
                job.advance(done=chunk.end)

    enqueue("import", key=f"import:{run.pk}", payload={"run": run.pk}, author=request.user)

A handler may be run again at any time, by another worker: it continues from `job.result`, and what
it writes twice must be the same. `advance` inside the chunk's transaction keeps both in step. Rooms
import their handlers in AppConfig.ready.
"""

from apps.core.jobs.queue import enqueue
from apps.core.jobs.registry import (
    children_handler,
    job_handler,
    job_title,
    result_url,
)
from apps.core.jobs.running import JobFailed, LeaseLost, RunningJob, run_job
from apps.core.jobs.sweeping import sweep_jobs

__all__ = [
    "JobFailed",
    "LeaseLost",
    "RunningJob",
    "children_handler",
    "enqueue",
    "job_handler",
    "job_title",
    "result_url",
    "run_job",
    "sweep_jobs",
]
