"""The way of a plan: a head submits it, the director approves or returns it.

Every act locks the versions of its year, so of two people at once the second finds what the first
has done and is told so. Who moved a version, and with which words, is an ApprovalStep.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.numerals import moment
from apps.kpis.actions import plan_decisions, plan_notices
from apps.kpis.choices import PlanStatus
from apps.kpis.models import ApprovalStep, PlanVersion
from apps.kpis.rules import is_his_own

DRAFT, SUBMITTED, RETURNED = PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.RETURNED
APPROVED, REPLACED = PlanStatus.APPROVED, PlanStatus.REPLACED


@transaction.atomic
def submit_plan(version: PlanVersion, *, by: Any, answer_by: date, words: str = "") -> PlanVersion:
    """Send the newest draft of a year to the director, who is asked to answer by `answer_by`.

    A repetition by the same person changes nothing. Raises ValidationError "past_term" for a day
    gone by, "waiting" while another version waits, "not_newest", and "moved" for what is no draft.
    """
    check_permission(by, "kpis.change_plan")
    version, others = held(version)
    if version.status == SUBMITTED and version.submitted_by_id == by.pk:
        return version
    check_status(version, DRAFT)
    if answer_by < company_today():
        raise ValidationError({"answer_by": ValidationError(_("This day is over."), "past_term")})
    check_that_none_waits(others)
    if any(one.number > version.number for one in others):
        raise ValidationError(_("There is a later version: send that one."), code="not_newest")
    version.submitted_by, version.answer_by = by, answer_by
    move(version, SUBMITTED, by=by, words=words, answer_by=answer_by)
    plan_notices.tell_approvers(version, words)
    return version


@transaction.atomic
def withdraw_plan(version: PlanVersion, *, by: Any, words: str = "") -> PlanVersion:
    """Take a version back before the director has answered: it is a draft again."""
    check_permission(by, "kpis.change_plan")
    version, _others = held(version)
    if version.status == DRAFT:
        return version
    check_status(version, SUBMITTED)
    version.answer_by = None
    move(version, DRAFT, by=by, words=words)
    return version


@transaction.atomic
def return_plan(version: PlanVersion, *, by: Any, words: str) -> PlanVersion:
    """Send a version back with what should be different; the head saves a new one.

    Raises ValidationError "no_words", "own_plan" for whoever wrote or sent it, and "moved" when it
    does not wait any more.
    """
    version, _others = held_for_answer(version, by)
    check_status(version, SUBMITTED)
    if not words.strip():
        text = _("Say what should be different: the head sees nothing else.")
        raise ValidationError({"words": ValidationError(text, "no_words")})
    move(version, RETURNED, by=by, words=words)
    plan_notices.tell_returned(version, by, words)
    return version


@transaction.atomic
def approve_plan(version: PlanVersion, *, by: Any, words: str = "") -> PlanVersion:
    """Put a version that waits in force in place of the one before; a repeat changes nothing.

    What it should bring is written down as a Decision. Raises ValidationError "own_plan" for whoever
    wrote or sent it, "not_submitted" for a draft, "moved" when somebody has answered otherwise.
    """
    version, others = held_for_answer(version, by)
    if version.status == APPROVED and version.approved_by_id == by.pk:
        return version
    if version.status == DRAFT:
        raise ValidationError(_("Nobody has submitted this version."), code="not_submitted")
    check_status(version, SUBMITTED)
    before = next((one for one in others if one.status == APPROVED), None)
    if before:
        move(before, REPLACED, by=by)
    version.approved_by, version.approved_at = by, timezone.now()
    move(version, APPROVED, by=by, words=words)
    plan_decisions.write_decision(version, before, by=by, note=words)
    plan_notices.tell_approved(version, by, words)
    return version


@transaction.atomic
def comment_plan(version: PlanVersion, *, by: Any, words: str) -> ApprovalStep:
    """Say something on a version, whatever its status, and tell the others who speak there."""
    check_permission(by, "kpis.comment_plan")
    step = ApprovalStep.objects.create(
        version=version,
        by=by,
        from_status=version.status,
        to_status=version.status,
        words=words.strip(),
    )
    plan_notices.tell_of_comment(step)
    return step


def check_permission(by: Any, permission: str) -> None:
    if not allowed(by, permission):
        raise PermissionDenied


def held(version: PlanVersion) -> tuple[PlanVersion, list[PlanVersion]]:
    """The version as it stands now and the others of its year, all locked."""
    rows = PlanVersion.objects.select_for_update().filter(year=version.year).order_by("pk")
    found = {row.pk: row for row in rows}
    return found.pop(version.pk), list(found.values())


def held_for_answer(version: PlanVersion, by: Any) -> tuple[PlanVersion, list[PlanVersion]]:
    check_permission(by, "kpis.approve_plan")
    version, others = held(version)
    if is_his_own(version, by):
        raise ValidationError(_("Nobody approves a plan of his own."), code="own_plan")
    return version, others


def check_status(version: PlanVersion, wanted: PlanStatus) -> None:
    if version.status != wanted:
        raise ValidationError(how_it_stands(version), code="moved")


def check_that_none_waits(others: list[PlanVersion]) -> None:
    waiting = next((one for one in others if one.status == SUBMITTED), None)
    if waiting:
        text = _("Version %(number)s waits for the director's answer. Withdraw it first.")
        raise ValidationError(text % {"number": waiting.number}, code="waiting")


def how_it_stands(version: PlanVersion) -> str:
    """Who has moved the version last, and where to: for the one who came second."""
    text = STANDINGS[PlanStatus(version.status)]()
    moves = version.steps.filter(to_status=version.status).exclude(from_status=version.status)
    last = moves.select_related("by").last()
    if last is None:
        return text
    who = _("%(who)s, %(at)s") % {"who": last.by, "at": moment(last.at, today=company_today())}
    return f"{text} ({who})"


STANDINGS: dict[PlanStatus, Callable[[], str]] = {
    DRAFT: lambda: _("This version has been withdrawn or was never submitted."),
    SUBMITTED: lambda: _("This version waits for the director's answer already."),
    RETURNED: lambda: _("This version has been returned: save a new one."),
    APPROVED: lambda: _("This version has been approved."),
    REPLACED: lambda: _("This version has been replaced by a later one."),
}


def move(
    version: PlanVersion,
    status: PlanStatus,
    *,
    by: Any,
    words: str = "",
    answer_by: date | None = None,
) -> None:
    """Write the step and the version's new status."""
    ApprovalStep.objects.create(
        version=version,
        by=by,
        from_status=version.status,
        to_status=status,
        words=words.strip(),
        answer_by=answer_by,
    )
    version.status = status
    version.save()
