"""Counting a segmentation with pandas, and keeping what it found."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from django.db import connection, transaction

from apps.portfolio.calculations.segments import segment
from apps.portfolio.calculations.spans import months_back, quarter_starts
from apps.portfolio.calculations.thresholds import QUARTERS, Base, Thresholds
from apps.portfolio.models import ClientSegment, SegmentRules, SegmentRun
from apps.portfolio.models.sales import read_sales

# Two runs at once would each miss the other as its predecessor.
RUN_LOCK = 7401
WRITTEN = [
    "client_id", "run_id", "revenue", "last_year", "orders", "share_before", "abc", "abc_raw",
    "cv", "xyz", "r", "f", "m", "rfm", "lifecycle", "first_on", "last_on", "silence", "rhythm",
    "has_own_rhythm", "chance", "quarters",
]  # fmt: skip
WHOLE = ["r", "f", "m", "silence"]
# Variations beyond the column are as good as this one.
MOST_CV = 9999


def count_base(*, day: date, by: Any, beat: Callable[[int, int, str], None]) -> SegmentRun:
    """See segment_base."""
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
