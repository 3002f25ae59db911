"""A program that is run to its end during the set-up."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from sales_mgmt.runtime.process import die_with_parent, kill_group
from sales_mgmt.runtime.step import StepFailed


def run_tool(
    command: Sequence[str],
    *,
    what: str,
    remedy: str,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run `command` quietly and return its output; its whole group ends when we are stopped.

    Raises StepFailed with `what`, `remedy` and the end of the output.
    """
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **(environment or {})},
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        kill_group(process.pid)
        raise
    if process.returncode:
        raise StepFailed(what, remedy, output[-2000:])
    return output
