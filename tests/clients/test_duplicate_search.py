"""The search for likely duplicates through the whole base."""

import pytest
from django.urls import reverse

from apps.clients.actions.searching import KIND, find_all_duplicates, start_search, tell_apart
from apps.clients.likeness import Groups, alike_in, blocks, same_people
from apps.clients.models import Client, LikelyDuplicate
from apps.core.choices import JobStatus
from apps.core.jobs import run_job
from apps.core.models import Job
from tests.factories.clients import ClientFactory, ContactFactory

INN = "7707083893"


def search(by=None):
    job = start_search(by=by)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.DONE
    return job


def found():
    """Groups as lists of names with reasons."""
    groups = {}
    for row in LikelyDuplicate.objects.select_related("client"):
        groups.setdefault(row.group, []).append((row.client.name, row.reasons))
    return list(groups.values())


@pytest.mark.django_db
def test_equal_inn_without_a_kpp_phone_and_email_are_found():
    ClientFactory(name="Альфа", inn=INN)
    ClientFactory(name="Бета", inn=INN, kpp="770701001")
    ClientFactory(name="Вега", phone="+74951234567")
    ContactFactory(client=ClientFactory(name="Гамма"), phone="+74951234567")
    ContactFactory(client=ClientFactory(name="Дельта"), email="a@example.com")
    ClientFactory(name="Жук", email="a@example.com")

    search()

    assert found() == [
        [("Альфа", ["inn"]), ("Бета", ["inn"])],
        [("Вега", ["phone"]), ("Гамма", ["phone"])],
        [("Дельта", ["email"]), ("Жук", ["email"])],
    ]


@pytest.mark.django_db
def test_branches_with_their_own_kpp_are_not_duplicates():
    ClientFactory(name="Север", inn=INN, kpp="770701001")
    ClientFactory(name="Юг", inn=INN, kpp="770702001")

    search()

    assert found() == []


@pytest.mark.django_db
def test_alike_names_are_found_whatever_the_form_and_order_of_words():
    ClientFactory(name="ООО «Ромашка Плюс»")
    ClientFactory(name="Плюс Ромашка, АО")
    ClientFactory(name="Василёк")

    search()

    assert found() == [[("ООО «Ромашка Плюс»", ["name"]), ("Плюс Ромашка, АО", ["name"])]]


@pytest.mark.django_db
def test_alike_names_with_different_inns_are_different_companies():
    for inn in ("7707083893", "7728168971", ""):
        ClientFactory(name="Ромашка Плюс", inn=inn)

    search()

    # Either may be the one without an INN; whoever looks tells which.
    assert [len(group) for group in found()] == [3]
    LikelyDuplicate.objects.all().delete()
    Client.objects.filter(inn="").delete()
    search()
    assert found() == []


@pytest.mark.django_db
def test_the_number_of_a_switchboard_ties_nobody():
    ClientFactory.create_batch(21, phone="+74951234567")

    search()

    assert [row for row in found() if row[0][1] == ["phone"]] == []


@pytest.mark.django_db
def test_archived_clients_and_contacts_do_not_count(lead):
    ClientFactory(name="Альфа", inn=INN, archived_at="2026-11-01T00:00:00Z")
    ClientFactory(name="Бета", inn=INN)

    search()

    assert found() == []


@pytest.mark.django_db
def test_who_was_told_apart_is_not_offered_again(lead):
    first, second = (
        ClientFactory(name="Альфа", inn=INN),
        ClientFactory(name="Бета", inn=INN, kpp="770701001"),
    )
    search()

    tell_apart(second, first, by=lead)
    assert found() == []
    search()

    assert found() == []


@pytest.mark.django_db
def test_a_second_search_replaces_the_first():
    ClientFactory(name="Альфа", inn=INN)
    second = ClientFactory(name="Бета", inn=INN, kpp="770701001")
    search()
    second.inn = ""
    second.save()

    search()

    assert found() == []
    assert Job.objects.filter(kind=KIND).count() == 2


@pytest.mark.django_db
def test_the_page_shows_only_what_the_viewer_sees(client, lead, seller, other_seller):
    for owner, kpp in ((seller, ""), (other_seller, "770701001")):
        ClientFactory(owner=owner, inn=INN, kpp=kpp, name="Альфа")
    for kpp in ("", "770702001"):
        ClientFactory(owner=seller, inn="7728168971", kpp=kpp, name="Бета")
    search()
    client.force_login(lead)

    groups = client.get(reverse("clients:duplicate_list")).context["groups"]

    assert [[row.client.name for row in group] for group in groups] == [["Бета", "Бета"]]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 15])
def test_the_page_asks_as_often_for_many_as_for_few(
    client, head, seller, count, django_assert_num_queries
):
    for number in range(count):
        for name in ("Альфа", "Бета"):
            LikelyDuplicate.objects.create(
                client=ClientFactory(owner=seller, name=f"{name} {number}"),
                group=number,
                reasons=["inn"],
            )
    client.force_login(head)

    with django_assert_num_queries(8):
        page = client.get(reverse("clients:duplicate_list"))

    assert len(page.context["groups"]) == count


def test_blocks_hold_names_that_begin_alike_and_stay_small():
    names = {number: f"строй {number:05}" for number in range(3000)} | {
        9001: "ромашка",
        9002: "ромашки",
    }

    found = blocks(names)

    assert [9001, 9002] in found
    assert max(map(len, found)) <= 800


def test_a_block_gives_each_pair_once():
    names = {1: "ромашка плюс", 2: "ромашка плюс", 3: "ромашко плюс", 4: "совсем другое"}
    names |= {5: "завод шарикоподшипников 12", 6: "завод шарикоподшипников 13"}

    assert sorted(alike_in(list(names), names)) == [(1, 2), (1, 3), (2, 3)]


def test_groups_are_led_by_the_lowest_number():
    groups = Groups()
    for pair in ((7, 5), (9, 8), (5, 9), (3, 4)):
        groups.join(*pair)

    assert {number: groups.leader(number) for number in (3, 4, 5, 7, 8, 9)} == {
        3: 3,
        4: 3,
        5: 5,
        7: 5,
        8: 5,
        9: 5,
    }


def test_contacts_repeat_by_phone_email_or_name():
    people = {
        1: ("Пётр Иванов", "", ""),
        2: ("Иванов Петр", "", ""),
        3: ("Анна", "+79161234567", ""),
        4: ("Приёмная", "+79161234567", "a@example.com"),
        5: ("Олег", "", "b@example.com"),
    }

    assert same_people(people) == {2: 1, 4: 3}


def test_the_handler_is_the_one_that_is_queued():
    assert find_all_duplicates.__name__ == "find_all_duplicates"
