"""The usual question is answered from a kept statement, and answers as the queryset would."""

from dataclasses import replace

import pytest

from apps.core import search
from apps.core.access import grant, granted
from apps.staff.choices import Role
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import DealFactory
from tests.factories.staff import UserFactory

TEXTS = [
    "Север",
    "северный ветер",
    "«Северный» ветер",
    "СЕВ",
    "Ёлкин",
    "елкин север",
    "КОД-7 север",
    "' OR 1=1",
    "100%",
    "север:* | ветер",
    "№ 12",
    "12",
    "+79",
    "+7900",
    "8 900 123",
    "4567",
    "900",
    "0",
    "1" * 40,
    "sever@example.com",
]


@pytest.fixture
def rows(people):
    for role in (Role.SELLER, Role.LEAD, Role.HEAD):
        owner = people[role]
        client = ClientFactory(
            name=f"ООО «Северный ветер» {role}", owner=owner, phone="79001234567"
        )
        ContactFactory(client=client, name="Ёлкин Север", email="sever@example.com")
        DealFactory(title=f"Северный ветер {role}", owner=owner, client=client)
    DealFactory(title="Иное", owner=people[Role.HEAD], external_id="КОД-7 север")
    ClientFactory(name="Северный без хозяина", owner=None)


def shown(user, text, kept):
    told = {}
    for name, provider in search._providers.items():
        rows = provider.rows
        if rows and not kept:
            rows = replace(rows, usual=())
        one = replace(provider, rows=rows)
        told[name] = search._read_together([one], user, text, 20).get(name, [])
    return told


@pytest.mark.parametrize("text", TEXTS)
def test_every_role_finds_what_it_would_find_without_the_kept_statement(people, rows, text):
    for role in people:
        for _again in range(2):
            assert shown(people[role], text, True) == shown(people[role], text, False), role


def test_people_of_one_role_share_the_statement_and_not_the_rows(people, rows):
    stranger = UserFactory(role=Role.SELLER)
    own = shown(people[Role.SELLER], "север", True)

    assert [row["title"] for row in own["deals"]] == ["Северный ветер seller"]
    assert len(own["clients"]) == len(own["contacts"]) == 1
    assert shown(stranger, "север", True)["deals"] == []
    assert shown(stranger, "север", True)["clients"] == []
    assert shown(stranger, "север", True)["contacts"] == []


def test_who_loses_the_permission_finds_nothing(people, rows):
    seller = people[Role.SELLER]
    assert shown(seller, "север", True)["clients"]
    before = granted()["clients.view_client"]
    grant("clients.view_client", to=before - {"seller"}, with_reason=[Role.ADMIN])
    try:
        assert shown(seller, "север", True)["clients"] == []
        assert shown(seller, "север", True)["contacts"] == []
    finally:
        grant("clients.view_client", to=before, with_reason=[Role.ADMIN])
