"""Two segmentations a quarter apart, so that somebody has moved between the classes."""

from datetime import date, timedelta

from apps.clients.models import Client
from apps.dashboard.sample.writing import history_asleep
from apps.portfolio.actions.segments import publish_levels, segment_base
from apps.portfolio.actions.service import count_service
from apps.portfolio.calculations.spans import months_back

APART_MONTHS = 3


def make_segments(today: date) -> None:
    """As the nights of a quarter ago and of yesterday would have left them."""
    yesterday = today - timedelta(days=1)
    with history_asleep([Client]):
        for day in (months_back(yesterday, APART_MONTHS), yesterday):
            publish_levels(segment_base(day=day), beat=lambda last, done: None)
    count_service(yesterday)
