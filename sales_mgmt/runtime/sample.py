"""The sample department, its first night, and the words that end a start."""

import io
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands

from sales_mgmt.runtime.step import step

LOG_INS = "log-ins.txt"


def ensure_sample(directory: Path) -> None:
    """Load the sample department into an empty database; remember its log-ins."""
    if "make_department" not in get_commands() or get_user_model().objects.exists():
        return
    with step("Loading the sample department"):
        printed = io.StringIO()
        call_command("make_department", stdout=printed)
        path = directory / LOG_INS
        path.touch(mode=0o600)
        path.write_text(printed.getvalue())


def ensure_night() -> None:
    """Compute the first night."""


def first_words(directory: Path, address: str) -> str:
    """Where to go and how to get in."""
    lines = [f"\nReady: {address}"]
    known = directory / LOG_INS
    if known.exists():
        lines.append(known.read_text().rstrip())
    lines.append("Ctrl-C stops everything; `python3 manage.py status` tells what runs.")
    return "\n".join(lines)
