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
    """Do what is free of the running night, for ever."""
    from apps.kpis.models import NightRun  # the models are ready only now
    from apps.kpis.night.chain import help_with

    NightRun.objects.exists()  # connects
    print(READY, flush=True)
    while True:
        if not any(help_with(run) for run in NightRun.objects.running()):
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    django.setup()
    help_with_nights()
