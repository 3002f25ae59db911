"""Likely duplicates, merging two of them, and taking a merge back."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.clients import rules
from apps.clients.actions.merging import CHOICES, merge_clients, merge_contacts, undo_merge
from apps.clients.actions.searching import KIND, start_search, tell_apart
from apps.clients.forms.merging import MergeForm, OtherForm
from apps.clients.models import Client, Contact, LikelyDuplicate, Merge
from apps.clients.views.clients import show_errors, visible_client
from apps.clients.views.panels import panel
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.idempotency import idempotent
from apps.core.models import Job

GROUPS = 20
# A chain of alike names may grow long; its end is seen once its beginning is settled.
MOST_ROWS = 500
SHOWN = 20


@require_GET
@requires("clients.view_duplicate")
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Groups of likely duplicates; of each only the clients that the viewer sees."""
    seen = LikelyDuplicate.objects.visible_to(request.user)
    groups = seen.order_by().values("group").annotate(count=Count("pk")).filter(count__gte=2)
    page = Paginator(groups.order_by("group"), GROUPS).get_page(request.GET.get("page"))
    rows = seen.filter(group__in=[one["group"] for one in page])
    rows = rows.select_related("client__owner").order_by("group", "client")[:MOST_ROWS]
    context = {
        "page": page,
        "groups": grouped(rows),
        "last": Job.objects.filter(kind=KIND).order_by("-created_at").first(),
        "can_merge": allowed(request.user, "clients.merge_client"),
    }
    return render(request, "clients/duplicate_list.html", context)


