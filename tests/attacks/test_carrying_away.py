"""T66: carrying the base away by exports and by opening card after card."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from apps.core.models import ExportRecord, Notification
from apps.staff import card_watch
from apps.staff.card_watch import cards_opened
from tests.factories.api import bearer
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory
from tests.routes import addresses

EXPORTS = (
    ("clients:client_export", ["csv"]),
    ("clients:client_export", ["xlsx"]),
    ("deals:deal_export", []),
    ("deals:debtor_export", ["csv"]),
    ("portfolio:segment_export", ["csv"]),
    ("tasks:discipline_export", []),
)
OF_LEADERS = {"deals:losses_export", "portfolio:moves_export"}
# Of one's own pay, and of everybody's for those who pay it.
OF_PAY = {"bonuses:statement_export", "bonuses:payroll_export"}


@pytest.fixture(autouse=True)
def _nothing_counted(db):
    cache.clear()


def export(client, name="clients:client_export", arguments=("csv",), **query):
    answer = client.get(reverse(name, args=arguments), query)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


# Ten exports an hour


def test_each_export_of_the_product_is_counted():
    found = [one for one in addresses() if one.name.endswith("_export")]

    listed = {name for name, _arguments in EXPORTS} | OF_LEADERS | OF_PAY
    assert {one.name for one in found} == listed
    assert all(one.view.counts_exports for one in found)


def test_the_eleventh_export_of_the_hour_is_refused_whatever_the_address(client, seller):
    client.force_login(seller)
    ClientFactory(owner=seller)
    for number in range(10):
        name, arguments = EXPORTS[number % len(EXPORTS)]
        assert export(client, name, arguments).status_code == 200

    for name, arguments in EXPORTS:
        assert export(client, name, arguments).status_code == 429
    assert ExportRecord.objects.filter(user=seller).count() == 10
    assert ExportRecord.objects.filter(what="deals:deal_export").count() == 2


def test_the_page_says_when_the_next_one_is_possible(client, seller, settings, caplog):
    settings.EXPORTS_PER_HOUR = 2
    client.force_login(seller)
    with time_machine.travel("2026-06-10T09:00:00Z", tick=False) as clock:
        export(client)
        clock.shift(timedelta(minutes=20))
        export(client)
        clock.shift(timedelta(minutes=10))
        answer = export(client)

        assert answer.status_code == 429
        assert answer["Retry-After"] == str(30 * 60)
        text = answer.content.decode()
        assert "Предел — 2 выгрузки в час" in text
        assert "Следующая возможна в 13:01" in text  # Moscow, and never a minute too early
        assert "export refused" in caplog.text

        clock.shift(timedelta(minutes=30, seconds=1))
        assert export(client).status_code == 200
        assert export(client).status_code == 429


def test_the_limit_is_each_persons_own(client, seller, teammate, settings):
    settings.EXPORTS_PER_HOUR = 1
    client.force_login(seller)
    assert [export(client).status_code for _again in range(2)] == [200, 429]
    client.force_login(teammate)
    assert export(client).status_code == 200


def test_what_was_refused_anyway_costs_no_turn(client, seller, settings):
    settings.EXPORTS_PER_HOUR = 1
    client.force_login(seller)
    assert export(client, arguments=("pdf",)).status_code == 404
    assert export(client, sort="bonus").status_code == 400
    assert not ExportRecord.objects.exists()
    assert export(client).status_code == 200


def test_the_log_keeps_no_filter(client, seller):
    client.force_login(seller)
    export(client, q="+79161234567")
    record = ExportRecord.objects.get()
    assert (record.user, record.what, record.path) == (
        seller, "clients:client_export", "/clients/export.csv",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_share_the_limit(seller, settings):
    settings.EXPORTS_PER_HOUR = 3
    browsers = [Browser() for _number in range(8)]
    for browser in browsers:
        browser.force_login(seller)
    barrier, statuses = threading.Barrier(len(browsers)), []

    def ask(browser):
        barrier.wait()
        statuses.append(export(browser).status_code)
        connection.close()

    threads = [threading.Thread(target=ask, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] * 3 + [429] * 5
    assert ExportRecord.objects.count() == 3


# A thousand cards an hour


def told(kind=card_watch.KIND):
    return list(Notification.objects.filter(kind=kind).values_list("user__role", flat=True))


def test_the_limit_is_a_thousand_cards(seller, head, lead, plain_admin, settings):
    assert settings.CARDS_PER_HOUR == 1000
    for _card in range(1000):
        cards_opened(seller)
    assert told() == []

    cards_opened(seller)

    assert sorted(told()) == ["admin", "head"]


def test_opened_cards_of_clients_and_deals_are_told_once_an_hour(
    client, seller, head, plain_admin, other_lead, settings, caplog
):
    settings.CARDS_PER_HOUR = 3
    one, deal = ClientFactory(owner=seller), DealFactory(owner=seller)
    client.force_login(seller)
    with time_machine.travel("2026-06-10T09:10:00Z", tick=False) as clock:
        for _again in range(2):
            client.get(reverse("clients:client", args=[one.pk]))
            client.get(reverse("deals:deal", args=[deal.pk]))
        assert sorted(told()) == ["admin", "head"]
        assert "took more than 3 cards" in caplog.text
        line = Notification.objects.get(user=head)
        assert line.title == f"{seller} открывает очень много карточек"
        assert line.url == reverse("staff:person", args=[seller.pk])

        for _again in range(5):
            client.get(reverse("deals:deal", args=[deal.pk]))
        assert len(told()) == 2

        clock.shift(timedelta(hours=1))
        for _again in range(4):
            client.get(reverse("deals:deal", args=[deal.pk]))
        assert len(told()) == 4


def test_cards_that_were_not_shown_do_not_count(client, seller, other_seller, head, settings):
    settings.CARDS_PER_HOUR = 1
    foreign = ClientFactory(owner=other_seller)
    client.force_login(seller)
    for _again in range(3):
        assert client.get(reverse("clients:client", args=[foreign.pk])).status_code == 404
    assert told() == []


def test_a_head_who_copies_the_base_is_told_to_the_director(head, director, settings):
    settings.CARDS_PER_HOUR = 1
    for _again in range(2):
        cards_opened(head)
    assert told() == ["director"]


def test_a_program_with_a_token_is_told_once_a_day(client, seller, head, settings):
    settings.CARDS_PER_HOUR = 3
    ClientFactory.create_batch(4, owner=seller)
    key = bearer(seller)
    with time_machine.travel("2026-06-10T09:10:00Z", tick=False) as clock:
        assert client.get("/api/v1/clients/", **key).status_code == 200
        assert told() == ["head"]
        clock.shift(timedelta(hours=2))
        assert client.get("/api/v1/clients/", **key).status_code == 200
        assert told() == ["head"]


def test_without_redis_cards_open_all_the_same(client, seller, head, settings):
    settings.CARDS_PER_HOUR = 1
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "default": dead}
    one = ClientFactory(owner=seller)
    client.force_login(seller)
    for _again in range(3):
        assert client.get(reverse("clients:client", args=[one.pk])).status_code == 200
    assert told() == []


def test_an_hour_ends_with_the_clock(seller, head, settings):
    settings.CARDS_PER_HOUR = 2
    with time_machine.travel("2026-06-10T09:59:00Z", tick=False) as clock:
        cards_opened(seller)
        cards_opened(seller)
        clock.shift(timedelta(minutes=2))
        cards_opened(seller)
        assert told() == []
        assert timezone.now().hour == 10
