"""What searched selects offer: a few rows for the words typed, within the person's scope."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from apps.clients.models import Source
from apps.core.access import requires
from apps.core.models import Tag
from apps.core.words import asked
from apps.deals.models import Deal
from apps.deals.searching import found_clients, searched
from apps.staff.models import TeamNode, User

OFFERED = 20


def text_of(request: HttpRequest) -> str:
    return asked(request.GET)


def offered(rows: Iterable[tuple[Any, str, str]]) -> JsonResponse:
    """Rows of id, text and note, in the shape that static/js/selects.js reads."""
    return JsonResponse(
        {"results": [{"id": pk, "text": text, "note": note} for pk, text, note in rows]}
    )


@require_GET
@requires("deals.view_deal")
def deal_choices(request: HttpRequest) -> JsonResponse:
    """Open deals by words, number or code."""
    text = text_of(request)
    deals = Deal.objects.visible_to(request.user).open()
    deals = searched(deals, text) if text else deals
    rows = deals.order_by("-opened_on", "-pk").values_list("pk", "title", "client__name")[:OFFERED]
    return offered((pk, title, client or "") for pk, title, client in rows)


@require_GET
@requires("deals.view_deal")
def client_choices(request: HttpRequest) -> JsonResponse:
    rows = found_clients(request.user, text_of(request)).values_list("pk", "name", "inn", "city")
    return offered(
        (pk, name, ", ".join(filter(None, (inn, city)))) for pk, name, inn, city in rows[:OFFERED]
    )


@require_GET
@requires("deals.view_deal")
def owner_choices(request: HttpRequest) -> JsonResponse:
    """People whose deals the viewer may see, those who have left too."""
    people = User.objects.work_visible_to(request.user).selling()
    if text := text_of(request).lower().replace("ё", "е"):
        people = people.filter(name_key__contains=text)
    rows = people.in_name_order().values_list("pk", "last_name", "first_name", "team__name")
    return offered((pk, f"{last} {first}", team or "") for pk, last, first, team in rows[:50])


@require_GET
@requires("deals.view_deal")
def team_choices(request: HttpRequest) -> JsonResponse:
    nodes = TeamNode.objects.led_by(request.user).kept()
    if text := text_of(request):
        nodes = nodes.filter(name__icontains=text)
    return offered((pk, name, "") for pk, name in nodes.values_list("pk", "name")[:50])


@require_GET
@requires("deals.view_deal")
def tag_choices(request: HttpRequest) -> JsonResponse:
    tags = Tag.objects.kept()
    if text := text_of(request):
        tags = tags.filter(name__icontains=text)
    return offered((pk, name, "") for pk, name in tags.values_list("pk", "name")[:50])


@require_GET
@requires("deals.view_deal")
def source_choices(request: HttpRequest) -> JsonResponse:
    sources = Source.objects.all()
    if text := text_of(request):
        sources = sources.filter(name__icontains=text)
    return offered((pk, name, "") for pk, name in sources.values_list("pk", "name")[:50])
