"""Changes of many rows: the preview, the act, the list of what was done, and undo."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import signed_in
from apps.core.bulk import apply_batch, undo_batch
from apps.core.bulk.registry import action_of
from apps.core.choices import BatchRowStatus, BatchStatus
from apps.core.models import Batch
from apps.core.toasts import tell
from apps.core.views.modals import gone_to, page_before

PAGE, ROWS = 30, 50


def counted() -> Any:
    """Batches with the number of their rows by status: ready, skipped, done, undone, kept."""
    counts = {
        status.value: Count("rows", filter=Q(rows__status=status)) for status in BatchRowStatus
    }
    return Batch.objects.annotate(**{f"n_{name}": count for name, count in counts.items()})


@require_GET
@signed_in
def batch_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(counted().visible_to(request.user).begun().order_by("-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    for batch in page.object_list:
        batch.said = said(batch)
    return render(request, "core/batch_list.html", {"page": page})


def said(batch: Batch) -> str:
    """What the batch does, in words; its code when the room is gone."""
    try:
        action = action_of(batch)
    except LookupError:
        return batch.action
    return action.describe(action.load(batch.params))


@require_GET
@signed_in
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft as a preview to confirm, anything else as its outcome; ?status= narrows the rows."""
    found = get_object_or_404(counted().visible_to(request.user).select_related("job"), pk=pk)
    return show_batch(request, found)


def show_batch(request: HttpRequest, found: Any) -> HttpResponse:
    status = request.GET.get("status", "")
    rows = found.rows.filter(status=status) if status in BatchRowStatus.values else found.rows.all()
    context = {
        "batch": found,
        "title": said(found),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "status": status,
        "counts": [
            (one, one.label, getattr(found, f"n_{one.value}"))
            for one in BatchRowStatus
            if getattr(found, f"n_{one.value}")
        ],
    }
    if request.headers.get("HX-Request"):
        return render(request, "core/_batch_modal.html", context)
    return render(request, "core/batch.html", context)


def preview_of(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The preview of a batch just drafted, for the view of a room that drafted it."""
    if not request.headers.get("HX-Request"):
        return gone_to(request, reverse("core:batch", args=[batch.pk]))
    response = show_batch(request, counted().get(pk=batch.pk))
    response["HX-Retarget"], response["HX-Reswap"] = "#modal-body", "innerHTML"
    return response


@require_POST
@signed_in
def batch_apply(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    done = apply_batch(found, by=request.user)
    page = reverse("core:batch", args=[pk])
    if done.status != BatchStatus.DONE:
        return gone_to(request, page)
    undo = reverse("core:batch_undo", args=[pk])
    tell(request, outcome(done), undo=undo)
    return gone_to(request, done.back or page)


def outcome(done: Batch) -> str:
    changed = done.rows.filter(status=BatchRowStatus.DONE).count()
    skipped = done.rows.filter(status=BatchRowStatus.SKIPPED).count()
    if not skipped:
        return _("Changed: %(changed)d.") % {"changed": changed}
    return _("Changed: %(changed)d, skipped: %(skipped)d.") % {
        "changed": changed,
        "skipped": skipped,
    }


@require_POST
@signed_in
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to where it was asked from; to the list of rows when some could not be put back."""
    found = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
    undone = undo_batch(found, by=request.user)
    kept = undone.rows.filter(status=BatchRowStatus.KEPT).count()
    page = reverse("core:batch", args=[pk])
    if undone.status != BatchStatus.UNDONE:
        return gone_to(request, page)
    if kept:
        text = _("Put back; %(kept)d rows were changed since and stay as they are.")
        tell(request, text % {"kept": kept})
        return gone_to(request, f"{page}?status={BatchRowStatus.KEPT}")
    tell(request, _("Everything is put back."))
    return gone_to(request, page_before(request, undone.back or page))
