import re
from urllib.parse import quote_plus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.clients import searching
from apps.clients.actions import find_duplicates
from apps.clients.models import Client
from apps.clients.models import clients as models
from apps.clients.searching import find_clients, find_contacts
from tests.factories.clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db

INN = "7707083893"


@pytest.fixture
def romashka(seller):
    client = ClientFactory(
        name="ООО «Ромашка-Сервис»", inn=INN, phone="+79161234567", email="info@romashka.ru",
        city="Пермь", owner=seller,
    )  # fmt: skip
    ContactFactory(client=client, name="Фёдор Кузнецов", phone="+78002000600", email="fk@mail.ru")
    ClientFactory(name="АО «Василёк»", owner=seller)
    return client


@pytest.mark.parametrize(
    "text",
    [
        "ромаш", "РОМАШКА", "сервис ром", "ромашка-сервис", INN, "77070", "8 916 123", "+7 (916) 12",
        "9161234567", "4567", "info@rom", "INFO@ROMASHKA.RU", "перм", "  ромашка  ",
    ],
)  # fmt: skip
def test_a_client_is_found_by_its_own_words_and_numbers(romashka, seller, text):
    assert [hit.title for hit in find_clients(seller, text, 5)] == [romashka.name]
    assert list(Client.objects.visible_to(seller).matching(text)) == [romashka]


@pytest.mark.parametrize("text", ["федор", "ФЁДОР куз", "8800200", "0600", "fk@mail.ru"])
def test_a_contact_is_found_and_leads_to_its_client(romashka, seller, text):
    (hit,) = find_contacts(seller, text, 5)
    assert (hit.title, hit.url) == ("Фёдор Кузнецов", f"/clients/{romashka.pk}/")
    assert list(Client.objects.visible_to(seller).matching(text)) == [romashka]


@pytest.mark.parametrize("text", ["рамашка", "ромшка сервис", "васелек"])
def test_a_misspelt_name_is_found_when_nothing_fits_exactly(romashka, seller, text):
    assert len(find_clients(seller, text, 1)) == 1


def test_a_misspelt_name_is_found_in_a_base_too_large_to_compare(romashka, seller, monkeypatch):
    """By how its words may begin; only of the rest some names are compared."""
    monkeypatch.setattr(searching, "COMPARED", 3)
    ClientFactory.create_batch(5, owner=seller, name="Ааа")
    assert [hit.title for hit in find_clients(seller, "рамашка сирвис", 5)] == [romashka.name]


@pytest.mark.parametrize("text", ["ооо", "+7916", "916", "4567", INN[:3], "info@"])
def test_what_half_of_the_base_has_is_cut_short_and_ones_own_is_found(
    romashka, seller, other_seller, monkeypatch, text
):
    monkeypatch.setattr(searching, "FEW", 2)
    for number in range(5):
        foreign = ClientFactory(
            name=f"ООО «Альфа {number}»", phone=f"+791600{number}4567", owner=other_seller,
            inn=f"{INN[:3]}71{number}", email=f"info@alfa{number}.ru",
        )  # fmt: skip
        ContactFactory(client=foreign, phone="+79160004567", email="info@alfa.ru")
    assert [hit.title for hit in find_clients(seller, text, 5)] == [romashka.name]


@pytest.mark.parametrize("text", ["+7", "+79", "+7 91", " +7"])
def test_the_code_of_a_country_asks_for_more_digits(romashka, client, seller, text):
    client.force_login(seller)
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(reverse("core:search"), {"q": text}, headers=headers).content.decode()
        assert "не меньше трёх цифр" in page
        assert romashka.name not in page
    # In a list it narrows nothing.
    assert Client.objects.visible_to(seller).matching(text).count() == 2


@pytest.mark.parametrize("most", [0, 1000])
def test_few_and_many_of_a_list_are_the_same_rows(romashka, seller, monkeypatch, most):
    monkeypatch.setattr(models, "MANY", most)
    ContactFactory(client=ClientFactory(owner=seller, name="Астра"), phone="+79165550000")
    rows = Client.objects.visible_to(seller).matching("7916").order_by("name_key")
    assert [row.name for row in rows] == ["Астра", romashka.name]


def test_a_misspelling_is_not_looked_for_beside_an_exact_hit(romashka, seller):
    ClientFactory(name="Рамашка", owner=seller)
    assert [hit.title for hit in find_clients(seller, "рамашка", 5)] == ["Рамашка"]


@pytest.mark.parametrize(
    "text",
    ["'; drop table clients_client; --", "%", "\\", "(((", "!a & | b", "*", "а" * 5000, "<->"],
)
def test_odd_texts_are_only_texts(romashka, seller, text):
    """T20, T24"""
    assert find_clients(seller, text, 5) == []
    assert find_contacts(seller, text, 5) == []


