"""A worker's second process: does the parts of a night that the first one leaves free."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

READY = "ready"
PAUSE_SECONDS = 0.02


@contextmanager
def second_process() -> Iterator[None]:
    """Such a process beside ours, from the moment it is ready until the block ends."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.second"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == READY
        yield
    finally:
        process.terminate()
        process.wait()


def help_with_nights() -> None:
    """Do free parts of the running night's present steps, for ever."""
    from apps.kpis.choices import NightStatus  # the models are ready only now
    from apps.kpis.models import NightStep
    from apps.kpis.night.steps import perform

    NightStep.objects.exists()  # connects
    print(READY, flush=True)
    while True:
        open_parts = NightStep.objects.filter(run__status=NightStatus.RUNNING, finished_at=None)
        parts = list(open_parts.select_related("run").order_by("order", "pk"))
        present = [part for part in parts if part.order == parts[0].order and len(parts) > 1]
        if not any(perform(part) for part in present):
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    django.setup()
    help_with_nights()
