"""One child process: it dies with us, and its whole group can be stopped."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sales_mgmt.runtime.account import Account

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 10 * 1024 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """What a child runs before exec, so that the kernel signals it when the parent is gone.

    Only for children started from the main thread: the kernel watches the starting thread.
    """
    parent = os.getpid()

    def ask_kernel() -> None:
        # A shell starts background jobs deaf to SIGINT; a child must hear what asks it to stop.
        for asking in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asking, signal.SIG_DFL)
        _libc.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_kernel


@dataclass
class Child:
    """A named process with a log file and a way to stop it.

    `stop_signal` asks for an orderly end, `patience_seconds` is how long it may take.
    """

    name: str
    command: Sequence[str]
    log_path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    patience_seconds: float = 10
    account: Account | None = None
    directory: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with open_log(self.log_path) as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                env={**os.environ, **self.environment},
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_signal),
                **(self.account.popen_arguments() if self.account else {}),
            )

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def ask_to_stop(self) -> None:
        if self.alive() and self.process:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask, wait, and at last kill whatever the group still holds."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.patience_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        finally:
            kill_group(self.process.pid)

    def last_lines(self, count: int = 15) -> str:
        """The end of the log, for a message about a failed start."""
        if not self.log_path.exists():
            return ""
        text = self.log_path.read_bytes()[-8192:].decode("utf-8", "replace")
        return "\n".join(text.splitlines()[-count:])


def open_log(path: Path) -> IO[bytes]:
    """The log, appended to; one that grew large is set aside first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".old"))
    return path.open("ab")


def kill_group(pid: int) -> None:
    """End what a leader left behind in its group (it leads a session of its own)."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def started_at(pid: int) -> str | None:
    """The kernel's start mark of a process: with the pid it names one process for ever."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def wait_until(condition: Callable[[], object], seconds: float, pause: float = 0.05) -> bool:
    """Does `condition` come true within `seconds`?"""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
