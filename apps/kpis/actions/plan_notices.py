"""Who hears of what on the way of a plan; also the reminder once the answer is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core import access
from apps.core.notifying import notify
from apps.core.numerals import day
from apps.kpis.choices import PlanStatus
from apps.kpis.models import ApprovalStep, PlanVersion
from apps.staff.models import User

SUBMITTED, ANSWERED = "kpis.plan_submitted", "kpis.plan_answered"
LATE, COMMENTED = "kpis.plan_late", "kpis.plan_commented"
KINDS = {
    SUBMITTED: _("A plan waits for my answer"),
    ANSWERED: _("My plan is approved or returned"),
    LATE: _("The answer to a plan is late"),
    COMMENTED: _("A comment on a plan I take part in"),
}
# The day as each reader writes it.
day_of_reader = lazy(day, str)


def approvers(version: PlanVersion) -> list[User]:
    """Those who may answer this version."""
    roles = access.granted()["kpis.approve_plan"]
    people = User.objects.working().filter(role__in=roles)
    return list(people.exclude(pk__in=[version.author_id, version.submitted_by_id]))


def senders(version: PlanVersion) -> list[User]:
    """Its author and whoever sent it."""
    return list(User.objects.filter(pk__in=[version.author_id, version.submitted_by_id]))


def tell_approvers(version: PlanVersion, words: str) -> None:
    title = _("Plan {year}, version {number} waits for your answer by {day}")
    tell(SUBMITTED, version, title, to=approvers(version), body=words)


def tell_approved(version: PlanVersion, by: Any, words: str) -> None:
    title = _("{who} has approved plan {year}, version {number}")
    tell(ANSWERED, version, title, to=senders(version), by=by, body=words)


def tell_returned(version: PlanVersion, by: Any, words: str) -> None:
    title = _("{who} has returned plan {year}, version {number}")
    tell(ANSWERED, version, title, to=senders(version), by=by, body=words)


def tell_of_comment(step: ApprovalStep) -> None:
    """The author, the sender, who spoke before, and the approvers while the version waits."""
    version, spoke = step.version, step.version.steps.values("by")
    asked = approvers(version) if version.status == PlanStatus.SUBMITTED else []
    people = User.objects.filter(
        Q(pk__in=spoke) | Q(pk__in=[version.author_id, *(one.pk for one in asked)])
    )
    title = _("{who} on plan {year}, version {number}")
    to = [one for one in people if access.allowed(one, "kpis.view_version") and one != step.by]
    tell(COMMENTED, version, title, to=to, by=step.by, body=step.words)


def remind_of_plans(today: date) -> int:
    """Tell the approvers and the sender of each version whose day is over, once; how many there are."""
    late = PlanVersion.objects.waiting().filter(answer_by__lt=today)
    for version in late:
        title = _("Plan {year}, version {number} was to be answered by {day}")
        tell(LATE, version, title, to=[*approvers(version), *senders(version)])
    return len(late)


def tell(
    kind: str,
    version: PlanVersion,
    title: Any,
    *,
    to: Iterable[User],
    by: Any = "",
    body: str = "",
) -> None:
    """One line to each of `to`; of each step of the version once."""
    notify(
        to,
        kind=kind,
        title=format_lazy(
            title,
            who=by,
            year=version.year,
            number=version.number,
            day=day_of_reader(version.answer_by),
        ),
        body=body,
        url=version.get_absolute_url(),
        dedupe_key=f"{kind}:{version.pk}:{_mark(kind, version)}",
    )


def _mark(kind: str, version: PlanVersion) -> Any:
    """What tells two occasions of one kind apart: the last step, of a late answer its day."""
    if kind == LATE:
        return version.answer_by
    return version.steps.order_by("-pk").values_list("pk", flat=True).first()
