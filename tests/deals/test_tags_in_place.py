"""Tags are put on and taken off where the deal and the client show them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.models import Tag
from tests.deals.test_deal_list import ask

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def tags(db):
    return [Tag.objects.create(name=name) for name in ("ВИП", "Тендер")]


@pytest.fixture(params=["deal", "client"])
def tagged(request, deal, client_company):
    """What carries tags, and the address that changes them."""
    if request.param == "deal":
        return deal, reverse("deals:deal_tags", args=[deal.pk])
    return client_company, reverse("clients:client_tag", args=[client_company.pk])


def names(row):
    return [tag.name for tag in row.tags.all()]


def test_a_tag_is_added_and_removed_in_place(client, seller, tagged, tags):
    row, url = tagged
    client.force_login(seller)

    added = client.post(url, {"add": tags[0].pk}, headers=SCRIPT)
    assert names(row) == ["ВИП"]
    assert "ВИП" in added.content.decode()
    client.post(url, {"add": tags[1].pk}, headers=SCRIPT)
    removed = client.post(url, {"remove": tags[0].pk}, headers=SCRIPT)

    assert names(row) == ["Тендер"]
    assert "ВИП" not in removed.content.decode()


def test_nonsense_and_archived_tags_change_nothing(client, seller, tagged, tags):
    row, url = tagged
    client.force_login(seller)
    Tag.objects.filter(pk=tags[0].pk).update(archived_at=timezone.now())

    for said in ({"add": tags[0].pk}, {"add": "x"}, {"remove": "9" * 40}, {}):
        assert client.post(url, said, headers=SCRIPT).status_code == 200

    assert names(row) == []


def test_strangers_find_nothing_and_readers_change_nothing(
    client, stranger, director, tagged, tags
):
    row, url = tagged
    for person, status in ((stranger, 404), (director, 403)):
        client.force_login(person)
        assert client.post(url, {"add": tags[0].pk}).status_code == status
    assert names(row) == []


def test_the_page_of_a_deal_shows_its_tags_without_another_query(client, seller, deal, tags):
    url = reverse("deals:deal", args=[deal.pk])
    few = ask(client, seller, url)
    deal.tags.set(tags)

    assert ask(client, seller, url) == few <= 12
    page = client.get(url).content.decode()
    assert f"?tag={tags[1].pk}" in page


def test_without_scripts_tags_have_a_page(client, seller, deal, tags):
    client.force_login(seller)
    url = reverse("deals:deal_tags", args=[deal.pk])

    assert list(client.get(url).context["options"]) == tags
    assert client.post(url, {"add": tags[0].pk}).url == reverse("deals:deal", args=[deal.pk])