def grouped(rows: Any) -> list[list[LikelyDuplicate]]:
    groups: dict[int, list[LikelyDuplicate]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return list(groups.values())


@require_POST
@requires("clients.merge_client")
def duplicate_search(request: HttpRequest) -> HttpResponse:
    return redirect("core:job", start_search(by=request.user).pk)


@require_POST
@requires("clients.merge_client")
def duplicate_different(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    first, second = visible_client(request, pk), visible_client(request, other)
    tell_apart(first, second, by=request.user)
    toasts.tell(request, _("They will not be offered as one again."))
    return redirect("clients:duplicate_list")


@require_http_methods(["GET", "POST"])
@requires("clients.merge_client")
def client_merge_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Which client is the same as this one?"""
    found = visible_client(request, pk)
    form = OtherForm(request.POST or None, client=found, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        return redirect("clients:client_merge", pk, form.cleaned_data["other"].pk)
    context = {"form": form, "client": found}
    status = 422 if form.errors else 200
    return render(request, "clients/merge_with.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires("clients.merge_client")
@idempotent
def client_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Both side by side; `pk` stays, `other` becomes a part of it."""
    kept, gone = visible_client(request, pk), visible_client(request, other)
    names = [name for name in CHOICES["client"] if may_choose(name, kept, request.user)]
    return merge_page(request, "client", kept, gone, names, merge_clients)


def may_choose(name: str, kept: Client, viewer: Any) -> bool:
    return name != "owner" or rules.can_assign(kept, by=viewer)


@require_http_methods(["GET", "POST"])
@requires("clients.change_client")
@idempotent
def contact_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    rows = Contact.objects.visible_to(request.user).select_related("client")
    kept, gone = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)
    if kept.client_id != gone.client_id:
        raise Http404
    return merge_page(request, "contact", kept, gone, list(CHOICES["contact"]), merge_contacts)


def merge_page(
    request: HttpRequest, subject: str, kept: Any, gone: Any, names: list[str], merge: Any
) -> HttpResponse:
    form = MergeForm(request.POST or None, kept=kept, gone=gone, names=names, viewer=request.user)
    client = kept if subject == "client" else kept.client
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        try:
            made = merge(kept, gone, by=request.user, take=form.take())
        except ValidationError as error:
            show_errors(form, error)
        else:
            undo = reverse("clients:merge_undo", args=[made.pk])
            toasts.tell(request, _("Merged. Everything is in one place now."), undo=undo)
            return redirect(client.get_absolute_url())
    context = {
        "form": form,
        "subject": subject,
        "client": client,
        "kept": kept,
        "gone": gone,
        "swap": reverse(f"clients:{subject}_merge", args=[gone.pk, kept.pk]),
    }
    return render(request, "clients/merge.html", context, status=422 if form.errors else 200)


@require_POST
@requires("clients.merge_client", "clients.change_client")
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(Merge, pk=pk)
    rows = Client.objects if merge.subject == "client" else Contact.objects
    kept = get_object_or_404(rows.visible_to(request.user), pk=merge.kept_id)
    client = kept if isinstance(kept, Client) else kept.client
    try:
        undone = undo_merge(merge, by=request.user)
    except ValidationError as error:
        for text in error.messages:
            toasts.warn(request, text)
        return redirect(client.get_absolute_url())
    toasts.tell(request, _("The merge is undone: both are as before."))
    if undone.skipped:
        return redirect("clients:merge", pk)
    return redirect(client.get_absolute_url())


@require_GET
@requires("clients.view_client")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """What a merge moved, and after its undo what stayed because somebody had changed it."""
    found = get_object_or_404(Merge.objects.select_related("author", "undone_by"), pk=pk)
    rows = Client.objects if found.subject == "client" else Contact.objects
    kept = get_object_or_404(rows.visible_to(request.user), pk=found.kept_id)
    gone = rows.visible_to(request.user).filter(pk=found.gone_id).first()
    context = {
        "merge": found,
        "client": kept if isinstance(kept, Client) else kept.client,
        "kept": kept,
        "gone": gone,
        "moved": moved_counts(found),
        "skipped": seen_lines(found, request.user),
        "can_undo": rules.can_undo(found, kept, by=request.user, now=timezone.now()),
    }
    return render(request, "clients/merge_detail.html", context)


def seen_lines(found: Merge, viewer: Any) -> list[dict[str, Any]]:
    """What stayed at the undo; a row that the viewer does not see is not named."""
    wanted: dict[str, set[int]] = {}
    for line in found.skipped:
        wanted.setdefault(line["model"], set()).add(line["pk"])
    seen = set()
    for label, numbers in wanted.items():
        rows = apps.get_model(label)._default_manager.filter(pk__in=numbers)
        rows = rows.visible_to(viewer) if hasattr(rows, "visible_to") else rows.none()
        seen |= {(label, pk) for pk in rows.values_list("pk", flat=True)}
    hidden = {"name": _("hidden")}
    return [
        line if (line["model"], line["pk"]) in seen else line | hidden for line in found.skipped
    ]


def moved_counts(found: Merge) -> list[tuple[str, int]]:
    """What followed, by the name of its kind."""
    from apps.core.merging import reference_named  # walks the models, so only where it is shown

    target = Client if found.subject == "client" else Contact
    counts: dict[str, int] = {}
    for moved in found.moved.all():
        if reference := reference_named(moved.reference, target):
            label = str(reference.model._meta.verbose_name_plural)
            counts[label] = counts.get(label, 0) + len(moved.numbers)
    return list(counts.items())


@require_GET
@requires("clients.view_client")
def client_merges(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of the client's page: what was merged into it, and the way back."""
    found = visible_client(request, pk)
    contacts = found.contacts.values("pk")
    ours = Merge.objects.filter(subject="client", kept_id=pk) | Merge.objects.filter(
        subject="contact", kept_id__in=contacts
    )
    merges = list(ours.select_related("author").order_by("-merged_at")[:SHOWN])
    names = names_of_gone(merges)
    rows = [
        (one, names.get((one.subject, one.gone_id), ""), undoable(one, found, request.user))
        for one in merges
    ]
    return panel(request, "clients/_merges.html", {"client": found, "rows": rows})


def undoable(merge: Merge, kept: Client, viewer: Any) -> bool:
    return rules.can_undo(merge, kept, by=viewer, now=timezone.now())


def names_of_gone(merges: list[Merge]) -> dict[tuple[str, int], str]:
    names: dict[tuple[str, int], str] = {}
    for subject, model in (("client", Client), ("contact", Contact)):
        numbers = [one.gone_id for one in merges if one.subject == subject]
        if numbers:
            found = model.objects.in_bulk(numbers)
            names |= {(subject, pk): str(row) for pk, row in found.items()}
    return names
