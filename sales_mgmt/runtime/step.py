"""A step of the set-up: one line that says what it does and how long it took."""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from sales_mgmt.runtime.stopping import STOP


class StepFailed(Exception):
    """A step did not succeed: what failed, and what the reader can do about it."""

    def __init__(self, what: str, remedy: str, details: str = "") -> None:
        super().__init__(what)
        self.what, self.remedy, self.details = what, remedy, details

    def __str__(self) -> str:
        lines = [f"{self.what}.", f"What to do: {self.remedy}."]
        return "\n".join([*lines, self.details] if self.details else lines)


class Note:
    """What a running step wants to add to its line."""

    text = ""

    def say(self, text: str) -> None:
        self.text = f" ({text})"


@contextmanager
def step(title: str) -> Iterator[Note]:
    """Print `title`, then how the step ended and after how many seconds.

    Between two steps a stop that somebody asked for is noticed at the latest.
    """
    STOP.check()
    begun, note = time.monotonic(), Note()
    print(f"  {title} … ", end="", flush=True)
    try:
        yield note
    except Exception as error:
        print(f"failed after {time.monotonic() - begun:.1f} s", flush=True)
        if isinstance(error, StepFailed):
            raise
        # Nobody foresaw this one: the trace is the best that can be said.
        remedy = "read the lines below; the same command may be run again safely"
        raise StepFailed(f"{title}: {error}", remedy, traceback.format_exc(limit=-6)) from error
    print(f"{time.monotonic() - begun:.1f} s{note.text}", flush=True)
    STOP.check()
