"""The statements of a month for those who see others' pay; one's own months for everybody else."""

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.bonuses.choices import SETTLED
from apps.bonuses.forms import MonthChoice, WhatIfForm
from apps.bonuses.models import Statement
from apps.bonuses.statement_page import read_statement
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.periods import add_months, month_of
from apps.staff.choices import Role
from apps.staff.models import User

PAGE = 50
MONTHS = 13
# A total of fewer people would tell what one of them earns.
FEWEST = 3
READERS = (Role.HEAD, Role.DIRECTOR, Role.HR)


@require_GET
@requires("bonuses.view_statement")
def statement_list(request):
    if request.user.role in READERS:
        return month_page(request)
    return own_page(request)


def own_page(request):
    """My months; a lead also sees the sum of his team."""
    rows = with_questions(Statement.objects.filter(person=request.user)).order_by("-month")
    page = Paginator(rows.select_related("scheme_version"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "team_total": team_total(request.user)}
    return render(request, "bonuses/own_list.html", context)


def team_total(viewer):
    """Of the current month, over the people a lead leads; None for fewer than three."""
    if viewer.role != Role.LEAD:
        return None
    people = User.objects.work_visible_to(viewer).exclude(pk=viewer.pk)
    month = company_today().replace(day=1)
    rows = Statement.objects.filter(person__in=people, month=month)
    found = rows.aggregate(count=Count("pk"), total=Sum("total"), earned=Sum("earned"))
    return found if found["count"] >= FEWEST else None


def month_page(request):
    form = MonthChoice(request.GET)
    form.is_valid()
    month = form.cleaned_data.get("month") or latest_month(request.user)
    rows = narrowed(Statement.objects.visible_to(request.user).filter(month=month), form)
    sums = rows.aggregate(
        count=Count("pk"),
        base=Sum("base"),
        total=Sum("total"),
        waiting=Count("pk", filter=Q(status="open")),
        approved=Count("pk", filter=Q(status="approved")),
    )
    listed = with_questions(rows).select_related("person", "node", "scheme_version__scheme")
    listed = listed.order_by("person__name_key", "pk")
    context = {
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "month": month,
        "months": months_around(month),
        "status": form.cleaned_data.get("status", ""),
        "sums": sums,
        "is_over": month < company_today().replace(day=1),
        "may_approve": allowed(request.user, "bonuses.approve_statement"),
        "may_pay": allowed(request.user, "bonuses.pay_statement"),
        "may_export": allowed(request.user, "bonuses.export_payroll"),
        "sees_schemes": allowed(request.user, "bonuses.view_scheme"),
    }
    return render(request, "bonuses/statement_list.html", context)


def narrowed(rows, form):
    status = form.cleaned_data.get("status", "")
    if status == "asked":
        return rows.filter(pk__in=asked_about())
    return rows.filter(status=status) if status else rows


def asked_about():
    """Statements with a question that waits."""
    waiting = Statement.objects.filter(disputes__isnull=False)
    return waiting.exclude(disputes__status__in=SETTLED).values("pk")


def with_questions(rows):
    unsettled = Count("disputes", filter=~Q(disputes__status__in=SETTLED), distinct=True)
    return rows.annotate(questions=unsettled)


def latest_month(viewer):
    newest = Statement.objects.visible_to(viewer).order_by("-month").values_list("month", flat=True)
    return newest.first() or company_today().replace(day=1)


def months_around(month):
    """The chosen month among those that may be chosen, newest first."""
    newest = max(month, company_today().replace(day=1))
    months = [add_months(newest, -back) for back in range(MONTHS)]
    return [(one, month_of(one).label) for one in sorted({*months, month}, reverse=True)]


@require_GET
@requires("bonuses.view_statement")
def statement(request, pk):
    found = visible_statement(request, pk)
    today = company_today()
    context = read_statement(found, request.user, request.GET.get("page"), today)
    if found.is_open and allowed(request.user, "bonuses.ask_what_if"):
        context["what_if"] = WhatIfForm(person=found.person, viewer=request.user)
    return render(request, "bonuses/statement.html", context)


def visible_statement(request, pk):
    rows = Statement.objects.visible_to(request.user)
    rows = rows.select_related("person", "node", "scheme_version__scheme", "approved_by")
    return get_object_or_404(rows.prefetch_related("scheme_version__tiers"), pk=pk)
