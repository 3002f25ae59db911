"""Rules for inbound leads, in their order, and how fast leads are answered."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.clients.models import AnswerNorm
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict, chosen, conflict_page
from apps.portfolio.actions.leads import archive_rule, next_order, shift_rule
from apps.portfolio.actions.norms import save_rule
from apps.portfolio.forms.leads import LeadRuleForm
from apps.portfolio.lead_speed import DAYS, given, speeds
from apps.portfolio.models import LeadRule

PAGE = 20


@require_GET
@requires("portfolio.view_lead_rule")
def lead_rules(request: HttpRequest) -> HttpResponse:
    rules = LeadRule.objects.kept().select_related("node", "source").order_by("order", "pk")
    norm = AnswerNorm.current()
    leads = given(request.user)
    asked = LeadRule.objects.filter(pk=number(request.GET.get("rule", ""))).first()
    if asked:
        leads = leads.filter(rule=asked)
    people = speeds(request.user, norm=norm)
    context = {
        "rules": rules.annotate(given=Count("assignments")),
        "people": people,
        "waiting": sum(one.waiting for one in people),
        "late": sum(one.late for one in people),
        "page": Paginator(leads, PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "norm": norm,
        "days": DAYS,
        "may_change": allowed(request.user, "portfolio.change_lead_rule"),
    }
    return render(request, "portfolio/lead_rules.html", context)


def number(text: str) -> int:
    """A key from the address; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.change_lead_rule")
@idempotent
def lead_rule_create(request: HttpRequest) -> HttpResponse:
    return edited(request, LeadRule())


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.change_lead_rule")
def lead_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return edited(request, get_object_or_404(LeadRule.objects.kept(), pk=pk))


def edited(request: HttpRequest, row: LeadRule) -> HttpResponse:
    form: Any = LeadRuleForm(instance=row, viewer=request.user)
    if request.method == "POST":
        form = LeadRuleForm(chosen(request, form), instance=row, viewer=request.user)
        if form.is_valid():
            expected = form.cleaned_data["version"] or 0
            try:
                save_rule(form.instance, by=request.user, expected=expected, order=next_order())
            except Conflict as conflict:
                return conflict_page(request, form, conflict.current)
            toasts.tell(request, _("Saved. The next lead goes by it."))
            return redirect("portfolio:lead_rules")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/lead_rule.html", {"form": form, "rule": row}, status=status)


@require_POST
@requires("portfolio.change_lead_rule")
def lead_rule_shift(request: HttpRequest, pk: int, direction: str) -> HttpResponse:
    rule = get_object_or_404(LeadRule.objects.kept(), pk=pk)
    shift_rule(rule, up=direction == "up", by=request.user)
    return redirect("portfolio:lead_rules")


@require_POST
@requires("portfolio.change_lead_rule")
def lead_rule_archive(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(LeadRule.objects.kept(), pk=pk)
    archive_rule(rule, by=request.user)
    toasts.tell(request, _("“%(name)s” is asked no more.") % {"name": rule.name})
    return redirect("portfolio:lead_rules")
