"""Words in addresses: hidden fields, strange keys, zones, periods, endless text; on every page.

Time is that of the processor: what a pattern or a loop would burn, not what a busy machine lets one wait.
"""

import time

import pytest
from celery import current_app
from django.urls import reverse
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from apps.clients.models import Client
from apps.core.models import Company
from apps.staff.models import User
from tests.factories.api import bearer
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory
from tests.test_rights_matrix import RIGHTS

pytestmark = pytest.mark.django_db

PAGES = sorted(
    name for name, line in RIGHTS.items()
    if line.make is None and "GET" in line.methods and 200 in line.statuses["head"]
)  # fmt: skip
# What pages of this product, and of others, read from their addresses.
NAMES = (
    "q", "sort", "ordering", "order", "group", "group_by", "sum", "metric", "columns", "month", "period",
    "day", "year", "from", "until", "since", "closed_from", "closed_to", "team", "owner", "manager",
    "source", "stage", "pipeline", "run", "page", "page_size", "id__in", "tz", "locale", "lang",
    "level", "client", "person", "state", "whose", "kind", "model", "view", "face", "next", "scope",
    "node", "date", "part_of", "about", "_connector", "_negated", "owner__password__regex",
)  # fmt: skip
NASTY = (
    "' OR 1=1 --", "1;select pg_sleep(9)", "Europe/Moscow'; drop table staff_user--", "\x00",
    "1900-01-01..2100-01-01", "9" * 40, "-1", "2026-13-45", "(a+)+$", "%s %(x)s {0} {{7*7}}",
    ",".join(map(str, range(2000))), "password", "null", "²", "a" * 5000,
)  # fmt: skip


@pytest.fixture
def base(seller, other_seller):
    DealFactory(owner=seller, title="Своя сделка")
    ClientFactory(owner=other_seller, name="Чужой клиент")


@pytest.mark.parametrize("name", PAGES)
def test_no_word_in_the_address_breaks_or_opens_a_page(client, base, head, settings, name):
    """T20-T22, T24, T65: each page answers in its own words within a second, whatever is asked."""
    settings.EXPORTS_PER_HOUR = 100
    client.force_login(head)
    client.raise_request_exception = False
    client.get(reverse(name))  # what is read once for the process is read now
    for value in NASTY:
        begun = time.process_time()
        answer = client.get(reverse(name), dict.fromkeys(NAMES, value))
        took = time.process_time() - begun
        assert answer.status_code in (200, 302, 400, 404), (value[:40], answer.status_code)
        assert took < 1, (value[:40], took)
        body = b"" if answer.streaming else answer.content
        assert b"md5$" not in body


@pytest.mark.parametrize("name", ["clients:client_list", "deals:deal_list", "tasks:task_list"])
def test_each_word_alone_does_no_more(client, base, seller, name):
    """T08, T11, T21: nothing of another's is shown by grouping, ordering or strange keys."""
    client.force_login(seller)
    client.raise_request_exception = False
    for word in NAMES:
        for value in ("password", "owner__password", "-owner__bonus", "1"):
            answer = client.get(reverse(name), {word: value})
            assert answer.status_code in (200, 302, 400), (word, value)
            assert "Чужой клиент" not in answer.content.decode()


HIDDEN = ("bonus", "owner__password", "password", "cost", "margin", "potential__sum")


@pytest.mark.parametrize("field", HIDDEN)
@pytest.mark.parametrize(
    "word", ["group_by", "group", "sum", "ordering", "sort", "fields", "columns"]
)
def test_the_api_groups_sums_and_orders_by_no_hidden_field(client, base, head, word, field):
    """T08, T11: 400, and the answer names the parameter and no value."""
    key = bearer(head)
    for room in ("clients", "deals", "payments"):
        answer = client.get(f"/api/v1/{room}/", {word: field}, **key)
        if answer.status_code == 404:
            continue
        assert answer.status_code == 400, room
        assert word in answer.content.decode()


