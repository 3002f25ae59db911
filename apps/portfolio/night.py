"""What the night does here: segments once a month, the state of service every day."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from apps.core.nightly import NightlyStep, offer_step
from apps.portfolio.actions.segments import publish_levels, segment_base
from apps.portfolio.actions.service_night import follow_service
from apps.portfolio.models import SegmentRun


def is_due(day: date) -> bool:
    """Has the month of `day` no segmentation yet?"""
    return not SegmentRun.objects.filter(day__gte=day.replace(day=1)).exists()


def segments_step(day: date) -> int:
    """The segmentation of the month, on its first night; the number of clients."""
    if not is_due(day):
        return 0
    run = segment_base(day=day)
    publish_levels(run, beat=lambda last, done: None)
    return run.clients


def join_the_night() -> None:
    """Segments before the facts, which are kept by the level of the client."""
    offer_step(NightlyStep("segments", 5, _("Segments of clients"), segments_step))
    label = _("Norms of service")
    offer_step(NightlyStep("service", 40, label, follow=follow_service, after=("segments",)))
