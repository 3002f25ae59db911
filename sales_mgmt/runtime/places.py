"""Where the embedded servers keep their data."""

import hashlib
import os
from pathlib import Path

from sales_mgmt.runtime.account import Account
from sales_mgmt.runtime.environment import embedded
from sales_mgmt.runtime.step import StepFailed

SYSTEM_PLACES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - kept over a reboot, unlike /tmp


def data_place(directory: Path, account: Account) -> Path:
    """`directory` itself, or a system place when the servers' account cannot get there.

    So it is when root runs the product inside his own closed home: the servers run as another
    account, and nobody's permissions are widened for them.
    """
    if account.can_reach(directory / "anything"):
        return directory
    name = "sales-mgmt-" + hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    for parent in SYSTEM_PLACES:
        if os.access(parent, os.W_OK) and account.can_reach(parent / name):
            place = parent / name
            place.mkdir(mode=0o711, exist_ok=True)
            return place
    raise StepFailed(
        f"the account of the database servers cannot reach {directory}",
        "move the project out of the closed directory, or set STATE_DIR to an open one",
    )


def given_servers() -> list[str]:
    """What is said about servers that are not started here."""
    names = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "Redis"}
    return [
        f"{name} is the one of {variable}"
        for variable, name in names.items()
        if variable not in embedded()
    ]
