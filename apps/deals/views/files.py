"""Files of a deal: the panel, adding, fetching, removing."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.access import requires
from apps.core.attachments import ACCEPTED, MAX_BYTES, MEGABYTE, TOO_MUCH
from apps.core.idempotency import idempotent
from apps.core.toasts import tell, warn
from apps.core.uploads import takes_upload
from apps.core.views.files import as_attachment
from apps.deals import rules
from apps.deals.actions import attach_file, remove_file, restore_file
from apps.deals.models import Deal, DealFile
from apps.deals.views.answers import deal_address, said
from apps.deals.views.deals import visible_deal


@require_safe
@requires("deals.view_deal")
def deal_files(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel for a script's request, a page of its own for anything else."""
    deal = visible_deal(request, pk)
    template = "deals/_files.html" if request.htmx else "deals/files.html"
    return render(request, template, files_context(request, deal))


def files_context(request: HttpRequest, deal: Deal, refusal: str = "") -> dict[str, Any]:
    return {
        "deal": deal,
        "files": deal.files.kept().select_related("stored__owner").order_by("-pk"),
        "can_edit": rules.can_edit(deal, by=request.user) and not deal.archived_at,
        "accepted": ",".join(ACCEPTED),
        "limit": MAX_BYTES // MEGABYTE,
        "refusal": refusal,
    }


@require_POST
@requires("deals.change_deal")
@takes_upload(MAX_BYTES)
@idempotent
def deal_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    deal = visible_deal(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        return refused(request, deal, _("Choose a file."))
    try:
        attach_file(deal, by=request.user, upload=upload)
    except ValidationError as error:
        status = 413 if getattr(error, "code", "") in TOO_MUCH else 422
        return refused(request, deal, said(error), status)
    tell(request, _("The file is attached."))
    return redirect(deal_address(deal))


def refused(request: HttpRequest, deal: Deal, refusal: str, status: int = 422) -> HttpResponse:
    context = files_context(request, deal, refusal)
    return render(request, "deals/files.html", context, status=status)


def visible_file(request: HttpRequest, pk: int) -> DealFile:
    rows = DealFile.objects.visible_to(request.user).select_related("deal", "stored")
    return get_object_or_404(rows, pk=pk)


@require_safe
@requires("deals.view_deal")
def deal_file(request: HttpRequest, pk: int) -> FileResponse:
    rows = DealFile.objects.visible_to(request.user).kept().select_related("stored")
    return as_attachment(get_object_or_404(rows, pk=pk).stored)


@require_POST
@requires("deals.change_deal")
def deal_file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    file = visible_file(request, pk)
    try:
        remove_file(file, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(
            request,
            _("“%(name)s” is removed.") % {"name": file.stored.name},
            undo=reverse("deals:deal_file_restore", args=[pk]),
        )
    return redirect(deal_address(file.deal))


@require_POST
@requires("deals.change_deal")
def deal_file_restore(request: HttpRequest, pk: int) -> HttpResponse:
    file = visible_file(request, pk)
    try:
        restore_file(file, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, _("The file is back."))
    return redirect(deal_address(file.deal))
