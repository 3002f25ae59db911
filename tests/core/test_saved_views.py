"""Views under a name: whose, for whom, where they stand."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import RequestFactory
from django.urls import reverse

from apps.core.actions.saved_views import change_view, pin_view, remove_view, save_view
from apps.core.models import SavedView, Tag
from apps.core.saved_views import last_look, remember, views_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(seller):
    return save_view(by=seller, room="deals", name="Мои", query="stuck=on", columns=["source"])


def bar(user, address="/deals/"):
    return views_of(user, "deals", address=address, columns=[])


def test_a_saved_view_is_private_pinned_and_leads_to_its_filters(seller, teammate, kept):
    assert [view.address for view in bar(seller).pinned] == ["?stuck=on&columns=source"]
    assert bar(teammate).saved == []


def test_a_shared_view_is_offered_to_colleagues_and_pinned_by_each_for_himself(
    seller, teammate, kept
):
    change_view(kept, by=seller, name="Общие", is_shared=True)
    assert ([view.name for view in bar(teammate).saved], bar(teammate).pinned) == (["Общие"], [])

    assert pin_view(kept, by=teammate) is True

    assert [view.name for view in bar(teammate).pinned] == ["Общие"]
    assert pin_view(kept, by=teammate) is False
    assert (len(bar(seller).pinned), bar(teammate).pinned) == (1, [])


def test_the_same_name_is_written_over(seller, kept):
    save_view(by=seller, room="deals", name="Мои", query="no_step=on", columns=[])

    assert [view.address for view in bar(seller).saved] == ["?no_step=on"]


def test_two_views_of_a_person_do_not_share_a_name(seller, kept):
    other = save_view(by=seller, room="deals", name="Другие", query="", columns=[])

    with pytest.raises(ValidationError) as refusal:
        change_view(other, by=seller, name="Мои", is_shared=False)

    assert refusal.value.error_dict["name"][0].code == "same_name"


def change(view, by):
    change_view(view, by=by, name="Чужие", is_shared=True)


def remove(view, by):
    remove_view(view, by=by)


@pytest.mark.parametrize("act", [change, remove])
def test_only_the_owner_changes_a_shared_view(seller, teammate, kept, act):
    change_view(kept, by=seller, name="Общие", is_shared=True)

    with pytest.raises(PermissionDenied):
        act(kept, teammate)

    assert SavedView.objects.get(pk=kept.pk).name == "Общие"


def test_the_current_view_is_known_by_its_filters_in_any_order(seller):
    save_view(by=seller, room="deals", name="Мои", query="owner=5&stuck=on", columns=[])

    assert bar(seller, "/deals/?stuck=on&owner=5&page=3").current.name == "Мои"
    assert bar(seller, "/deals/?stuck=on").current is None


def asking(user):
    """A request in a session of its own."""
    request = RequestFactory().get("/deals/")
    request.user, request.session = user, {}
    return request


def test_what_was_looked_at_last_is_kept_once_and_is_not_a_view(seller, teammate):
    for query in ("pipeline=1", "pipeline=2"):
        remember(asking(seller), "deals", query=query, columns=["source"])

    assert last_look(asking(seller), "deals") == ("pipeline=2", ["source"])
    assert last_look(asking(teammate), "deals") == ("", [])
    assert (SavedView.objects.count(), bar(seller).saved) == (1, [])


def test_the_last_look_is_read_once_a_session(seller, django_assert_num_queries):
    request = asking(seller)
    last_look(request, "deals")

    with django_assert_num_queries(0):
        remember(request, "deals", query="", columns=[])


def test_the_bar_comes_for_the_page_it_stands_on(client, seller, kept):
    client.force_login(seller)
    address = reverse("core:view_bar", args=["deals"])

    ours = client.get(address, {"next": "/deals/?stuck=on"}, headers={"HX-Request": "true"})
    theirs = client.get(address, {"next": "https://evil.example/"})

    assert ours.context["views"].current == kept
    assert 'href="/deals/?stuck=on&amp;columns=source" class="on"' in ours.content.decode()
    assert theirs.context["views"].address == "/"


def test_a_view_is_saved_from_the_page(client, seller):
    client.force_login(seller)
    form = {
        "name": "Зависшие",
        "query": "stuck=on",
        "columns": "source",
        "next": "/deals/?stuck=on",
    }

    answer = client.post(reverse("core:view_create", args=["deals"]), form)

    assert answer.headers["Location"] == "/deals/?stuck=on&columns=source"
    assert SavedView.objects.get().owner == seller


def test_after_the_form_nobody_is_led_to_another_site(client, seller):
    client.force_login(seller)
    form = {"name": "Мои", "next": "https://evil.example/deals/"}

    answer = client.post(reverse("core:view_create", args=["deals"]), form)

    assert answer.headers["Location"].startswith("/?")


def test_tags_are_one_a_name_whatever_the_case(client, head):
    client.force_login(head)
    first = client.post(reverse("core:tag_create"), {"name": "Тендер", "colour": "warn"})
    second = client.post(reverse("core:tag_create"), {"name": "ТЕНДЕР", "colour": ""})

    assert (first.status_code, second.status_code) == (302, 422)
    assert [(tag.name, tag.colour) for tag in Tag.objects.all()] == [("Тендер", "warn")]


def test_an_archived_tag_comes_back_unless_another_took_its_name(client, head):
    client.force_login(head)
    old = Tag.objects.create(name="Тендер")
    address = reverse("core:tag_archive", args=[old.pk])
    client.post(address)
    twin = Tag.objects.create(name="тендер")

    client.post(address)
    assert Tag.objects.kept().get() == twin
    twin.delete()
    client.post(address)

    assert Tag.objects.kept().get() == old
