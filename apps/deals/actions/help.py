"""A seller calls a leader into a deal; the leader answers, takes part, or declines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.calendars import company_today
from apps.core.models import Decision
from apps.core.notifying import notify
from apps.deals import rules
from apps.deals.actions.errors import field_error
from apps.deals.actions.locks import lock_deal, lock_row
from apps.deals.big_choices import HelpEventKind, HelpState
from apps.deals.models import Deal, HelpEvent, HelpRequest
from apps.staff.leaders import leaders_above
from apps.staff.models import User

ASKED, RESPONDED = "help_asked", "help_responded"
# The word of the decision, and the measure that it should move.
DECISION, WIN_RATE = "help_joined", "win_rate"
JOINED_FOR = timedelta(days=90)
STATE_AFTER = {
    HelpEventKind.ANSWERED: HelpState.ANSWERED,
    HelpEventKind.JOINED: HelpState.JOINED,
    HelpEventKind.DECLINED: HelpState.DECLINED,
}


@transaction.atomic
def ask_for_help(
    deal: Deal, *, by: User, question: str, needed_on: date, of: User | None = None
) -> HelpRequest:
    """Ask a leader over `by` (by default the nearest) for help and tell him at once.

    A deal has one open request: the same person asking again gets that one. Raises ValidationError
    "closed" for a closed deal, "past" for a day that is over, "nobody_above" for a person whom
    nobody leads, "not_above" for somebody who does not lead him.
    """
    deal = lock_deal(deal, by=by)
    if known := deal.help_requests.open().first():
        return known
    check_question(deal, question, needed_on)
    leaders = leaders_above(by)
    if not leaders:
        raise ValidationError(_("Nobody leads your team: there is nobody to ask."), "nobody_above")
    if of is not None and of not in leaders:
        raise field_error("of", _("He does not lead your team."), "not_above")
    request = HelpRequest.objects.create(
        deal=deal,
        author=by,
        asked_of=of or leaders[0],
        question=question.strip(),
        needed_on=needed_on,
    )
    happened(request, HelpEventKind.ASKED, by=by, text=request.question)
    title = format_lazy(gettext_lazy("{name} asks for help: {deal}"), name=by, deal=deal)
    tell(request, [request.asked_of], kind=ASKED, title=title, body=request.question)
    return request


def check_question(deal: Deal, question: str, needed_on: date) -> None:
    if not rules.can_ask_help(deal):
        raise ValidationError(_("The deal is closed."), code="closed")
    if not question.strip():
        raise field_error("question", _("Say what is needed."), "required")
    if needed_on < company_today():
        raise field_error("needed_on", _("This day is over."), "past")


@transaction.atomic
def respond(
    request: HelpRequest,
    *,
    by: User,
    kind: str,
    text: str = "",
    expected_change: Decimal | None = None,
) -> HelpRequest:
    """Answer, join or decline (`kind` of HelpEventKind); the first answer stops the clock.

    Joining is a decision of the leader: it is kept as core.Decision with what he expects of it, so
    that its effect can be measured. Raises PermissionDenied unless `by` leads the owner of the deal,
    ValidationError "answered" when there is nothing to answer (any more), "no_words" for an answer
    or a refusal without words.
    """
    deal = lock_row(request.deal)
    locked = HelpRequest.objects.select_for_update().get(pk=request.pk)
    if not rules.can_help(deal, locked, by=by):
        raise PermissionDenied
    if locked.state == STATE_AFTER[HelpEventKind(kind)]:
        return locked
    if not rules.may_respond(locked, kind):
        raise ValidationError(_("The request has its answer already."), code="answered")
    if kind != HelpEventKind.JOINED and not text.strip():
        raise field_error("text", _("Say it in a few words."), "no_words")
    locked.state = STATE_AFTER[HelpEventKind(kind)]
    locked.responded_at = locked.responded_at or timezone.now()
    locked.save(update_fields=["state", "responded_at"])
    happened(locked, kind, by=by, text=text.strip())
    if kind == HelpEventKind.JOINED:
        decide(deal, by=by, note=text.strip() or locked.question, expected=expected_change)
    tell_answer(locked, deal, kind, by=by, text=text.strip())
    return locked


def decide(deal: Deal, *, by: User, note: str, expected: Decimal | None) -> None:
    """Keep that the leader takes part, as a decision about the owner of the deal."""
    today = company_today()
    decision = Decision.objects.create(
        kind=DECISION,
        subject=deal,
        metric=WIN_RATE,
        expected_change=expected,
        starts_on=today,
        ends_on=today + JOINED_FOR,
        note=note,
        author=by,
    )
    decision.people.add(deal.owner_id)


@transaction.atomic
def withdraw_help(request: HelpRequest, *, by: User) -> HelpRequest:
    """Take an unanswered request back; harmless when repeated, "answered" once it has an answer."""
    lock_deal(request.deal, by=by)
    locked = HelpRequest.objects.select_for_update().get(pk=request.pk)
    if locked.author_id != by.pk:
        raise PermissionDenied
    if locked.state == HelpState.WITHDRAWN:
        return locked
    if locked.state != HelpState.OPEN:
        raise ValidationError(_("The request has its answer already."), code="answered")
    locked.state = HelpState.WITHDRAWN
    locked.save(update_fields=["state"])
    happened(locked, HelpEventKind.WITHDRAWN, by=by)
    return locked


def happened(request: HelpRequest, kind: str, *, by: User, text: str = "") -> None:
    HelpEvent.objects.create(request=request, kind=kind, author=by, text=text)


def tell(
    request: HelpRequest,
    people: Iterable[User],
    *,
    kind: str,
    title: Any,
    body: str,
    event: str = HelpEventKind.ASKED,
) -> None:
    notify(
        people,
        kind=kind,
        title=title,
        body=body,
        url=reverse("deals:war_room", args=[request.deal_id]) + "#help",
        dedupe_key=f"{kind}:{request.pk}:{event}",
    )


def tell_answer(request: HelpRequest, deal: Deal, kind: str, *, by: User, text: str) -> None:
    words = {
        HelpEventKind.ANSWERED: gettext_lazy("{name} answered about {deal}"),
        HelpEventKind.JOINED: gettext_lazy("{name} takes part in {deal}"),
        HelpEventKind.DECLINED: gettext_lazy("{name} cannot help with {deal}"),
    }
    title = format_lazy(words[HelpEventKind(kind)], name=by, deal=deal)
    people = {request.author, deal.owner} - {by}
    tell(request, people, kind=RESPONDED, title=title, body=text, event=kind)
