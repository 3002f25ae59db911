"""One version of a plan: what it changes, what speaks for it, and its way to the approval."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import allowed, requires
from apps.core.calendars import WorkCalendar, company_today
from apps.core.idempotency import FIELD, idempotent
from apps.core.toasts import tell, warn
from apps.core.views import errors
from apps.kpis import rules
from apps.kpis.actions import approval
from apps.kpis.choices import DiffBy, PlanLevel
from apps.kpis.evidence import read_evidence
from apps.kpis.forms import PlanComment, PlanSubmission, PlanWords, VersionChoice
from apps.kpis.models import ApprovalStep, PlanVersion
from apps.kpis.plan_diff import read_diff, usual_base
from apps.kpis.plan_shares import share_changes

security_log = logging.getLogger("sales.security")

ROWS = 50
# A director is given so many working days unless the head says otherwise.
DAYS_TO_ANSWER = 3
# What an answer may carry: sums are nobody's to slip in with an approval.
ANSWER_FIELDS = {"csrfmiddlewaretoken", FIELD, "words"}


def find_version(pk: int) -> PlanVersion:
    people = ("author", "submitted_by", "approved_by")
    return get_object_or_404(PlanVersion.objects.select_related(*people), pk=pk)


@require_GET
@requires("kpis.view_version")
def plan_version(request: HttpRequest, pk: int) -> HttpResponse:
    return show_version(request, find_version(pk))


def show_version(
    request: HttpRequest, version: PlanVersion, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page; `forms` are those that were refused and are shown with what was typed."""
    versions = list(PlanVersion.objects.filter(year=version.year).order_by("number"))
    choice = VersionChoice(request.GET)
    if not choice.is_valid():
        raise Http404
    asked = choice.cleaned_data
    base = chosen_base(version, versions, asked["against"])
    by, level = asked["by"] or DiffBy.TEAM, asked["level"] or PlanLevel.PLAN
    diff = read_diff(request.user, version, base, level=level, by=by)
    context = {
        "version": version,
        "versions": [one for one in versions if one.pk != version.pk],
        "steps": ApprovalStep.objects.visible_to(request.user)
        .filter(version=version)
        .select_related("by"),
        "diff": diff,
        "shares": share_changes(version, base),
        "page": Paginator(diff.rows, ROWS).get_page(request.GET.get("page")),
        "by": by,
        "level": level,
        "groupings": DiffBy.choices,
        "levels": PlanLevel.choices,
        "is_late": version.is_late(company_today()),
        **rights(request.user, version, versions[-1].number),
        **blank_forms(),
        **forms,
    }
    return render(request, "kpis/plan_version.html", context, status=status)


def chosen_base(
    version: PlanVersion, versions: list[PlanVersion], against: int | None
) -> PlanVersion | None:
    if against is None:
        return usual_base(version, versions)
    found = [one for one in versions if one.pk == against and one.pk != version.pk]
    if not found:
        raise Http404
    return found[0]


def rights(person: Any, version: PlanVersion, newest: int) -> dict[str, bool]:
    return {
        "may_submit": rules.may_submit(version, newest, by=person),
        "may_withdraw": rules.may_withdraw(version, by=person),
        "may_answer": rules.may_answer(version, by=person),
        "may_comment": allowed(person, "kpis.comment_plan"),
        "may_see_evidence": allowed(person, "kpis.view_evidence"),
    }


def blank_forms() -> dict[str, Any]:
    return {
        "submission": PlanSubmission(initial={"answer_by": usual_term()}, prefix=None),
        "answer": PlanWords(auto_id="answer-%s"),
        "comment": PlanComment(auto_id="comment-%s"),
    }


def usual_term() -> date:
    today = company_today()
    return WorkCalendar.load(today, today).add_working_days(today, DAYS_TO_ANSWER)


@require_GET
@requires("kpis.view_evidence")
def plan_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The evidence: a part of the version's page for its script, a page for anything else."""
    version = find_version(pk)
    template = "kpis/_plan_evidence.html" if request.htmx else "kpis/plan_evidence.html"
    context = {"version": version, "evidence": read_evidence(request.user, version)}
    return render(request, template, context)


@require_POST
@requires("kpis.change_plan")
@idempotent
def plan_submit(request: HttpRequest, pk: int) -> HttpResponse:
    version, form = find_version(pk), PlanSubmission(request.POST)
    if not form.is_valid():
        return show_version(request, version, status=422, submission=form)
    done = _("Version %(number)s is sent to the director.")
    return act(request, version, form, "submission", approval.submit_plan, done)


@require_POST
@requires("kpis.change_plan")
@idempotent
def plan_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    version, form = find_version(pk), PlanWords(request.POST)
    done = _("Version %(number)s is a draft again.")
    return act(request, version, form, "answer", approval.withdraw_plan, done)


@require_POST
@requires("kpis.approve_plan")
@idempotent
def plan_approve(request: HttpRequest, pk: int) -> HttpResponse:
    version = find_version(pk)
    if refusal := refused_answer(request, version):
        return refusal
    done = _("Version %(number)s is in force. Dashboards show it after the next calculation.")
    form = PlanWords(request.POST, auto_id="answer-%s")
    return act(request, version, form, "answer", approval.approve_plan, done)


@require_POST
@requires("kpis.approve_plan")
@idempotent
def plan_return(request: HttpRequest, pk: int) -> HttpResponse:
    version = find_version(pk)
    if refusal := refused_answer(request, version):
        return refusal
    done = _("Version %(number)s is returned with your comment.")
    form = PlanWords(request.POST, auto_id="answer-%s")
    return act(request, version, form, "answer", approval.return_plan, done)


@require_POST
@requires("kpis.comment_plan")
@idempotent
def plan_comment(request: HttpRequest, pk: int) -> HttpResponse:
    version, form = find_version(pk), PlanComment(request.POST, auto_id="comment-%s")
    return act(
        request, version, form, "comment", approval.comment_plan, _("The comment is written.")
    )


def refused_answer(request: HttpRequest, version: PlanVersion) -> HttpResponse | None:
    """403 for whoever wrote or sent the plan, 400 for an answer that carries more than words."""
    if rules.is_his_own(version, request.user):
        security_log.warning("answer to a plan of one's own refused: %s", version.pk)
        raise PermissionDenied(_("Nobody approves a plan of his own."))
    more = (set(request.POST) | set(request.FILES)) - ANSWER_FIELDS
    if not more:
        return None
    security_log.warning("answer to plan %s refused: it carried %s", version.pk, len(more))
    text = _("An answer to a plan carries a comment and nothing else; no sum has changed.")
    return errors.error_page(request, 400, text)


def act(
    request: HttpRequest,
    version: PlanVersion,
    form: Any,
    name: str,
    action: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Do it and say so; a refusal stands on the form, what somebody else has done first is told."""
    if not form.is_valid():
        return show_version(request, version, status=422, **{name: form})
    try:
        action(version, by=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict"):
            for field, problems in refusal.error_dict.items():
                form.add_error(field, problems)
            return show_version(request, version, status=422, **{name: form})
        warn(request, " ".join(refusal.messages))
    else:
        tell(request, done % {"number": version.number} if "%" in done else done)
    return redirect(reverse("kpis:plan_version", args=[version.pk]))
