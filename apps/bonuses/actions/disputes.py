"""Questions about a bonus: asked by the person, answered by a leader, ended by a correction or not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.bonuses import rules
from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.choices import DisputeStatus
from apps.bonuses.models import (
    Correction,
    Dispute,
    DisputeMessage,
    Statement,
    StatementLine,
)
from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.notifying import notify
from apps.staff.choices import Role
from apps.staff.leaders import leaders_above
from apps.staff.models import User

ASKED = "bonus_question"
ANSWERED = "bonus_answer"
LONGEST = 255


@transaction.atomic
def open_dispute(
    statement: Statement,
    *,
    by: Any,
    question: str,
    line: StatementLine | None = None,
    line_text: str = "",
    expected: Decimal | None = None,
) -> Dispute:
    """Ask about the statement or one of its lines; the heads above are told.

    Raises PermissionDenied for another's statement, ValidationError "already_asked" while a question
    about the same thing waits.
    """
    if not rules.can_dispute(statement, by=by):
        raise PermissionDenied
    if line is not None and line.statement_id != statement.pk:
        raise PermissionDenied
    held = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if held.disputes.unsettled().filter(line=line).exists():
        raise ValidationError(_("You have asked about this already."), code="already_asked")
    dispute = Dispute.objects.create(
        statement=held,
        line=line,
        line_text=line_text[:LONGEST],
        question=question,
        expected=expected,
    )
    notify(
        answerers(by),
        kind=ASKED,
        title=gettext_lazy("A question about a bonus"),
        body=question,
        url=dispute.get_absolute_url(),
        dedupe_key=f"bonus-question:{dispute.pk}",
    )
    return dispute


def answerers(person: Any) -> list[Any]:
    """The heads above; where there is none, as over a head himself, the directors."""
    heads = [leader for leader in leaders_above(person) if leader.role == Role.HEAD]
    return heads or list(User.objects.working().filter(role=Role.DIRECTOR).exclude(pk=person.pk))


@transaction.atomic
def answer_dispute(dispute: Dispute, *, by: Any, text: str) -> DisputeMessage:
    """Say something in the thread: the person himself, or a leader who may settle it."""
    dispute = held(dispute)
    is_asker = dispute.statement.person_id == by.pk
    if not (is_asker or allowed(by, "bonuses.settle_dispute")):
        raise PermissionDenied
    check_unsettled(dispute)
    dispute.status = DisputeStatus.WAITING if is_asker else DisputeStatus.ANSWERED
    dispute.save(update_fields=["status"])
    message = DisputeMessage.objects.create(dispute=dispute, author=by, text=text)
    others = [dispute.statement.person]
    if is_asker:
        others = answerers(by)
    tell(others, dispute, gettext_lazy("An answer about a bonus"), f"answer:{message.pk}")
    return message


@transaction.atomic
def accept_dispute(dispute: Dispute, *, by: Any, amount: Decimal, reason: str) -> Dispute:
    """Right: `amount` (negative takes money) comes into the first open month as a line with `reason`.

    Raises PermissionDenied for one's own, ValidationError "settled", "nothing".
    """
    dispute = held(dispute)
    check_may_settle(dispute, by)
    if not amount:
        raise ValidationError(_("Give the amount of the correction."), code="nothing")
    dispute.correction = Correction.objects.create(
        person=dispute.statement.person,
        amount=amount,
        reason=reason,
        about=dispute.statement,
        deal=dispute.line.deal if dispute.line else None,
        author=by,
    )
    settle(dispute, by, DisputeStatus.ACCEPTED, reason)
    accrue_people([dispute.statement.person_id], company_today() - timedelta(days=1))
    return dispute


@transaction.atomic
def decline_dispute(dispute: Dispute, *, by: Any, reason: str) -> Dispute:
    """Nothing changes; the reason stays in the thread. Raises as `accept_dispute` does."""
    dispute = held(dispute)
    check_may_settle(dispute, by)
    settle(dispute, by, DisputeStatus.DECLINED, reason)
    return dispute


def held(dispute: Dispute) -> Dispute:
    rows = Dispute.objects.select_for_update(of=("self",))
    return rows.select_related("statement__person", "line__deal").get(pk=dispute.pk)


def check_unsettled(dispute: Dispute) -> None:
    if dispute.is_settled:
        raise ValidationError(_("This question is settled."), code="settled")


def check_may_settle(dispute: Dispute, by: Any) -> None:
    check_unsettled(dispute)
    if not rules.can_settle(dispute, by=by):
        raise PermissionDenied(_("Nobody settles a question about a bonus of his own."))


def settle(dispute: Dispute, by: Any, status: str, reason: str) -> None:
    dispute.status, dispute.settled_by, dispute.settled_at = status, by, timezone.now()
    dispute.save(update_fields=["status", "settled_by", "settled_at", "correction"])
    DisputeMessage.objects.create(dispute=dispute, author=by, text=reason)
    title = gettext_lazy("Your question about a bonus is settled")
    tell([dispute.statement.person], dispute, title, "settled")


def tell(people: list[Any], dispute: Dispute, title: Any, what: str) -> None:
    notify(
        people,
        kind=ANSWERED,
        title=title,
        url=dispute.get_absolute_url(),
        dedupe_key=f"bonus-question:{dispute.pk}:{what}",
    )
