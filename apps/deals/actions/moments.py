"""Business days as moments."""

from datetime import date, datetime, time

from django.utils import timezone

from apps.core.calendars import company_today, company_zone

NOON = time(12)


def moment_on(day: date) -> datetime:
    """Now for today; noon in the company for another day, of which only the date is known."""
    if day == company_today():
        return timezone.now()
    return datetime.combine(day, NOON, company_zone())
