"""Products, shares and the payment schedule of a deal: tables of rows, saved as a whole."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.toasts import tell
from apps.core.versions import Conflict
from apps.deals import rules
from apps.deals.actions import plan_payments, set_lines, set_schedule, set_splits
from apps.deals.forms.contents import LineFormSet, ShareFormSet
from apps.deals.forms.money import ScheduleFormSet
from apps.deals.forms.terms import TermsForm
from apps.deals.models import Deal, Product
from apps.deals.views.answers import add_errors, changed, deal_address, said, show_form
from apps.deals.views.deals import visible_deal
from apps.staff.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_lines(request: HttpRequest, pk: int) -> HttpResponse:
    deal = visible_deal(request, pk)
    known = list(deal.lines.select_related("product"))
    products = Product.objects.filter(archived_at=None) | Product.objects.filter(
        pk__in=[line.product_id for line in known]
    )
    formset = LineFormSet(
        request.POST or None,
        form_kwargs={"products": products},
        initial=[
            {
                "product": line.product_id,
                "quantity": line.quantity,
                "list_price": line.list_price,
                "sold_price": line.sold_price,
            }
            for line in known
        ],
    )
    if request.method == "POST" and formset.is_valid():
        lines = [form.line for form in formset if form.line]
        saved = attempt(
            request,
            formset,
            lambda version: set_lines(
                deal,
                by=request.user,
                lines=lines,
                expected_version=version,
                follow_amount=bool(request.POST.get("follow_amount")),
            ),
        )
        if saved:
            tell(request, _("The products are saved."))
            return redirect(deal_address(deal))
    return show_rows(request, deal, formset, "deals/lines.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_splits(request: HttpRequest, pk: int) -> HttpResponse:
    deal = visible_deal(request, pk, "owner")
    if not rules.can_split(deal, by=request.user):
        raise PermissionDenied
    shares = [(row.user_id, row.share) for row in deal.splits.all()] or [
        (deal.owner_id, Decimal(1))
    ]
    formset = ShareFormSet(
        request.POST or None,
        form_kwargs={"people": User.objects.working().selling().in_name_order()},
        initial=[{"user": user, "percent": share * 100} for user, share in shares],
    )
    if request.method == "POST" and formset.is_valid():
        given = [form.share for form in formset if form.share]
        if len({user.pk for user, _share in given}) < len(given):
            formset.refusal = _("Each person once.")
        elif attempt(
            request,
            formset,
            lambda version: set_splits(
                deal, by=request.user, shares=dict(given), expected_version=version
            ),
        ):
            tell(request, _("The shares are saved."))
            return redirect(deal_address(deal))
    return show_rows(request, deal, formset, "deals/splits.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    deal = visible_deal(request, pk)
    known = list(deal.schedule.all())
    formset = ScheduleFormSet(
        request.POST or None,
        initial=[
            {"pk": line.pk, "due_on": line.due_on, "title": line.title, "amount": line.amount}
            for line in known
        ]
        or [{"amount": deal.amount}],
    )
    if request.method == "POST" and formset.is_valid():
        payments = [form.payment for form in formset if form.payment]
        saved = attempt(
            request,
            formset,
            lambda version: set_schedule(
                deal, by=request.user, payments=payments, expected_version=version
            ),
        )
        if saved:
            tell(request, _("The schedule is saved."))
            return redirect(deal_address(deal))
    return show_rows(request, deal, formset, "deals/schedule.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
@idempotent
def deal_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """The payments of a deal without a schedule, by one of the usual terms."""
    deal = visible_deal(request, pk)
    if deal.schedule.exists():
        return redirect("deals:deal_schedule", pk)
    action, back = reverse("deals:deal_terms", args=[pk]), deal_address(deal)
    form = TermsForm(request.POST or None, action=action, back=back)
    if request.method == "POST" and form.is_valid() and form.given:
        try:
            plan_payments(deal, by=request.user, terms=form.given)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("The payments are planned."))
            return changed(request, back)
    return show_form(request, form, _("When does the client pay?"), deal=deal)


def attempt(request: HttpRequest, formset: Any, save: Any) -> bool:
    """Save under the version that the page was made from; a refusal stays on the formset."""
    version = request.POST.get("version", "")
    try:
        save(int(version) if version.isdecimal() else None)
    except ValidationError as error:
        formset.refusal = said(error)
    except Conflict:
        formset.refusal = _(
            "Somebody changed the deal while you were editing. What you typed is kept below; "
            "look at the deal and save again."
        )
        formset.is_stale = True
    else:
        return True
    return False


def show_rows(request: HttpRequest, deal: Deal, formset: Any, template: str) -> HttpResponse:
    deal.refresh_from_db()
    refusal = getattr(formset, "refusal", "")
    is_refused = formset.is_bound and (refusal or not formset.is_valid())
    status = 409 if getattr(formset, "is_stale", False) else 422 if is_refused else 200
    context = {"deal": deal, "formset": formset, "refusal": refusal, "back": deal_address(deal)}
    return render(request, template, context, status=status)
