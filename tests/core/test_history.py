import pghistory
import pytest
from django.urls import reverse

from apps.clients.actions import archive_client, assign_client, change_client, create_client
from apps.clients.models import Client
from apps.core.history import history_of
from tests.factories.clients import ClientFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(seller, lead):
    source = SourceFactory(name="Выставка")
    with pghistory.context(user=seller.pk):
        client = create_client(by=seller, name="Ромашка")
        change_client(
            client, by=seller, expected_version=1, name="Василёк", level="A", source=source
        )
    with pghistory.context(user=lead.pk, note="по просьбе клиента"):
        assign_client(client, to=lead, by=lead)
    with pghistory.context(user=lead.pk):
        archive_client(client, by=lead)
    return Client.objects.get()


def test_who_changed_what(changed, lead, seller):
    archived, given, edited, created = history_of(changed, lead)

    assert [entry.author for entry in (created, edited, given, archived)] == [
        str(seller), str(seller), str(lead), str(lead),
    ]  # fmt: skip
    assert (created.text, created.changes) == ("Создано", [])
    assert [(one.field, one.old, one.new) for one in edited.changes] == [
        ("Название", "Ромашка", "Василёк"),
        ("Источник", "", "Выставка"),
        ("Категория", "", "A"),
    ]
    assert [(one.field, one.old, one.new) for one in given.changes] == [
        ("Ответственный", str(seller), str(lead))
    ]
    assert given.text == "по просьбе клиента"
    assert (archived.text, archived.changes) == ("Убрано в корзину", [])


def test_neither_versions_nor_keys_for_sorting_are_told(changed, lead):
    fields = {change.field for entry in history_of(changed, lead) for change in entry.changes}
    assert fields == {"Название", "Источник", "Категория", "Ответственный"}


def test_the_name_of_a_row_one_may_not_see_is_hidden(seller, other_seller, lead):
    """T12"""
    client = create_client(by=seller, name="Дочка")
    strange = ClientFactory(name="Чужая компания", owner=other_seller)
    Client.objects.filter(pk=client.pk).update(parent=strange)

    (entry, _created) = history_of(client, seller)

    assert entry.changes[0].new == "скрыто"


def test_the_limit_keeps_the_newest(changed, lead):
    assert history_of(changed, lead, limit=2) == history_of(changed, lead)[:2]


def test_queries_do_not_grow_with_the_entries(seller, django_assert_num_queries):
    client = create_client(by=seller, name="Ромашка")
    for count in (1, 5):
        for number in range(count):
            Client.objects.filter(pk=client.pk).update(city=f"Город {count}.{number}")
        # The rows, and the names of owners.
        with django_assert_num_queries(2):
            history_of(client, seller)


def address(model, pk):
    return reverse("core:history", args=[model, pk])


def test_the_fragment_for_those_who_see_the_record(client, changed, lead, other_seller, hr):
    url = address("clients.client", changed.pk)
    for person, status in ((lead, 200), (other_seller, 404), (hr, 404)):
        client.force_login(person)
        assert client.get(url).status_code == status

    client.force_login(lead)
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="history">')
    assert "Василёк" in fragment


@pytest.mark.parametrize(
    "model",
    ["core.company", "staff.user", "auth.group", "clients.ownerchange", "nonsense", "a.b.c"],
)
def test_only_models_with_a_scope_and_a_permission_are_told(client, admin, model):
    client.force_login(admin)
    assert client.get(address(model, 1)).status_code == 404
