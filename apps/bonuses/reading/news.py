"""What has changed since the last count: months that lie still are not read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from apps.core.periods import add_months
from apps.kpis.models import LateShare, NightRun
from apps.kpis.night.dirty import MARGIN, Dirty, previous_run


@dataclass(frozen=True)
class News:
    """`dirty` days have other events than at the last count, which began at `since`, or after.

    Without `since` everything counts as new: so it is once a week, which heals what an edit of lines that
    leaves the amount of a deal does to its part without VAT.
    """

    dirty: Dirty
    since: datetime | None

    @classmethod
    def of(cls, run: NightRun) -> News:
        """As the run has settled it; shares that changed in a closed month dirty no day of it."""
        before = previous_run(run)
        if before is None or before.read_from is None:
            return EVERYTHING
        if LateShare.objects.filter(booked_in_id__gte=before.pk).exists():
            return EVERYTHING
        return cls(Dirty.of(run), before.read_from - MARGIN)

    @property
    def is_everything(self) -> bool:
        return self.since is None or self.dirty.is_everything

    def touch(self, month: date) -> bool:
        return self.is_everything or self.dirty.holds(month, add_months(month, 1))

    def reach(self, moment: datetime | None) -> bool:
        """Did it happen since?"""
        return self.since is None or moment is None or moment >= self.since


EVERYTHING = News(Dirty(None), None)