@pytest.mark.parametrize("sort", HIDDEN)
def test_lists_order_by_no_hidden_field(client, base, seller, sort):
    """T08, T11: the list of clients refuses; the list of deals keeps its usual order."""
    client.force_login(seller)
    assert client.get(reverse("clients:client_list"), {"sort": sort}).status_code == 400
    usual = client.get(reverse("deals:deal_list"), {"view": "list"})
    asked = client.get(reverse("deals:deal_list"), {"sort": sort, "view": "list"})
    assert [row.pk for row in asked.context["page"].object_list] == [
        row.pk for row in usual.context["page"].object_list
    ]
    assert len(usual.context["page"].object_list) == 1


def test_columns_of_a_list_are_those_it_offers(client, base, seller):
    """T08, T23: a column that is not offered is not there, neither on the screen nor in the file."""
    client.force_login(seller)
    query = {"columns": ["owner__password", "source", "cost'"], "chosen": "1", "outcome": ""}
    page = client.get(reverse("deals:deal_list"), query)
    assert page.context["columns"].chosen == ["source"]
    answer = client.get(reverse("deals:deal_export"), query | {"shown": "1"})
    text = b"".join(answer.streaming_content).decode()
    assert "password" not in text
    assert "md5$" not in text


ZONES = ("Europe/Moscow'; drop table staff_user--", "../../etc/passwd", "Mars/Base", "UTC\x00")


@pytest.mark.parametrize("zone", ZONES)
def test_zones_come_from_a_list(client, seller, admin, zone):
    """T22: the person's own and the company's; nothing else ever reaches SQL."""
    client.force_login(seller)
    data = {"language": "ru", "theme": "auto", "quiet_from": "20:00", "quiet_until": "08:00"}
    answer = client.post(reverse("staff:profile"), data | {"time_zone": zone})
    assert answer.context["form"].has_error("time_zone")
    assert User.objects.get(pk=seller.pk).time_zone == ""

    Company.objects.update_or_create(pk=1, defaults={"name": "Ромашка"})
    client.force_login(admin)
    company = {
        "name": "Ромашка", "time_zone": zone, "currency": "RUB", "fiscal_year_start_month": 1,
        "night_starts_at": "02:00", "version": Company.objects.get().version,
    }  # fmt: skip
    assert client.post(reverse("core:company"), company).context["form"].has_error("time_zone")
    assert Company.objects.get().time_zone == "Europe/Moscow"


@pytest.mark.parametrize("language", ["fr", "ru'; drop", "../en", "\x00", "en-" + "x" * 300])
def test_languages_come_from_a_list(client, seller, language):
    """T22"""
    client.force_login(seller)
    client.post(reverse("core:set_language"), {"language": language})
    assert User.objects.get(pk=seller.pk).language == "ru"
    assert (
        client.get(reverse("staff:profile"), headers={"Accept-Language": "ru"}).status_code == 200
    )


@pytest.mark.parametrize(
    "name", ["core:search", "clients:client_list", "deals:deal_list", "staff:team"]
)
def test_a_search_of_5000_letters_costs_no_time(client, base, seller, name):
    """T24: cut or refused, never walked through."""
    client.force_login(seller)
    for text in ("а" * 5000, "(" * 5000, "а " * 2500, "%_" * 2500, "+7" * 2500):
        begun = time.process_time()
        answer = client.get(reverse(name), {"q": text})
        assert answer.status_code in (200, 400)
        assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "site",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://%0aalert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//",
    ],
)
def test_only_web_addresses_are_taken_as_sites(client, seller, site):
    """T30"""
    client.force_login(seller)
    data = {"kind": "company", "name": "Ромашка", "site": site}
    answer = client.post(reverse("clients:client_create"), data)
    assert answer.context["form"].has_error("site")
    assert not Client.objects.exists()


def test_data_for_scripts_cannot_end_its_own_tag(client, head, department):
    """T33: a name stands in the data of charts as escaped JSON."""
    department.name = "</script><script>alert(1)</script>"
    department.save()
    client.force_login(head)
    for name in ("dashboard:department", "forecasts:forecast", "kpis:plan", "staff:team"):
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode(), name


def test_the_queue_takes_json_only():
    """T69: a message with a pickled body is refused before it is opened."""
    assert current_app.conf.accept_content == ["json"]
    assert current_app.conf.task_serializer == "json"
    with pytest.raises(ContentDisallowed):
        loads(
            b"x", "application/x-python-serialize", "binary", accept=current_app.conf.accept_content
        )
