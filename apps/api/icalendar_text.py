"""Entries as a calendar file (RFC 5545) that Google, Outlook and Apple show when they subscribe.

Tasks are whole-day VEVENTs and no VTODOs: none of the three shows the VTODOs of a subscribed
calendar. They are transparent, so that a task leaves the day free for meetings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDuration

from apps.core.calendar_feeds import Entry

REFRESH = timedelta(hours=1)
# Signs that no calendar shows; a lone carriage return would end a line for some readers.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNTIL = date(2038, 1, 1)
LONGEST_TITLE, LONGEST_TEXT = 200, 2000


def calendar_text(
    entries: Iterable[Entry], *, name: str, zone: ZoneInfo, site: str, since: date
) -> bytes:
    """The whole calendar; equal entries give equal bytes.

    `site` is "https://host" without a slash; the rules of the zone are told from `since` on.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Sales department//Calendar//RU")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", shown(name, LONGEST_TITLE))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    # Also without entries: a calendar that holds no component is no valid one.
    calendar.add_component(Timezone.from_tzid(zone.key, first_date=since, last_date=UNTIL))
    for entry in entries:
        calendar.add_component(event_of(entry, zone, site))
    return calendar.to_ical()


def event_of(entry: Entry, zone: ZoneInfo, site: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{site.rpartition('/')[2].partition(':')[0]}")
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.version)
    event.add("summary", shown(entry.title, LONGEST_TITLE))
    add_time(event, entry, zone)
    if entry.text:
        event.add("description", shown(entry.text, LONGEST_TEXT))
    if entry.url:
        event.add("url", site + entry.url)
    if entry.is_important:
        event.add("priority", 1)
    return event


def add_time(event: Any, entry: Entry, zone: ZoneInfo) -> None:
    on: date | datetime = entry.on
    if isinstance(on, datetime):
        begins = on.astimezone(zone)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(minutes=entry.minutes))
        return
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")


def shown(text: str, longest: int) -> str:
    """Without signs that nobody sees; commas, semicolons and line ends are escaped by the library."""
    text = UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= longest else text[: longest - 1] + "…"
