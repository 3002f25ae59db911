"""A segmentation is calculated, kept for ever, and its levels are written into the clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F

from apps.clients.actions import write_levels
from apps.core.access import allowed
from apps.core.jobs import enqueue
from apps.core.models import Job
from apps.portfolio.choices import AbcClass
from apps.portfolio.models import ClientSegment, SegmentRun
from apps.staff.models import User

JOB_KIND = "portfolio.segments"
LEVELS_AT_ONCE = 2000
LEVELS = {
    AbcClass.A: "A",
    AbcClass.B: "B",
    AbcClass.C: "C",
    AbcClass.NEW: "N",
    AbcClass.NONE: "",
}

# (done, total, stage) of what is under way.
Beat = Callable[[int, int, str], None]


def silent(done: int, total: int, stage: str) -> None:
    """Tells nobody how far the work is."""


def start_segmentation(*, by: User, day: date) -> Job:
    """Let a worker count the segments as of the end of `day`; while one does, that job is given.

    Raises PermissionDenied when `by` may not.
    """
    if not allowed(by, "portfolio.run_segments"):
        raise PermissionDenied
    return enqueue(JOB_KIND, key=JOB_KIND, payload={"day": day.isoformat()}, author=by)


def segment_base(*, day: date, by: Any = None, beat: Beat = silent) -> SegmentRun:
    """Count and keep the segments of every client as of the end of `day`.

    The run and its rows appear together; the levels of the clients follow by `publish_levels`.
    """
    # Who only serves pages never counts: a web process would carry pandas for nothing.
    from apps.portfolio.actions.segmenting import count_base

    return count_base(day=day, by=by, beat=beat)


def publish_levels(run: SegmentRun, *, after: int = 0, beat: Callable[[int, int], None]) -> int:
    """Write the classes of the run into the levels of its clients; how many changed.

    Clients in number order beyond `after`, some at a time, each lot in its own transaction:
    `beat(last, done)` is told of each. Those who never bought keep the level that somebody has
    given them: nothing else is known of them yet.
    """
    rows = ClientSegment.objects.of(run).exclude(lifecycle="prospect")
    differing = rows.exclude(client__level=F("abc")).filter(client__archived_at=None)
    done = 0
    while lot := list(
        differing.filter(client__gt=after)
        .order_by("client_id")
        .values_list("client_id", "abc")[:LEVELS_AT_ONCE]
    ):
        after = lot[-1][0]
        done += write_levels({client: LEVELS[AbcClass(abc)] for client, abc in lot})
        beat(after, done)
    return done