@pytest.mark.parametrize(
    "text", ["ромашка", "рамашка", INN, "8 916 123", "4567", "info@romashka.ru", "федор"]
)
def test_a_strangers_client_is_found_by_nothing(romashka, other_seller, hr, client, text):
    """T05"""
    for person in (other_seller, hr):
        assert list(find_clients(person, text, 5)) == []
        assert list(find_contacts(person, text, 5)) == []
        client.force_login(person)
        page = client.get(reverse("core:search"), {"q": text}).content.decode()
        assert "Ромашка-Сервис" not in page
        assert "Кузнецов" not in page


@pytest.mark.parametrize(
    ("theirs", "nobodys"),
    [("8 916 123 45 67", "8 916 123 45 99"), (INN, "7707083999"), ("4567", "4599")],
)
def test_what_a_stranger_has_takes_as_many_questions_as_what_nobody_has(
    romashka, other_seller, client, theirs, nobodys
):
    """T05: neither the answer nor the work behind it tells whether the number is known here."""
    client.force_login(other_seller)
    pages, statements = [], []
    for text in (theirs, theirs, nobodys):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("core:search"), {"q": text}).content.decode()
        pages.append(page.replace(text, "…").replace(quote_plus(text), "…"))
        statements.append([query["sql"].partition("WHERE")[0] for query in asked])
    # The first question of a session may read what the next ones remember.
    assert statements[1] == statements[2]
    assert without_tokens(pages[1]) == without_tokens(pages[2])


def without_tokens(page):
    return re.sub(r"[A-Za-z0-9_-]{22,}", "", page)


def test_the_bin_is_not_searched(romashka, seller):
    Client.objects.filter(pk=romashka.pk).update(archived_at="2026-01-01T00:00Z")
    assert find_clients(seller, "ромашка", 5) == []
    assert find_contacts(seller, "федор", 5) == []


def test_each_provider_asks_once(romashka, seller, django_assert_num_queries):
    with django_assert_num_queries(1):
        find_clients(seller, "ромашка", 5)
    with django_assert_num_queries(1):
        find_contacts(seller, "федор", 5)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"name": "ромашка сервис"}, ["name"]),
        ({"name": 'ЗАО "Рoмашка Сервис"'}, ["name"]),
        ({"inn": INN}, ["inn"]),
        ({"phone": "8 (916) 123-45-67"}, ["phone"]),
        ({"phone": "88002000600"}, ["phone"]),
        ({"email": "FK@mail.ru"}, ["email"]),
        ({"name": "Ромашка-Сервис", "inn": INN}, ["inn", "name"]),
    ],
)
def test_a_double_is_seen_while_it_is_typed(romashka, seller, said, reason):
    found = find_duplicates(**blank(said), viewer=seller)

    (one,) = found.duplicates
    assert (one.client, one.reasons) == (romashka, reason)
    assert not found.is_foreign


@pytest.mark.parametrize("said", [{}, {"name": "Совсем другое"}, {"phone": "8 916"}, {"inn": "77"}])
def test_what_is_not_a_double(romashka, seller, said):
    found = find_duplicates(**blank(said), viewer=seller)
    assert (found.duplicates, found.is_foreign) == ([], False)


@pytest.mark.parametrize("said", [{"inn": INN}, {"phone": "89161234567"}, {"email": "fk@mail.ru"}])
def test_of_a_strangers_client_only_that_it_is(romashka, other_seller, client, said):
    """T06"""
    found = find_duplicates(**blank(said), viewer=other_seller)
    assert (found.duplicates, found.is_foreign) == ([], True)

    client.force_login(other_seller)
    page = client.get(reverse("clients:duplicates"), said).content.decode()
    assert "Спросите руководителя" in page
    for secret in ("Ромашка", "Селин", "Кузнецов", f"/clients/{romashka.pk}/"):
        assert secret not in page


def test_a_strangers_name_alone_says_nothing(romashka, other_seller):
    found = find_duplicates("Ромашка-Сервис", "", "", "", other_seller)
    assert (found.duplicates, found.is_foreign) == ([], False)


def test_a_client_is_no_double_of_itself(romashka, seller):
    found = find_duplicates(romashka.name, INN, "", "", seller, but=romashka.pk)
    assert (found.duplicates, found.is_foreign) == ([], False)


def blank(said):
    return {"name": "", "inn": "", "phone": "", "email": "", **said}


def test_the_search_page_takes_four_statements(client, romashka, seller, django_assert_num_queries):
    client.force_login(seller)
    client.get(reverse("core:search"), {"q": "ромашка"})

    with django_assert_num_queries(4):
        response = client.get(reverse("core:search"), {"q": "ромашка"})

    assert "Ромашка-Сервис" in response.content.decode()
