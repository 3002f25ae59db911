"""The tags of a client."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.clients.actions import tag_client
from apps.clients.forms.tags import TagsForm
from apps.clients.views.clients import show_errors, tags_context, visible_client
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.models import Tag
from apps.core.words import asked

OPTIONS = 20


@require_POST
@requires("clients.change_client")
def client_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one tag on (`add`) or take one off (`remove`), where the chips stand."""
    found = visible_client(request, pk)
    carried = {tag.pk: tag for tag in found.tags.all()}
    added = Tag.objects.kept().filter(pk__in=numbers(request, "add"))
    wanted = carried | {tag.pk: tag for tag in added}
    for pk_off in numbers(request, "remove"):
        wanted.pop(pk_off, None)
    tag_client(found, by=request.user, tags=wanted.values())
    if not request.htmx:
        return redirect(found.get_absolute_url())
    return render(request, "components/_tags.html", tags_context(found, can_edit=True))


def numbers(request: HttpRequest, name: str) -> list[int]:
    texts = request.POST.getlist(name)
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


@require_http_methods(["GET", "POST"])
@requires("clients.change_client")
def client_tags(request: HttpRequest, pk: int) -> HttpResponse:
    """The same by boxes, on a page of its own: several at once, and without scripts."""
    found = visible_client(request, pk)
    form = TagsForm(request.POST if request.method == "POST" else None, client=found)
    if request.method == "POST" and form.is_valid():
        try:
            tag_client(found, by=request.user, tags=form.cleaned_data["tags"])
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The tags are saved."))
            return redirect(found.get_absolute_url())
    context = {
        "form": form,
        "client": found,
        "has_tags": form.fields["tags"].queryset.exists(),
        "can_add": allowed(request.user, "core.change_tags"),
    }
    return render(request, "clients/client_tags.html", context, status=422 if form.errors else 200)


@require_GET
@requires("clients.view_client")
def tag_options(request: HttpRequest) -> JsonResponse:
    """What the filter by tag offers for the typed text."""
    text = asked(request.GET, longest=40)
    tags = Tag.objects.kept().filter(name__icontains=text)[:OPTIONS]
    return JsonResponse({"results": [{"id": tag.pk, "text": tag.name, "note": ""} for tag in tags]})
