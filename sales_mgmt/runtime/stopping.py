"""Being asked to stop: noticed once, wherever the main thread is, and never forgotten."""

import signal
from dataclasses import dataclass
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop; not an error."""


@dataclass
class StopRequest:
    """The handler of the stop signals: raises Stopped at the first of them, wherever it arrives.

    Python drops what is raised while it clears up an object (in a weak reference, in `__del__`). So the
    request is remembered as well, and `check` raises where the work comes past.
    """

    was_made: bool = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        # Further impatience must not leave the stop half done.
        if not self.was_made:
            self.was_made = True
            raise Stopped

    def check(self) -> None:
        if self.was_made:
            raise Stopped


STOP = StopRequest()


def stop_on_signals() -> None:
    """From now on a stop signal raises Stopped."""
    for number in STOP_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, STOP)


def ignore_stop_signals() -> None:
    """The stop has begun."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
