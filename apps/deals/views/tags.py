"""The tags of one deal, put on and taken off where they stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.access import requires
from apps.core.models import Tag
from apps.deals.actions import tag_deal
from apps.deals.deal_page import tags_context
from apps.deals.views.answers import deal_address
from apps.deals.views.deals import visible_deal

MOST = 500


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_tags(request: HttpRequest, pk: int) -> HttpResponse:
    """POST takes `add` and `remove`, the numbers of tags; a page of its own without scripts."""
    found = visible_deal(request, pk)
    if request.method == "POST":
        add = named(request, "add").filter(archived_at=None)
        tag_deal(found, by=request.user, add=add, remove=named(request, "remove"))
        if not request.htmx:
            return redirect(deal_address(found))
    context = tags_context(found, list(found.tags.all()))
    if request.htmx:
        return render(request, "components/_tags.html", context)
    context |= {"deal": found, "options": Tag.objects.kept()[:MOST]}
    return render(request, "deals/deal_tags.html", context)


def named(request: HttpRequest, name: str) -> Any:
    text = request.POST.get(name, "")
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    return Tag.objects.filter(pk=text) if is_number else Tag.objects.none()
