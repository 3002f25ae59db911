"""Calls and letters that a telephone exchange or a mailbox recorded: nobody typed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.core.calendars import business_day
from apps.deals.actions.activities import reversed_fields
from apps.deals.choices import ActivityKind, ActivityOrigin, ActivityOutcome
from apps.deals.measured import OpenDeals, Party
from apps.deals.models import Activity, Deal
from apps.staff.models import User

# A call typed in by hand and the exchange's record of it lie so near each other.
SAME_TALK = timedelta(minutes=20)
# The reversal of an undone import; one by a person has no code.
UNDONE = "undone:"


@dataclass(frozen=True)
class Measured:
    """A talk of `user` with `party`; `key` names it for ever, in whatever file it comes again."""

    key: str
    kind: ActivityKind
    user_id: int
    party: Party
    at: datetime
    minutes: int | None = None
    is_answered: bool = True
    text: str = ""


@transaction.atomic
def record_measured(entries: Sequence[Measured]) -> dict[str, Activity]:
    """Keep the talks that are not known yet; returns all of them by key, old and new.

    They move the deals' clocks of activity, but do no planned step: a machine does not know what
    was agreed. A talk that somebody typed in already confirms that record instead of counting
    twice. Who may see what was settled by the caller.
    """
    stored = stored_keys(entry.key for entry in entries)
    known = {key: row for key, (_name, row) in stored.items() if row is not None}
    new = {entry.key: entry for entry in entries if entry.key not in known}
    deals = OpenDeals(entry.party.client_id for entry in new.values())
    typed = TypedTalks(new.values())
    rows = {
        key: activity_of(
            entry,
            stored[key][0],
            deals.about(entry.party.client_id, entry.user_id),
            typed.twin_of(entry),
        )
        for key, entry in new.items()
    }
    Activity.objects.bulk_create(rows.values(), batch_size=500)
    touch_deals(rows.values())
    return known | rows


def known_keys(keys: Iterable[str]) -> set[str]:
    """Of `keys`, those whose talks are kept: struck out by a person or not."""
    return {key for key, (_name, row) in stored_keys(keys).items() if row is not None}


def stored_keys(keys: Iterable[str]) -> dict[str, tuple[str, Activity | None]]:
    """By key: the name under which the talk stands, and the talk; None where it may be written.

    Events are never removed, so a talk that an undone import had brought keeps its name, and the
    next import writes it under the name with "#2".
    """
    names = {key: key for key in keys}
    found: dict[str, tuple[str, Activity | None]] = {}
    round_number = 1
    while names:
        rows = {
            row.external_id: row
            for row in Activity.objects.filter(
                external_id__in=names.values(), reversal_of=None
            ).select_related("reversed_by")
        }
        round_number += 1
        undone = {}
        for key, name in names.items():
            row = rows.get(name)
            if row is not None and is_undone(row):
                undone[key] = f"{key}#{round_number}"
            else:
                found[key] = (name, row)
        names = undone
    return found


def is_undone(row: Activity) -> bool:
    reversal = getattr(row, "reversed_by", None)
    return reversal is not None and reversal.external_id.startswith(UNDONE)


@transaction.atomic
def undo_measured(activities: Iterable[int], *, by: User) -> set[int]:
    """Take talks back by reversals, so that a better file may bring them again.

    Returns the numbers of those taken back; the ones that somebody struck out stay as they are.
    """
    rows = Activity.objects.standing().filter(pk__in=set(activities)).order_by("pk")
    standing = list(rows.select_for_update(of=("self",)))
    Activity.objects.bulk_create(
        [
            Activity(**reversed_fields(row, by), external_id=f"{UNDONE}{row.external_id}")
            for row in standing
        ],
        batch_size=500,
    )
    return {row.pk for row in standing}


def activity_of(entry: Measured, name: str, deal_id: int | None, twin: Activity | None) -> Activity:
    return Activity(
        kind=entry.kind,
        deal_id=twin.deal_id if twin else deal_id,
        client_id=entry.party.client_id,
        contact_id=entry.party.contact_id,
        user_id=entry.user_id,
        outcome=ActivityOutcome.NONE if entry.is_answered else ActivityOutcome.NO_ANSWER,
        text=entry.text,
        duration_minutes=entry.minutes,
        origin=ActivityOrigin.MEASURED,
        external_id=name,
        confirms=twin,
        happened_on=business_day(entry.at),
        happened_at=entry.at,
    )


class TypedTalks:
    """Records typed by hand that some measured talks may confirm; each confirms one."""

    def __init__(self, entries: Iterable[Measured]) -> None:
        moments = [entry.at for entry in entries]
        self._rows: dict[tuple[str, int, int | None], list[Activity]] = defaultdict(list)
        if not moments:
            return
        rows = (
            Activity.objects.standing()
            .filter(
                origin=ActivityOrigin.TYPED,
                user__in={entry.user_id for entry in entries},
                client__in={entry.party.client_id for entry in entries},
                happened_at__range=(min(moments) - SAME_TALK, max(moments) + SAME_TALK),
            )
            .exclude(pk__in=Activity.objects.standing().exclude(confirms=None).values("confirms"))
            .order_by("happened_at", "pk")
        )
        for row in rows:
            self._rows[row.kind, row.user_id, row.client_id].append(row)

    def twin_of(self, entry: Measured) -> Activity | None:
        """The nearest record of the same talk, taken out so that it is confirmed once."""
        rows = self._rows.get((entry.kind, entry.user_id, entry.party.client_id), [])
        near = [row for row in rows if abs(row.happened_at - entry.at) <= SAME_TALK]
        if not near:
            return None
        twin = min(near, key=lambda row: (abs(row.happened_at - entry.at), row.pk))
        rows.remove(twin)
        return twin


def touch_deals(rows: Iterable[Activity]) -> None:
    """Move the clocks of activity; a call that nobody answered is no activity with the client."""
    latest: dict[int, datetime] = {}
    for row in rows:
        if row.deal_id and row.outcome != ActivityOutcome.NO_ANSWER:
            latest[row.deal_id] = max(row.happened_at, latest.get(row.deal_id, row.happened_at))
    deals = Deal.objects.filter(pk__in=latest).order_by("pk").select_for_update(of=("self",))
    moved = [deal for deal in deals if is_later(latest[deal.pk], deal.last_activity_at)]
    for deal in moved:
        deal.last_activity_at = latest[deal.pk]
    Deal.objects.bulk_update(moved, ["last_activity_at"], batch_size=500)


def is_later(moment: datetime, known: datetime | None) -> bool:
    return known is None or moment > known
