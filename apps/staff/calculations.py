"""How long a session may live, how long a guesser must wait, what a browser is called."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

# Failed log-ins to one account from one address within the window that close the door.
FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=1)

# Failed log-ins from one address within an hour before strangers to it are slowed down.
ADDRESS_FAILURES_ALLOWED = 30
LONGEST_PAUSE = timedelta(seconds=30)

ABSOLUTE_AGE = timedelta(days=7)
IDLE_AGE = timedelta(hours=8)
IDLE_AGE_OF_KEEPERS = timedelta(hours=1)

BROWSERS = (("YaBrowser", "Yandex"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def locked_until(failures: Iterable[datetime]) -> datetime | None:
    """Until when an account is closed to an address after these failures, oldest first.

    Five failures within 15 minutes close it for 15 minutes; the next five for 30, then for an
    hour each time. Never for good. None when no five stand so close together.
    """
    recent: list[datetime] = []
    lock, until = FIRST_LOCK, None
    for moment in failures:
        recent = [*(one for one in recent if moment - one < FAILURE_WINDOW), moment]
        if len(recent) >= FAILURES_ALLOWED:
            until, recent = moment + lock, []
            lock = min(lock * 2, LONGEST_LOCK)
    return until


def pause_after(failures: int) -> timedelta:
    """How long an address waits after a failure, given its failures within an hour."""
    return min(timedelta(seconds=max(failures - ADDRESS_FAILURES_ALLOWED, 0)), LONGEST_PAUSE)


def is_over(*, begun: datetime, seen: datetime, now: datetime, is_keeper: bool) -> bool:
    """Has a session ended by its age (7 days) or by rest (8 hours, HR and administrators 1)?"""
    rest = IDLE_AGE_OF_KEEPERS if is_keeper else IDLE_AGE
    return now - begun >= ABSOLUTE_AGE or now - seen >= rest


def browser_name(agent: str) -> str:
    """ "Chrome 141 · Windows" for a User-Agent header; "" when nothing is recognised."""
    parts = []
    for mark, name in BROWSERS:
        if found := re.search(rf"{mark}[A-Za-z]*/(\d+)", agent):
            parts.append(f"{name} {found.group(1)}")
            break
    parts += [name for mark, name in SYSTEMS if mark in agent][:1]
    return " · ".join(parts)
