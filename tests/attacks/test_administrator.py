"""Administrators read business data for a stated reason, for a time, and what they read is shown."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.clients.models import Client
from apps.core.models import Notification
from apps.deals.models import Deal
from apps.staff.actions import close_reading, open_reading
from apps.staff.models import DataReading, PageRead
from tests.factories.api import bearer
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db

DESK = reverse("staff:data_reading_open")
REASON = "РОП просил найти потерянную сделку"
PAGES = (
    "clients:client_list", "clients:duplicate_list", "deals:deal_list", "deals:deal_board",
    "deals:receivables", "portfolio:segments",
)  # fmt: skip


@pytest.fixture
def base(seller):
    return {
        "client": ClientFactory(owner=seller, name="Закрытая компания"),
        "ownerless": ClientFactory(owner=None, name="Закрытая без владельца"),
        "deal": DealFactory(owner=seller, title="Закрытая сделка"),
    }


def found(client, text):
    return client.get(reverse("core:search"), {"q": text}).content.decode()


def say(client, reason=REASON, minutes=30, **more):
    return client.post(DESK, {"reason": reason, "minutes": minutes, **more})


@pytest.mark.parametrize("name", PAGES)
def test_without_a_reason_each_page_leads_to_the_desk(client, base, plain_admin, name):
    client.force_login(plain_admin)
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.url) == (
        302, f"{DESK}?next=%2F{reverse(name).strip('/').replace('/', '%2F')}%2F",
    )  # fmt: skip
    assert not PageRead.objects.exists()


def test_without_a_reason_nothing_comes_by_other_ways(client, base, plain_admin):
    client.force_login(plain_admin)
    card = reverse("clients:client", args=[base["client"].pk])
    assert client.get(card).status_code == 302
    fragment = client.get(card, headers={"HX-Request": "true"})
    assert fragment.status_code == 403
    assert fragment.content.decode().endswith("по названной причине: назовите её.")
    assert "Закрытая ко" not in found(client, "Закрытая")
    history = reverse("core:history", args=["deals.deal", base["deal"].pk])
    assert client.get(history).status_code == 404
    assert not Client.objects.visible_to(plain_admin).exists()
    assert not Deal.objects.visible_to(plain_admin).exists()
    key = bearer(plain_admin)
    assert client.get("/api/v1/clients/", **key).status_code == 403


def test_with_a_reason_he_reads_and_each_page_is_written_down(client, base, plain_admin):
    client.force_login(plain_admin)
    card = reverse("clients:client", args=[base["client"].pk])

    assert say(client, next=card).url == card
    assert "Закрытая компания" in client.get(card).content.decode()
    assert "Закрытая ко" in found(client, "Закрытая")
    assert "Закрытая ко" in found(client, "Закр")  # within a minute one page is written once
    client.get(reverse("core:history", args=["deals.deal", base["deal"].pk]))
    client.get(reverse("clients:client", args=[10**9]))
    key = bearer(plain_admin)
    assert client.get("/api/v1/clients/?city=x", **key).status_code == 200

    reading = DataReading.objects.get()
    assert (reading.admin, reading.reason) == (plain_admin, REASON)
    assert [read.path for read in reading.pages.all()] == [
        card, "/search/", f"/history/deals.deal/{base['deal'].pk}/", "/api/v1/clients/",
    ]  # fmt: skip


def test_the_time_runs_out(client, base, plain_admin):
    client.force_login(plain_admin)
    say(client, minutes=30)
    card = reverse("clients:client", args=[base["client"].pk])
    assert client.get(card).status_code == 200
    DataReading.objects.update(
        opened_at=timezone.now() - timedelta(hours=2), until=timezone.now() - timedelta(seconds=1)
    )
    assert client.get(card).status_code == 302
    assert not Client.objects.visible_to(plain_admin).exists()


def test_he_ends_it_himself(client, base, plain_admin):
    client.force_login(plain_admin)
    say(client)
    assert client.post(reverse("staff:data_reading_close")).url == DESK
    assert client.get(reverse("clients:client_list")).status_code == 302
    assert DataReading.objects.get().closed_at is not None


@pytest.mark.parametrize("reason", ["", "надо", "          х"])
def test_a_reason_is_a_sentence(client, plain_admin, reason):
    client.force_login(plain_admin)
    assert say(client, reason=reason).status_code == 422
    assert not DataReading.objects.exists()


def test_nobody_reads_for_days(client, plain_admin):
    client.force_login(plain_admin)
    assert say(client, minutes=1440).status_code == 422
    with pytest.raises(ValidationError) as caught:
        open_reading(plain_admin, reason=REASON, minutes=241)
    assert caught.value.code == "too_long"
    assert not DataReading.objects.exists()


def test_the_desk_is_the_administrators_alone(head, client):
    client.force_login(head)
    assert say(client).status_code == 403
    with pytest.raises(PermissionDenied):
        open_reading(head, reason=REASON, minutes=30)
    assert not DataReading.objects.exists()


def test_the_way_back_leads_to_our_own_pages_only(client, plain_admin):
    """T59"""
    client.force_login(plain_admin)
    assert say(client, next="https://evil.example/").url == reverse("clients:client_list")


def test_heads_and_directors_hear_of_it_and_read_the_log(
    client, base, plain_admin, head, director, lead
):
    client.force_login(plain_admin)
    say(client)
    say(client)  # a double click is one reading
    client.get(reverse("deals:deal", args=[base["deal"].pk]))
    reading = DataReading.objects.get()
    lines = Notification.objects.filter(kind="data_reading")
    assert sorted(lines.values_list("user__role", flat=True)) == ["director", "head"]
    assert REASON in lines[0].body

    for person in (head, director):
        client.force_login(person)
        page = client.get(reverse("staff:data_reading_list")).content.decode()
        assert REASON in page
        assert str(plain_admin) in page
        page = client.get(reverse("staff:data_reading", args=[reading.pk])).content.decode()
        assert reverse("deals:deal", args=[base["deal"].pk]) in page
    client.force_login(lead)
    assert client.get(reverse("staff:data_reading_list")).status_code == 403


def test_another_reason_ends_the_first_reading(plain_admin):
    with time_machine.travel("2026-06-10T09:00:00Z", tick=False) as clock:
        first = open_reading(plain_admin, reason=REASON, minutes=30)
        clock.shift(timedelta(minutes=10))
        second = open_reading(plain_admin, reason="Проверка дублей по просьбе РОПа", minutes=60)
        first.refresh_from_db()
        assert (first.closed_at, second.closed_at) == (second.opened_at, None)
        close_reading(plain_admin)
        close_reading(plain_admin)
        assert not DataReading.objects.filter(closed_at=None).exists()


def test_the_log_cannot_be_rewritten(admin):
    read = PageRead.objects.create(reading=admin.data_readings.get(), path="/clients/1/")
    for act in (read.delete, lambda: PageRead.objects.update(path="/")):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    assert PageRead.objects.get().path == "/clients/1/"


def test_his_own_work_asks_for_no_reason(client, plain_admin, seller):
    client.force_login(plain_admin)
    for name in ("core:settings", "core:company", "deals:pipeline_list", "staff:team"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.get(reverse("staff:person", args=[seller.pk])).status_code == 200
    assert client.get(reverse("staff:person_move", args=[seller.pk])).status_code == 200


@pytest.mark.parametrize("count", [1, 4])
def test_the_pages_of_the_log_ask_a_fixed_number_of_questions(
    client, head, admin, count, django_assert_max_num_queries
):
    reading = admin.data_readings.get()
    for number in range(count):
        PageRead.objects.create(reading=reading, path=f"/clients/{number}/")
    client.force_login(head)
    with django_assert_max_num_queries(8):
        assert client.get(reverse("staff:data_reading_list")).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(reverse("staff:data_reading", args=[reading.pk])).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(reverse("staff:export_list")).status_code == 200
