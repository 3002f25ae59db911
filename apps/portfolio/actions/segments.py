"""A segmentation is calculated, kept for ever, and its levels are written into the clients."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F

from apps.clients.actions import write_levels
from apps.core.access import allowed
from apps.core.jobs import enqueue
from apps.core.models import Job
from apps.portfolio.calculations.segments import QUARTERS, Base, Thresholds, segment
from apps.portfolio.calculations.spans import months_back, quarter_starts
from apps.portfolio.choices import AbcClass
from apps.portfolio.models import ClientSegment, SegmentRules, SegmentRun
from apps.portfolio.models.sales import read_sales
from apps.staff.models import User

JOB_KIND = "portfolio.segments"
# Two runs at once would each miss the other as its predecessor.
RUN_LOCK = 7401
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

WRITTEN = [
    "client_id", "run_id", "revenue", "last_year", "orders", "share_before", "abc", "abc_raw",
    "cv", "xyz", "r", "f", "m", "rfm", "lifecycle", "first_on", "last_on", "silence", "rhythm",
    "has_own_rhythm", "chance", "quarters",
]  # fmt: skip
WHOLE = ["r", "f", "m", "silence"]
# Variations beyond the column are as good as this one.
MOST_CV = 9999


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
    thresholds = SegmentRules.current().thresholds()
    starts = quarter_starts(day + timedelta(days=1), QUARTERS)
    sales = read_sales(day, starts, lambda done: beat(done, 0, "reading"))
    beat(len(sales), 0, "counting")
    previous = SegmentRun.objects.before_month_of(day)
    found, base = segment(
        sales, classes_of(previous), day=day, starts=starts, thresholds=thresholds
    )
    beat(len(sales), 0, "keeping")
    return keep_run(found, base, day=day, by=by, previous=previous, thresholds=thresholds)


def classes_of(run: SegmentRun | None) -> pd.DataFrame:
    """abc and abc_raw by client of the run; empty without one."""
    rows = ClientSegment.objects.of(run).values_list("client_id", "abc", "abc_raw") if run else []
    frame = pd.DataFrame(rows, columns=["client", "abc", "abc_raw"])
    return frame.set_index("client")


@transaction.atomic
def keep_run(
    found: pd.DataFrame, base: Base, *, day: date, by: Any, previous: SegmentRun | None,
    thresholds: Thresholds,
) -> SegmentRun:  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [RUN_LOCK])
    run = SegmentRun.objects.create(
        day=day,
        period_start=months_back(day + timedelta(days=1), 12),
        thresholds=thresholds.as_json(),
        rfm_bins=base.rfm_bins,
        rhythm=Decimal(str(round(base.rhythm, 1))),
        repeat_share=Decimal(str(round(base.repeat_share, 4))),
        clients=len(found),
        previous=previous,
        author=by,
    )
    copy_rows(as_columns(found, run))
    return run


def as_columns(found: pd.DataFrame, run: SegmentRun) -> pd.DataFrame:
    """The frame in the shape of the table: money in units, shares rounded, whole numbers whole."""
    rows = found.assign(client_id=found.index, run_id=run.pk)
    for name in ("revenue", "last_year"):
        rows[name] = [f"{cents / 100:.2f}" for cents in rows[name]]
    rows["share_before"] = rows["share_before"].round(6)
    rows["cv"] = rows["cv"].clip(upper=MOST_CV).round(3)
    rows["rhythm"], rows["chance"] = rows["rhythm"].round(1), rows["chance"].round(4)
    rows["rfm"] = rows["rfm"].fillna("")
    for name in ("first_on", "last_on"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%d")
    rows[WHOLE] = rows[WHOLE].astype("Int64")
    return rows[WRITTEN]


def copy_rows(rows: pd.DataFrame) -> None:
    """Into the table by COPY: 200,000 rows take seconds, not minutes."""
    text = io.StringIO()
    rows.to_csv(text, sep="\t", header=False, index=False, na_rep=r"\N")
    text.seek(0)
    table = ClientSegment._meta.db_table
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(WRITTEN)}) FROM STDIN", text)
        # The norms of service are counted from these rows next, before the database knows of them.
        cursor.execute(f"ANALYZE {table}")


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
