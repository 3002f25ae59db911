"""The list of deals, the page of one, and its edits."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.clients.models import Client
from apps.core.access import allowed, requires
from apps.core.calendars import company_zone
from apps.core.idempotency import idempotent
from apps.core.models import Company
from apps.core.saved_views import LastLook, last_look, remember
from apps.core.toasts import tell, warn
from apps.core.versions import Conflict, chosen, conflict_page
from apps.deals import listing, rules
from apps.deals.actions import (
    archive_deal,
    assign_deal,
    change_deal,
    create_deal,
    restore_deal,
)
from apps.deals.actions.checks import first_stage
from apps.deals.choices import EventKind
from apps.deals.deal_page import DEAL_LINKS, DealPage, deals_with_parts, tags_context
from apps.deals.forms.activities import LogForm
from apps.deals.forms.deals import AssignForm, DealEditForm, DealForm
from apps.deals.forms.filters import DealFilter
from apps.deals.models import Deal, Pipeline
from apps.deals.timeline import timeline_of
from apps.deals.views.answers import add_errors, deal_address, done, said, show_form
from apps.deals.views.columns import Columns, columns_of
from apps.staff.card_watch import opens_card


def visible_deal(request: HttpRequest, pk: int, *links: str) -> Deal:
    """The deal, if it is in the person's scope; 404 otherwise."""
    return get_object_or_404(Deal.objects.visible_to(request.user).select_related(*links), pk=pk)


@require_GET
@requires("deals.view_deal")
def deal_list(request: HttpRequest) -> HttpResponse:
    last = last_look(request, ROOM)
    if is_board_usual(request, last):
        return redirect("deals:deal_board")
    now, zone = timezone.now(), company_zone()
    form = DealFilter(request.GET, viewer=request.user)
    deals = form.narrowed(
        Deal.objects.visible_to(request.user), now=now, today=now.astimezone(zone).date()
    )
    totals = listing.totals_of(deals)
    page = listing.page_of(
        listing.ordered(deals, request.GET.get("sort", listing.DEFAULT_SORT)),
        number=request.GET.get("page"),
        totals=totals,
        now=now,
        zone=zone,
    )
    context = {
        "form": form,
        "page": page,
        "totals": totals,
        "columns": chosen_columns(request, last),
        "bulk": BULK_ACTS if allowed(request.user, "deals.change_deal") else (),
        "can_assign": allowed(request.user, "deals.assign_deal"),
        "can_edit": allowed(request.user, "deals.change_deal"),
        "can_add": allowed(request.user, "deals.add_deal"),
        "can_export": allowed(request.user, "deals.export_deal"),
    }
    template = "deals/_deal_table.html" if request.htmx else "deals/deal_list.html"
    return render(request, template, context)


ROOM = "deals"
# The bar of chosen rows: code of the bulk action, label, icon.
BULK_ACTS = (
    ("stage", gettext_lazy("Stage"), "kanban"),
    ("edit", gettext_lazy("Edit"), "pencil"),
    ("tag", gettext_lazy("Add tags"), "tags"),
    ("untag", gettext_lazy("Remove tags"), "tag"),
)


def is_board_usual(request: HttpRequest, last: LastLook) -> bool:
    """A bare address opens what the person looked at last: the board or the list."""
    is_bare = not request.GET and not request.htmx
    return is_bare and last.part("face") == "board"


def chosen_columns(request: HttpRequest, last: LastLook) -> Columns:
    """The columns of the address, or those the person chose last; the choice is remembered."""
    columns = columns_of(request, last.columns)
    query = last.query
    if request.GET.get("view") == "list":
        query = query.replace("face=board", "face=list")
    remember(request, ROOM, query=query, columns=columns.chosen)
    return columns


