"""The list: who sees what, filters, order, totals, files."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import company_today
from apps.core.models import Tag
from apps.deals import listing
from apps.deals.models import Deal
from apps.kpis.models import StageNorm
from tests.factories.clients import ClientFactory, SourceFactory
from tests.factories.deals import DealFactory, RefusalReasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(seller, pipeline):
    """A deal of the seller in the shared pipeline."""

    def one(**fields):
        return DealFactory(**{"owner": seller, "pipeline": pipeline, **fields})

    return one


def listed(client, user, query=""):
    client.force_login(user)
    response = client.get(reverse("deals:deal_list") + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["page"].object_list]


def ask(client, user, url):
    """Queries of a page; the first visit of a session is not counted."""
    client.force_login(user)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("seller", {"own"}),
        ("colleague", set()),
        ("lead", {"own"}),
        ("head", {"own", "foreign"}),
        ("director", {"own", "foreign"}),
        ("admin", {"own", "foreign"}),
    ],
)
def test_people_see_the_deals_of_their_scope(client, people, make, role, sees):
    deals = {"own": make(), "foreign": make(owner=people["stranger"])}

    found = listed(client, people[role])

    assert set(found) == {deals[name].pk for name in sees}


def test_hr_does_not_open_the_list(client, hr):
    client.force_login(hr)

    assert client.get(reverse("deals:deal_list")).status_code == 403


@pytest.mark.parametrize("role", ["seller", "head"])
def test_query_count_does_not_grow(client, people, make, role):
    make()
    few = ask(client, people[role], reverse("deals:deal_list"))
    for _number in range(5):
        make(source=SourceFactory())
    many = ask(client, people[role], reverse("deals:deal_list"))

    assert few == many <= 8


def test_a_bare_address_shows_open_deals(client, make, seller):
    open_deal = make()
    make(outcome="lost", closed_on=date(2026, 10, 1), refusal_reason=RefusalReasonFactory())
    archived = make(archived_at=timezone.now())

    assert listed(client, seller) == [open_deal.pk]
    assert len(listed(client, seller, "?outcome=")) == 2
    assert listed(client, seller, "?outcome=&archived=on") == [archived.pk]


def test_filters_of_states(client, make, seller, stages):
    now = timezone.now()
    without = make()
    late = make(next_step="Звонок", next_step_at=now - timedelta(hours=1))
    planned = make(next_step="Звонок", next_step_at=now + timedelta(days=2))
    idle = make(
        next_step="Звонок",
        next_step_at=now + timedelta(days=2),
        stage_since=now - timedelta(days=8),
    )
    touched = make(
        next_step="Звонок",
        next_step_at=now + timedelta(days=2),
        stage_since=now - timedelta(days=30),
        last_activity_at=now - timedelta(days=7),
    )

    assert stages.lead.max_idle_days == 7
    assert listed(client, seller, "?no_step=1") == [without.pk]
    assert listed(client, seller, "?overdue_step=1") == [late.pk]
    # Calls do not make a deal less stuck: what counts is how long it stands in its stage.
    assert set(listed(client, seller, "?stuck=1")) == {idle.pk, touched.pk}
    assert set(listed(client, seller, "?outcome=open")) == {
        deal.pk for deal in (without, late, planned, idle, touched)
    }


def test_stuck_follows_what_the_night_learned_of_the_stage(client, make, seller, stages):
    fresh = make(stage_since=timezone.now() - timedelta(days=4))
    assert listed(client, seller, "?stuck=1") == []

    StageNorm.objects.create(
        stage=stages.lead, stuck_after_days=3, win_share=0, learned_on=company_today()
    )

    assert listed(client, seller, "?stuck=1") == [fresh.pk]


def test_filters_of_what_is_lacking(client, make, seller):
    today = company_today()
    complete = make(expected_close_on=today)
    lacking = {
        "close_passed": make(expected_close_on=today - timedelta(days=1)),
        "no_close_day": make(),
        "no_amount": make(amount=None, expected_close_on=today),
        "no_client": make(client=None, expected_close_on=today),
    }

    for name, deal in lacking.items():
        assert listed(client, seller, f"?outcome=open&{name}=1") == [deal.pk]
    assert complete.pk in listed(client, seller)


def test_filters_of_values_and_days(client, make, seller, pipeline, stages):
    source, reason = SourceFactory(), RefusalReasonFactory()
    leaf = RefusalReasonFactory(parent=reason)
    deal = make(
        stage=stages.lost,
        outcome="lost",
        opened_on=date(2026, 9, 5),
        closed_on=date(2026, 10, 5),
        refusal_reason=leaf,
        source=source,
    )
    make()

    for query in (
        f"?pipeline={pipeline.pk}&outcome=lost",
        f"?stage={stages.lost.pk}",
        f"?source={source.pk}",
        f"?reason={reason.pk}",
        f"?reason={leaf.pk}",
        f"?client={deal.client_id}",
        "?closed_from=2026-10-05&closed_to=2026-10-05",
        "?opened_from=2026-09-05&opened_to=2026-09-05",
    ):
        assert listed(client, seller, query) == [deal.pk], query
    assert listed(client, seller, "?closed_from=2026-10-06") == []


def test_filters_of_people(client, make, head, seller, stranger, team):
    own, foreign = make(), make(owner=stranger)

    assert listed(client, head, f"?team={team.pk}") == [own.pk]
    assert listed(client, head, f"?owner={stranger.pk}") == [foreign.pk]


def test_nobody_filters_beyond_his_scope(client, make, seller, stranger, lead):
    """T07"""
    make(owner=stranger)

    assert listed(client, seller, f"?owner={stranger.pk}&outcome=") == []
    assert listed(client, seller, f"?team={stranger.team_id}&outcome=") == []
    assert listed(client, lead, f"?team={stranger.team_id}&outcome=") == []


@pytest.mark.parametrize(
    "query",
    [
        "?sort=owner__password",
        "?sort=-pk%27;drop",
        "?outcome=open&owner__password__startswith=a&_connector=OR&_negated=1",
        "?stage=abc",
        "?page=99999999999999999999",
        "?client=-1",
        "?closed_from=2026-13-45",
        "?q=%27%20OR%201=1--%20:*%20%26%20!",
        "?q=" + "9" * 90,
        "?q=%00",
    ],
)
def test_nonsense_in_the_address_is_text_not_code(client, make, seller, query):
    """T11, T20, T21, T65"""
    make()

    client.force_login(seller)
    response = client.get(reverse("deals:deal_list") + query)

    assert response.status_code == 200
    assert len(response.context["page"].object_list) <= 1


def test_search_finds_words_numbers_and_codes(client, make, seller):
    deal = make(title="Поставка электрооборудования на 2027 год", external_id="CRM-77")
    make(title="Ремонт подстанции")

    for text in ("электрооборуд 2027", str(deal.pk), f"№ {deal.pk}", "CRM-77"):
        assert listed(client, seller, f"?q={text}&outcome=") == [deal.pk], text
    assert listed(client, seller, "?q=подстанц&outcome=won") == []


def test_order_puts_empty_values_last(client, make, seller):
    small, none, large = make(amount=Decimal(1)), make(amount=None), make(amount=Decimal(9))

    assert listed(client, seller, "?sort=amount&outcome=") == [small.pk, large.pk, none.pk]
    assert listed(client, seller, "?sort=-amount&outcome=") == [large.pk, small.pk, none.pk]


def test_totals_are_of_the_whole_filter(client, make, seller, monkeypatch):
    for _number in range(3):
        make(amount=Decimal("100.10"))
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)

    client.force_login(seller)
    response = client.get(reverse("deals:deal_list"))

    assert len(response.context["page"].object_list) == 2
    totals = response.context["totals"]
    assert (totals.count, totals.amount, totals.is_capped) == (3, Decimal("300.30"), False)


def test_counting_stops_at_its_limit(make, seller):
    for _number in range(4):
        make()

    totals = listing.totals_of(Deal.objects.all(), counted=3)

    assert (totals.count, totals.is_capped) == (3, True)


def test_a_script_gets_the_table_alone(client, make, seller):
    make()
    client.force_login(seller)

    response = client.get(reverse("deals:deal_list"), headers={"HX-Request": "true"})

    assert response.content.strip().startswith(b'<section class="card list" id="deal-table"')


def exported(client, user, query=""):
    client.force_login(user)
    response = client.get(reverse("deals:deal_export") + query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_csv_holds_exactly_the_filter(client, make, seller, stranger):
    first = make(title="Первая", amount=Decimal("1234.50"), external_id="A-1")
    make(title="Вторая", amount=None)
    make(owner=stranger)

    text = exported(client, seller, "?q=Первая").decode("utf-8-sig")

    head, row = csv.reader(io.StringIO(text), delimiter=";")
    assert len(head) == len(row) == 18
    assert row[:2] == [str(first.pk), "Первая"]
    assert (row[7], row[8], row[17]) == ("1234.50", "RUB", "A-1")


def test_files_of_the_screen_hold_its_columns_and_nothing_else(client, make, seller):
    deal = make(title="=Первая", amount=Decimal("1234.50"), source=SourceFactory(name="Сайт"))
    deal.tags.add(Tag.objects.create(name="Тендер"), Tag.objects.create(name="Выставка"))
    make(title="Вторая")
    query = "?q=Первая&columns=source&columns=tags&chosen=1&shown=1"

    text = exported(client, seller, query).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text), delimiter=";")
    book = openpyxl.load_workbook(io.BytesIO(exported(client, seller, f"{query}&format=xlsx")))
    bare = exported(client, seller, "?shown=1&columns=password").decode("utf-8-sig")

    assert head[-2:] == ["Источник", "Метки"]
    assert (row[1], row[5], row[11]) == ("'=Первая", "1234,50", "Сайт")
    assert set(row[12].split(", ")) == {"Тендер", "Выставка"}
    assert (book.active.max_row, book.active["F2"].value) == (2, 1234.5)
    assert len(bare.splitlines()[0].split(";")) == 11


@pytest.mark.parametrize("text", ["=1+1", "+7", "-2", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_no_cell_becomes_a_formula(client, make, seller, text):
    """T36"""
    make(title=f"{text}x", client=ClientFactory(owner=seller, name=f"{text}y"))

    [_head, row] = csv.reader(
        io.StringIO(exported(client, seller).decode("utf-8-sig")), delimiter=";"
    )
    book = openpyxl.load_workbook(io.BytesIO(exported(client, seller, "?format=xlsx")))

    assert row[1].startswith("'")
    assert row[2].startswith("'")
    cell = book.active["B2"]
    assert (cell.data_type, cell.value) == ("s", f"{text}x")


def test_workbook_holds_numbers_and_days(client, make, seller):
    make(amount=Decimal("1234.50"), opened_on=date(2026, 9, 1))

    sheet = openpyxl.load_workbook(io.BytesIO(exported(client, seller, "?format=xlsx"))).active

    assert sheet.max_row == 2
    assert sheet["H2"].value == 1234.5
    assert sheet["M2"].value.date() == date(2026, 9, 1)


@pytest.mark.parametrize("role", ["hr", "admin"])
def test_who_may_not_export(client, people, role):
    client.force_login(people[role])

    assert client.get(reverse("deals:deal_export")).status_code == 403


def test_global_search_shows_only_own_deals(client, make, seller, stranger):
    """T05"""
    own = make(title="Ветрогенератор")
    make(owner=stranger, title="Ветрогенератор чужой")

    client.force_login(seller)
    body = client.get(reverse("core:search"), {"q": "ветроген"}).content.decode()

    assert reverse("deals:deal", args=[own.pk]) in body
    assert "чужой" not in body


@pytest.mark.parametrize("name", ["client", "deal", "owner", "team"])
def test_searched_selects_offer_only_ones_own(client, make, seller, stranger, name):
    make(
        owner=stranger,
        client=ClientFactory(owner=stranger, name="Чужой клиент"),
        title="Чужая сделка",
    )
    own = make(client=ClientFactory(owner=seller, name="Свой клиент"), title="Своя сделка")

    client.force_login(seller)
    results = client.get(reverse(f"deals:{name}_choices")).json()["results"]

    ids = [row["id"] for row in results]
    assert (
        ids == {"client": [own.client_id], "deal": [own.pk], "owner": [seller.pk], "team": []}[name]
    )
