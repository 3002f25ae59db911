"""What happened to a deal, newest first: activities, stage moves, money."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import CharField, DateTimeField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from apps.core.numerals import day, money
from apps.deals.big_choices import HelpEventKind
from apps.deals.choices import (
    ActivityKind,
    ActivityOrigin,
    ActivityOutcome,
    EventKind,
    Outcome,
    StageKind,
)
from apps.deals.models import (
    Activity,
    Allocation,
    Deal,
    HelpEvent,
    StageMove,
    WonAdjustment,
)

SHOWN = 30
# Read with an activity, so that a line of the timeline asks nothing more.
ACTIVITY_LINKS = ("user", "contact", "reversed_by", "debt_call__promise")
NOON = time(12)

KIND_ICONS = {
    ActivityKind.CALL: "telephone",
    ActivityKind.MEETING: "people",
    ActivityKind.EMAIL: "envelope",
    ActivityKind.NOTE: "chat-dots",
}
STAGE_ICONS = {StageKind.WON: "trophy", StageKind.LOST: "x-octagon"}


@dataclass(frozen=True)
class Event:
    """A line of the timeline; `tag` is (tone, text), `activity_id` leads to striking it out."""

    at: datetime
    icon_name: str
    title: str
    who: str = ""
    text: str = ""
    tag: tuple[str, str] | None = None
    activity_id: int | None = None
    is_struck_out: bool = False
    has_clock: bool = True


@dataclass(frozen=True)
class Timeline:
    """A page of events by day; `before` asks for the next page, "" when there is none."""

    days: list[tuple[date, list[Event]]] = field(default_factory=list)
    before: str = ""
    kind: str = ""


def timeline_of(
    deal: Deal,
    *,
    moves: Iterable[StageMove],
    zone: tzinfo,
    kind: str = EventKind.ALL,
    before: datetime | None = None,
) -> Timeline:
    """Events of `kind` before the moment `before` (None: from the newest); a page at a time."""
    events: list[Event] = []
    if kind in (EventKind.ALL, EventKind.ACTIVITIES):
        events += activity_events(deal, before)
    if kind in (EventKind.ALL, EventKind.MOVES):
        events += (move_event(move, zone) for move in moves)
    if kind in (EventKind.ALL, EventKind.MONEY):
        events += money_events(deal, zone)
    if kind == EventKind.ALL:
        events += refusal_events(deal)
        events += talk_events(deal, zone)
    events = [event for event in events if before is None or event.at < before]
    events.sort(key=lambda event: event.at, reverse=True)
    shown, rest = cut(events)
    days = groupby(shown, key=lambda event: event.at.astimezone(zone).date())
    more = shown[-1].at.isoformat() if rest else ""
    return Timeline([(on, list(group)) for on, group in days], more, kind)


def cut(events: list[Event]) -> tuple[list[Event], bool]:
    """The first SHOWN events, with those of the same moment as the last; and whether more follow."""
    if len(events) <= SHOWN:
        return events, False
    last = events[SHOWN - 1].at
    shown = [event for event in events if event.at >= last]
    return shown, len(shown) < len(events)


def activity_events(deal: Deal, before: datetime | None) -> Iterator[Event]:
    rows = Activity.objects.filter(deal=deal, reversal_of=None)
    if before:
        rows = rows.filter(happened_at__lt=before)
    rows = rows.select_related(*ACTIVITY_LINKS)
    for row in rows.order_by("-happened_at", "-pk")[: SHOWN + 1]:
        yield activity_event(row)


def activity_event(row: Activity) -> Event:
    words = [str(ActivityKind(row.kind).label).capitalize()]
    if row.duration_minutes:
        words.append(_("%(n)s min") % {"n": row.duration_minutes})
    is_struck_out = getattr(row, "reversed_by", None) is not None
    return Event(
        at=row.happened_at,
        icon_name=activity_icon(row),
        title=", ".join(words),
        who=" · ".join([str(row.user), *([row.contact.name] if row.contact else [])]),
        text="\n".join(filter(None, (said_of_debt(row), row.text))),
        tag=activity_tag(row, is_struck_out),
        activity_id=None if is_struck_out else row.pk,
        is_struck_out=is_struck_out,
    )


def said_of_debt(row: Activity) -> str:
    """How a call to a debtor ended, and what was promised; "" for any other activity."""
    call = getattr(row, "debt_call", None)
    if call is None:
        return ""
    promise = getattr(call, "promise", None)
    if promise is None:
        return _("About the debt: %(result)s") % {"result": call.get_result_display()}
    said = {"sum": money(promise.amount, promise.currency, 2), "day": day(promise.promised_on)}
    return _("About the debt: promised %(sum)s by %(day)s") % said


def activity_icon(row: Activity) -> str:
    if row.kind == ActivityKind.CALL and row.outcome == ActivityOutcome.NO_ANSWER:
        return "telephone-x"
    return KIND_ICONS[ActivityKind(row.kind)]


def activity_tag(row: Activity, is_struck_out: bool) -> tuple[str, str] | None:
    if is_struck_out:
        return "", _("struck out")
    if not row.outcome:
        return ("", measured_by(row)) if row.origin == ActivityOrigin.MEASURED else None
    tones = {ActivityOutcome.AGREED: "good", ActivityOutcome.REFUSED: "bad"}
    outcome = ActivityOutcome(row.outcome)
    return tones.get(outcome, ""), str(outcome.label)


def measured_by(row: Activity) -> str:
    """Who recorded it, when nobody typed it in."""
    return _("from the mailbox") if row.kind == ActivityKind.EMAIL else _("from the exchange")


def move_event(move: StageMove, zone: tzinfo) -> Event:
    if move.from_stage is None:
        title = _("The deal began: %(stage)s") % {"stage": move.to_stage.name}
    else:
        title = f"{move.from_stage.name} → {move.to_stage.name}"
    kind = StageKind(move.to_stage.kind)
    tags = {StageKind.WON: ("good", _("won")), StageKind.LOST: ("bad", _("lost"))}
    return Event(
        at=move.happened_at,
        icon_name=STAGE_ICONS.get(kind, "arrow-right"),
        title=title,
        who=str(move.author or ""),
        tag=tags.get(kind),
        has_clock=move.happened_at.astimezone(zone).time() != NOON,
    )


def money_events(deal: Deal, zone: tzinfo) -> Iterator[Event]:
    """Money counted towards the deal and edits of a won amount; the database knows their days only."""
    paid = Allocation.objects.filter(line__deal=deal).order_by()
    edited = WonAdjustment.objects.filter(deal=deal).order_by()
    allocations = paid.annotate(is_paid=Value(True)).values_list(
        "is_paid", "happened_on", "amount", "line__title"
    )
    adjustments = edited.annotate(is_paid=Value(False)).values_list(
        "is_paid", "happened_on", "amount_base", "reason"
    )
    for is_paid, on, amount, words in allocations.union(adjustments, all=True):
        yield Event(
            at=datetime.combine(on, NOON, zone),
            icon_name=("cash-coin" if amount > 0 else "arrow-counterclockwise")
            if is_paid
            else "pencil",
            title=money_title(is_paid, amount, deal),
            text=words,
            has_clock=False,
        )


def money_title(is_paid: bool, amount: Any, deal: Deal) -> str:
    if is_paid and amount > 0:
        return _("Paid: %(sum)s") % {"sum": money(amount, deal.currency, 2)}
    if is_paid:
        return _("Payment reversed: %(sum)s") % {"sum": money(amount, deal.currency, 2)}
    return _("Won amount changed by %(sum)s") % {"sum": money(amount, "", 2, signed=True)}


def refusal_events(deal: Deal) -> Iterator[Event]:
    if deal.outcome == Outcome.LOST and deal.refusal_reason:
        words = [deal.refusal_comment]
        if deal.competitor:
            words.append(_("Competitor: %(name)s") % {"name": deal.competitor})
        yield Event(
            at=deal.stage_since,
            icon_name="x-octagon",
            title=_("Refusal: %(reason)s") % {"reason": deal.refusal_reason.name},
            text="\n".join(filter(None, words)),
        )


def talk_events(deal: Deal, zone: tzinfo) -> Iterator[Event]:
    """Requests for help with their answers, and standing concessions, in one statement."""
    who = Concat("author__first_name", Value(" "), "author__last_name")
    words = Value("", output_field=CharField())
    helped = HelpEvent.objects.filter(request__deal=deal).order_by()
    given = deal.concessions.standing().order_by()
    requests = helped.values_list("happened_at", "kind", who, "text", "request__question", words)
    concessions = given.values_list(
        Cast("given_on", DateTimeField()),
        words,
        who,
        "given",
        "in_return",
        Concat(Cast("worth", CharField()), Value(" "), "currency"),
    )
    for at, kind, author, text, more, worth in requests.union(concessions, all=True):
        if kind:
            yield help_event(at, HelpEventKind(kind), author, text, more)
        else:
            yield concession_event(
                datetime.combine(at.date(), NOON, zone), author, text, more, worth
            )


def help_event(at: datetime, kind: HelpEventKind, author: str, text: str, question: str) -> Event:
    asked = kind == HelpEventKind.ASKED
    return Event(
        at=at,
        icon_name="life-preserver",
        title=_("Leader's help"),
        who=author,
        text=question if asked else text,
        tag=("", str(kind.label)),
    )


def concession_event(at: datetime, author: str, given: str, in_return: str, worth: str) -> Event:
    amount, currency = worth.split()
    return Event(
        at=at,
        icon_name="arrow-left-right",
        title=_("Concession: %(sum)s") % {"sum": money(Decimal(amount), currency, 2)},
        who=author,
        text="\n".join(filter(None, (given, in_return and _("In return: %s") % in_return))),
        has_clock=False,
    )
