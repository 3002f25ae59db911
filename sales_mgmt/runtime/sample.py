"""What the first start leaves: the sample department with its night, or one administrator."""

import io
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from apps.core.calendars import company_today
from apps.core.health import last_night
from apps.dashboard.sample.closed_months import close_history
from sales_mgmt.runtime.step import step

LOG_INS = "log-ins.txt"
SAMPLE_HEAD = "head@example.com"
FIRST_ADMIN = "admin@localhost"


def ensure_people(directory: Path, with_sample: bool) -> None:
    """Put somebody into an empty database and remember the log-ins that were invented."""
    if get_user_model().objects.exists():
        return
    password = secrets.token_urlsafe(12)
    if with_sample:
        with step("Loading the sample department"):
            # Written down first: a start that is cut off now must not lock everybody out.
            remember(directory, f"Log in as {SAMPLE_HEAD} with the password {password}")
            remember(directory, log_ins_of(printed_by("make_department", password=password)))
    else:
        with step("Making the first administrator"):
            remember(directory, f"Log in as {FIRST_ADMIN} with the password {password}")
            printed_by("create_first_admin", email=FIRST_ADMIN, password=password)


def ensure_night() -> None:
    """Calculate the first night, so that the first page has figures; the clock does the rest."""
    if last_night() is not None:
        return
    with step("Calculating the first night") as note:
        try:
            call_command("run_night", inline=True, stdout=io.StringIO())
            close_history(company_today())
        except (CommandError, ValidationError) as refusal:
            note.say(f"left to the clock: {refusal}")


def printed_by(command: str, **options: str) -> str:
    output = io.StringIO()
    call_command(command, stdout=output, **options)
    return output.getvalue()


def log_ins_of(said: str) -> str:
    """What the generator says from its list of log-ins on."""
    return said[max(said.find("Log-ins"), 0) :]


def remember(directory: Path, log_ins: str) -> None:
    """Keep invented passwords where only the owner reads them, to print them at each start."""
    path = directory / LOG_INS
    path.touch(mode=0o600)
    path.write_text(log_ins)


def first_words(directory: Path, address: str) -> str:
    """Where to go and how to get in."""
    lines = [f"\nReady: {address}"]
    known = directory / LOG_INS
    if known.exists():
        lines.append(known.read_text().rstrip())
    lines.append("Ctrl-C stops everything; `python3 manage.py status` tells what runs.")
    return "\n".join(lines)
