"""What an installation remembers in its state directory: secrets, and what runs now."""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from sales_mgmt.runtime.process import started_at
from sales_mgmt.runtime.step import StepFailed

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def state_directory() -> Path:
    """The same place as STATE_DIR of settings.py."""
    return Path(os.environ.get("STATE_DIR", BASE_DIR / "var")).absolute()


@dataclass
class Secrets:
    """Made once and kept: the key that signs sessions, and the servers' passwords."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    postgres_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    redis_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))


@dataclass
class Running:
    """The servers and processes that `up` started; `supervisor` names it by pid and start mark."""

    supervisor: tuple[int, str | None]
    postgres_port: int = 0
    redis_port: int = 0
    address: str = ""
    # Name of each child -> its pid and start mark.
    children: dict[str, tuple[int, str | None]] = field(default_factory=dict)

    def alive(self) -> bool:
        return is_same_process(*self.supervisor)


def is_same_process(pid: int, mark: str | None) -> bool:
    """Does the process still run that had this pid and start mark?"""
    return mark is not None and started_at(pid) == mark


def read_secrets(directory: Path) -> Secrets | None:
    values = read_private(directory / "secrets.json")
    return Secrets(**values) if values else None


def ensure_secrets(directory: Path) -> Secrets:
    known = read_secrets(directory)
    if known is None:
        known = Secrets()
        write_private(directory / "secrets.json", asdict(known))
    return known


def read_running(directory: Path) -> Running | None:
    values = read_private(directory / "running.json")
    return Running(**values) if values else None


def write_running(directory: Path, running: Running) -> None:
    write_private(directory / "running.json", asdict(running))


def read_private(path: Path) -> dict | None:
    """The content of a state file; None when it is absent, not ours or damaged."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, PermissionError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_private(path: Path, values: dict) -> None:
    """Write by rename, readable by the owner alone."""
    make_directory(path.parent)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file, indent=1)
    draft.replace(path)


def make_directory(directory: Path) -> None:
    """The state directory; the servers' account must be able to pass through it."""
    try:
        if not directory.exists():
            directory.mkdir(parents=True)
            directory.chmod(0o755)
    except PermissionError as error:
        raise StepFailed(
            f"{directory} cannot be made", "give the directory to yourself, or set STATE_DIR"
        ) from error


def hold_lock(directory: Path) -> IO[str] | None:
    """The lock of a running `up`, held while the file is open; None when another holds it."""
    make_directory(directory)
    file = (directory / "up.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
