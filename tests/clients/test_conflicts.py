"""Two people edit one client: nobody's text is lost, nobody overwrites unseen."""

import threading

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from apps.clients.actions import archive_client, change_client
from apps.clients.models import Client
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def edited(client, seller, lead):
    """The seller opened version 1; meanwhile the lead saved version 2."""
    found = ClientFactory(owner=seller, name="Ромашка", city="Пермь", note="")
    change_client(
        Client.objects.get(), by=lead, expected_version=1, city="Тверь", level="A", industry="торг"
    )
    client.force_login(seller)
    return found


def said(**fields):
    return {"kind": "company", "name": "Ромашка", "city": "Пермь", "version": "1", **fields}


def edit(client, found, **fields):
    return client.post(reverse("clients:client_edit", args=[found.pk]), said(**fields))


def test_the_second_saver_sees_both_versions_and_his_text(client, edited):
    """X18"""
    answer = edit(client, edited, name="Ромашка Плюс", note="долгий разговор")

    assert answer.status_code == 409
    fields = {one.name: one for one in answer.context["fields"]}
    assert (fields["name"].mine, fields["name"].theirs) == ("Ромашка Плюс", "Ромашка")
    assert (fields["city"].mine, fields["city"].theirs) == ("Пермь", "Тверь")
    assert (fields["level"].mine, fields["level"].theirs) == ("", "A")
    # What he had not touched is offered as the other one saved it.
    assert {name: one.choice for name, one in fields.items()} == {
        "name": "mine", "note": "mine", "city": "theirs", "level": "theirs", "industry": "theirs",
    }  # fmt: skip
    page = answer.content.decode()
    assert 'name="note" value="долгий разговор"' in page
    assert 'name="version" value="2"' in page
    assert Client.objects.get().name == "Ромашка"


def test_what_was_touched_is_known_without_the_audit_too(client, seller):
    """Rows of an import have no first version in the audit; the page itself remembers."""
    found = ClientFactory(owner=seller, name="Ромашка", city="Пермь")
    client.force_login(seller)
    page = client.get(reverse("clients:client_edit", args=[found.pk])).content.decode()
    assert 'name="initial-city" value="Пермь"' in page
    found.events.all().delete()
    Client.objects.update(version=2, city="Тверь", level="A")

    initial = {"initial-city": "Пермь", "initial-level": "", "initial-note": ""}
    answer = edit(client, found, note="долгий разговор", level="", **initial)

    choices = {one.name: one.choice for one in answer.context["fields"]}
    assert choices == {"city": "theirs", "level": "theirs", "note": "mine"}


def test_the_choice_is_saved_field_by_field(client, edited):
    answer = edit(
        client, edited, name="Ромашка Плюс", note="мой текст", version="2",
        use_name="mine", use_note="mine", use_city="theirs", use_level="theirs",
        use_industry="mine",
    )  # fmt: skip

    assert answer.status_code == 302
    stored = Client.objects.get()
    assert (stored.name, stored.note, stored.city, stored.level, stored.industry) == (
        "Ромашка Плюс", "мой текст", "Тверь", "A", "",
    )  # fmt: skip
    assert stored.version == 3


def test_a_third_version_is_a_conflict_again(client, edited, lead):
    change_client(Client.objects.get(), by=lead, expected_version=2, city="Омск")
    answer = edit(client, edited, version="2", use_city="mine")

    assert answer.status_code == 409
    fields = {one.name: one for one in answer.context["fields"]}
    assert (fields["city"].mine, fields["city"].theirs) == ("Пермь", "Омск")


def test_what_was_archived_meanwhile_is_said_and_the_text_kept(client, seller, lead):
    """X19"""
    found = ClientFactory(owner=seller, name="Ромашка")
    archive_client(found, by=lead)
    client.force_login(seller)

    answer = edit(client, found, note="долгий разговор")

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Пока вы редактировали, запись удалили." in page
    assert "долгий разговор" in page
    assert Client.objects.get().note == ""


def test_a_client_that_went_to_another_team_is_gone_for_its_editor(client, seller, other_seller):
    """X21"""
    found = ClientFactory(owner=seller)
    Client.objects.update(owner=other_seller, version=2)
    client.force_login(seller)
    assert edit(client, found).status_code == 404


def test_a_form_without_a_version_is_refused(client, seller):
    found = ClientFactory(owner=seller)
    client.force_login(seller)
    fields = {name: value for name, value in said(name="Лютик").items() if name != "version"}
    answer = client.post(reverse("clients:client_edit", args=[found.pk]), fields)
    assert answer.status_code == 422
    assert Client.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_savers_one_wins_and_49_get_both_versions(head):
    """G7, X18"""
    found = ClientFactory(owner=head, name="Ромашка")
    url = reverse("clients:client_edit", args=[found.pk])
    browsers = []
    for _i in range(50):
        browser = Browser()
        browser.force_login(head)
        browsers.append(browser)
    barrier, answers = threading.Barrier(50), []

    def save(number):
        barrier.wait()
        answer = browsers[number].post(url, said(note=f"Текст {number}"))
        answers.append((answer.status_code, number, answer.content.decode()))
        connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ((_status, winner, _page),) = [one for one in answers if one[0] == 302]
    lost = [one for one in answers if one[0] == 409]
    assert len(lost) == 49
    for _status, number, page in lost:
        assert f"Текст {number}" in page
    stored = Client.objects.get()
    assert (stored.note, stored.version) == (f"Текст {winner}", 2)
