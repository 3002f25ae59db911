"""Telling people: a line under the bell and an e-mail, as each of them wants it.

A kind is registered by its room in AppConfig.ready; a person may switch each way off for each kind.
E-mails wait for the end of the person's quiet hours. One event is told once: by `dedupe_key`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from apps.core.calendars import company_zone
from apps.core.models import Notification, NotificationSetting, OutboxMessage
from apps.core.outbox import put_all_in_outbox

TITLE_LENGTH = 255

_kinds: dict[str, Any] = {}


def register_kind(code: str, label: Any) -> None:
    """Offer the kind `code` in the settings of notifications; `label` is a lazy translation."""
    _kinds[code] = label


def kinds() -> dict[str, Any]:
    """Every kind with its label, in the order of registration."""
    return dict(_kinds)


@dataclass(frozen=True)
class Ways:
    in_app: bool = True
    by_email: bool = True


def ways_of(people: Iterable[Any], kind: str) -> dict[int, Ways]:
    """Each person's choice for `kind`; who never chose gets both."""
    chosen = NotificationSetting.objects.filter(user__in=[one.pk for one in people], kind=kind)
    return {one.user_id: Ways(one.in_app, one.by_email) for one in chosen}


@transaction.atomic
def notify(
    people: Iterable[Any],
    *,
    kind: str,
    title: Any,
    body: Any = "",
    url: str = "",
    dedupe_key: str,
) -> None:
    """Tell `people` (who still work here) about one event, each in his language.

    `title` and `body` may be lazy translations. Raises LookupError for a kind nobody registered.
    """
    if kind not in _kinds:
        raise LookupError(f"the kind {kind!r} of notification was never registered")
    told = [person for person in people if person.is_active]
    ways, zone, now = ways_of(told, kind), company_zone(), timezone.now()
    lines: list[Notification] = []
    messages: list[OutboxMessage] = []
    for person in told:
        with translation.override(person.language):
            line = Notification(
                user=person,
                kind=kind,
                title=str(title)[:TITLE_LENGTH],
                body=str(body),
                url=url,
                dedupe_key=dedupe_key,
            )
        way = ways.get(person.pk, Ways())
        if way.in_app:
            lines.append(line)
        if way.by_email and person.email:
            messages.append(_as_email(line, person, now, zone))
    Notification.objects.bulk_create(lines, ignore_conflicts=True)
    put_all_in_outbox(messages)


def _as_email(line: Notification, person: Any, now: datetime, zone: ZoneInfo) -> OutboxMessage:
    link = f"{settings.SITE_URL}{line.url}" if line.url and settings.SITE_URL else ""
    return OutboxMessage(
        kind="email",
        dedupe_key=f"notice:{person.pk}:{line.dedupe_key}"[:200],
        payload={
            "to": person.email,
            "subject": " ".join(line.title.split()),
            "body": "\n\n".join(filter(None, [line.title, line.body, link])),
        },
        due_at=after_quiet_hours(
            now,
            start=clock_of(person, "quiet_from"),
            end=clock_of(person, "quiet_until"),
            zone=person.zone or zone,
        ),
    )


def clock_of(person: Any, field: str) -> time:
    """The time in the column; a person created a moment ago still carries the text of the default."""
    return person._meta.get_field(field).to_python(getattr(person, field))


def after_quiet_hours(moment: datetime, *, start: time, end: time, zone: ZoneInfo) -> datetime:
    """`moment`, or the end of the quiet hours it falls into; equal times mean no quiet hours.

    The hours are those of the person's own clock, and may go over midnight.
    """
    local = moment.astimezone(zone)
    clock = local.time()
    over_midnight = start > end
    is_quiet = clock >= start or clock < end if over_midnight else start <= clock < end
    if not is_quiet:
        return moment
    day = local.date() + timedelta(days=1 if over_midnight and clock >= start else 0)
    return datetime.combine(day, end, tzinfo=zone).astimezone(ZoneInfo("UTC"))


@dataclass(frozen=True)
class Choice:
    """A line of the settings of notifications."""

    kind: str
    label: Any
    ways: Ways


def choices_of(person: Any) -> list[Choice]:
    """What `person` has chosen for every kind there is."""
    rows = NotificationSetting.objects.filter(user=person)
    chosen = {one.kind: Ways(one.in_app, one.by_email) for one in rows}
    return [Choice(kind, label, chosen.get(kind, Ways())) for kind, label in _kinds.items()]
