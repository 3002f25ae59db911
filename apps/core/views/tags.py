"""The tags of the company: words and colours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import requires
from apps.core.forms.lists import TagForm
from apps.core.idempotency import idempotent
from apps.core.models import Tag
from apps.core.toasts import tell
from apps.core.views.modals import gone_to, modal_form


@require_GET
@requires("core.change_tags")
def tag_list(request: HttpRequest) -> HttpResponse:
    return render(request, "settings/tag_list.html", {"tags": Tag.objects.all()[:500]})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("core.change_tags")
@idempotent
def tag_create(request: HttpRequest) -> HttpResponse:
    form = TagForm(
        request.POST or None, action=reverse("core:tag_create"), back=reverse("core:tag_list")
    )
    return saved_or_shown(request, form, _("New tag"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("core.change_tags")
def tag_edit(request: HttpRequest, pk: int) -> HttpResponse:
    form = TagForm(
        request.POST or None,
        action=reverse("core:tag_edit", args=[pk]),
        back=reverse("core:tag_list"),
        instance=get_object_or_404(Tag, pk=pk),
    )
    return saved_or_shown(request, form, _("Tag"))


def saved_or_shown(request: HttpRequest, form: TagForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        form.save()
        tell(request, _("Saved."))
        return gone_to(request, reverse("core:tag_list"))
    return modal_form(request, form, title)


@require_POST
@requires("core.change_tags")
def tag_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the choice, or back into it; rows keep the tag."""
    tag = get_object_or_404(Tag, pk=pk)
    is_twin = Tag.objects.kept().filter(name__iexact=tag.name).exclude(pk=pk).exists()
    if not (tag.archived_at and is_twin):
        tag.archived_at = None if tag.archived_at else timezone.now()
        tag.save(update_fields=["archived_at"])
    return redirect("core:tag_list")
