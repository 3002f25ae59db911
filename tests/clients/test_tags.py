"""Tags of clients: exactly those that were chosen; merged clients carry those of both."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.clients.actions import merge_clients, tag_client, undo_merge
from apps.core.models import Tag
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tags(db):
    return [Tag.objects.create(name=name) for name in ("Дилер", "Должник", "Ключевой")]


def names(client):
    return [tag.name for tag in client.tags.all()]


def test_the_client_carries_what_was_chosen(client, seller, tags):
    of = ClientFactory(owner=seller)
    client.force_login(seller)
    address = reverse("clients:client_tags", args=[of.pk])

    client.post(address, {"tags": [tags[0].pk, tags[2].pk]})
    assert names(of) == ["Дилер", "Ключевой"]

    client.post(address, {})
    assert names(of) == []


def test_an_archived_tag_stays_where_it_is_and_is_not_given_anew(seller, tags):
    carrier, other = ClientFactory.create_batch(2, owner=seller)
    tag_client(carrier, by=seller, tags=tags[:1])
    Tag.objects.filter(pk=tags[0].pk).update(archived_at=timezone.now())
    old = Tag.objects.get(pk=tags[0].pk)

    tag_client(carrier, by=seller, tags=[old, tags[1]])
    with pytest.raises(ValidationError) as refused:
        tag_client(other, by=seller, tags=[old])

    assert refused.value.code == "archived_tag"
    assert (names(carrier), names(other)) == (["Дилер", "Должник"], [])


def test_a_reader_tags_nothing(director, seller, tags):
    of = ClientFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        tag_client(of, by=director, tags=tags)

    assert names(of) == []


def test_the_list_is_narrowed_by_a_tag(client, seller, tags):
    one, _other = ClientFactory.create_batch(2, owner=seller)
    tag_client(one, by=seller, tags=tags[:1])
    client.force_login(seller)

    page = client.get(reverse("clients:client_list"), {"tag": tags[0].pk}).context["page"]

    assert list(page) == [one]


def test_a_merged_client_carries_the_tags_of_both_once_and_undo_gives_them_back(seller, lead, tags):
    kept, gone = ClientFactory.create_batch(2, owner=seller)
    tag_client(kept, by=seller, tags=tags[:2])
    tag_client(gone, by=seller, tags=tags[1:])

    merge = merge_clients(kept, gone, by=lead)
    assert names(kept) == ["Дилер", "Должник", "Ключевой"]

    undo_merge(merge, by=lead)
    assert (names(kept), names(gone)) == (["Дилер", "Должник"], ["Должник", "Ключевой"])


def test_the_filter_offers_the_tags_in_use(client, seller, tags):
    Tag.objects.filter(pk=tags[1].pk).update(archived_at=timezone.now())
    client.force_login(seller)

    found = client.get(reverse("clients:tag_options"), {"q": "д"}).json()["results"]

    assert [one["text"] for one in found] == ["Дилер"]