@require_GET
@requires("deals.view_deal")
@opens_card
def deal(request: HttpRequest, pk: int) -> HttpResponse:
    rows = deals_with_parts(Deal.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    page = DealPage(found, request.user)
    timeline = timeline_of(found, moves=page.moves, kind=kind_of(request), zone=page.zone)
    context = {
        "deal": found,
        "page": page,
        "timeline": timeline,
        "kinds": EventKind.choices,
        "log_form": LogForm(action=reverse("deals:deal_log", args=[pk])),
        "tag_words": tags_context(found, found.tag_list, can_edit=page.can_edit),
        "can_assign": allowed(request.user, "deals.assign_deal"),
        "can_archive": page.can_edit and rules.may_go(found),
    }
    return render(request, "deals/deal.html", context)


@require_GET
@requires("deals.view_deal")
def deal_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the timeline, or its whole section when another kind is chosen."""
    found = visible_deal(request, pk, *DEAL_LINKS)
    page = DealPage(found, request.user)
    before = parse_datetime(request.GET.get("before", "").replace(" ", "+"))
    timeline = timeline_of(
        found, moves=page.moves, kind=kind_of(request), zone=page.zone, before=before
    )
    context = {"deal": found, "page": page, "timeline": timeline, "kinds": EventKind.choices}
    if not request.htmx:
        return redirect(f"{deal_address(found)}?kind={timeline.kind}")
    template = "deals/_events.html" if before else "deals/_timeline.html"
    return render(request, template, context)


def kind_of(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in EventKind.values else EventKind.ALL


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.add_deal")
@idempotent
def deal_create(request: HttpRequest) -> HttpResponse:
    form = DealForm(
        request.POST or None,
        person=request.user,
        back=reverse("deals:deal_list"),
        initial=beginnings(request),
    )
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        fields.setdefault("owner", request.user)
        try:
            made = create_deal(by=request.user, pipeline=fields["stage"].pipeline, **fields)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("The deal is added."))
            return redirect(deal_address(made))
    return show_form(request, form, _("New deal"))


def beginnings(request: HttpRequest) -> dict[str, Any]:
    """What a new deal begins with: the usual pipeline, the company's currency, the client asked for."""
    initial: dict[str, Any] = {"currency": Company.current().currency, "owner": request.user.pk}
    pipeline = Pipeline.objects.kept().order_by("-is_default", "order").first()
    if pipeline and pipeline.stages.kept().filter(kind__in=rules.IN_WORK).exists():
        initial["stage"] = first_stage(pipeline).pk
    client = request.GET.get("client", "")
    if client.isdecimal():
        initial["client"] = Client.objects.visible_to(request.user).filter(pk=client).first()
    return initial


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
@idempotent
def deal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_deal(request, pk, *DEAL_LINKS)
    options = {"deal": found, "person": request.user, "back": deal_address(found)}
    if request.method != "POST":
        return show_form(request, DealEditForm(**options), _("Edit the deal"), deal=found)
    form = DealEditForm(chosen(request, DealEditForm(**options)), **options)
    if form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            change_deal(
                found,
                by=request.user,
                expected_version=form.cleaned_data["version"],
                **fields,
            )
        except ValidationError as error:
            add_errors(form, error)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=deal_address(found))
        else:
            tell(request, _("Saved."))
            return done(request, deal_address(found))
    return show_form(request, form, _("Edit the deal"), deal=found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.assign_deal")
@idempotent
def deal_assign(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_deal(request, pk, "owner")
    address = reverse("deals:deal_assign", args=[pk])
    form = AssignForm(
        request.POST or None, person=request.user, action=address, back=deal_address(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            assign_deal(found, to=form.cleaned_data["owner"], by=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(
                request,
                _("The deal is handed over to %(name)s.") % {"name": form.cleaned_data["owner"]},
            )
            return done(request, deal_address(found))
    return show_form(request, form, _("Hand over the deal"), deal=found)


@require_POST
@requires("deals.change_deal")
def deal_archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_deal(request, pk)
    try:
        archive_deal(found, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
        return redirect(deal_address(found))
    tell(
        request,
        _("“%(title)s” is in the bin.") % {"title": found.title},
        undo=reverse("deals:deal_restore", args=[pk]),
    )
    return redirect("deals:deal_list")


@require_POST
@requires("deals.change_deal")
def deal_restore(request: HttpRequest, pk: int) -> HttpResponse:
    found = restore_deal(visible_deal(request, pk), by=request.user)
    tell(request, _("The deal is back."))
    return redirect(deal_address(found))
