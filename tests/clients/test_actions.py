from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.utils import DatabaseError
from django.utils import timezone

from apps.clients.actions import (
    archive_client,
    archive_contact,
    assign_client,
    change_client,
    change_contact,
    create_client,
    create_contact,
    hand_over_clients,
    restore_client,
    restore_contact,
)
from apps.clients.models import Client, OwnerChange
from apps.core.models import Notification
from apps.core.versions import Conflict
from tests.factories.clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db

INN, KPP = "7707083893", "773601001"


def code_of(error, field=None):
    if field:
        return error.value.error_dict[field][0].code
    return error.value.code


def test_a_new_client_belongs_to_its_maker_and_its_requisites_are_in_order(seller):
    client = create_client(
        by=seller,
        name="  ООО   «Ёлка» ",
        inn="77 0708 3893",
        kpp="773601001",
        phone="8 (916) 123-45-67",
        email=" Info@Yolka.RU ",
    )

    client.refresh_from_db()
    assert (client.name, client.name_key) == ("ООО «Ёлка»", "ооо «елка»")
    assert (client.inn, client.kpp) == (INN, KPP)
    assert (client.phone, client.email) == ("+79161234567", "info@yolka.ru")
    assert client.owner == seller
    change = OwnerChange.objects.get()
    assert (change.old_owner, change.new_owner, change.author) == (None, seller, seller)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("inn", "770708389X", "inn_format"),
        ("inn", "667108453", "inn_length"),
        ("inn", "7707083894", "inn_digit"),
        ("inn", "0000000000", "inn_digit"),
        ("kpp", "77360100", "kpp_format"),
        ("ogrn", "1027700132196", "ogrn_format"),
        ("phone", "12", "phone_format"),
        ("site", "javascript:alert(1)", "invalid"),
        ("email", "нет", "invalid"),
        ("name", "", "blank"),
    ],
)
def test_wrong_requisites_are_refused_by_field(seller, field, value, code):
    with pytest.raises(ValidationError) as error:
        create_client(by=seller, **{"name": "Ромашка", field: value})
    assert code_of(error, field) == code
    assert not Client.objects.exists()


def test_one_client_an_inn_and_kpp(seller, other_seller):
    ClientFactory(inn=INN, kpp=KPP, owner=other_seller, name="Секрет")

    with pytest.raises(ValidationError) as error:
        create_client(by=seller, name="Ромашка", inn=INN, kpp=KPP)
    assert code_of(error, "inn") == "exists"
    assert "Секрет" not in str(error.value)

    create_client(by=seller, name="Филиал", inn=INN, kpp="773601002")
    assert Client.objects.count() == 2


def test_a_seller_makes_no_client_for_another_and_a_lead_only_within_his_team(
    seller, teammate, lead, other_seller
):
    for by, owner in ((seller, teammate), (lead, other_seller)):
        with pytest.raises(ValidationError) as error:
            create_client(by=by, owner=owner, name="Ромашка")
        assert error.value.code == "owner"

    assert create_client(by=lead, owner=teammate, name="Ромашка").owner == teammate


def test_who_may_not_create(hr, director, admin):
    for person in (hr, director, admin):
        with pytest.raises(PermissionDenied):
            create_client(by=person, name="Ромашка")
    assert not Client.objects.exists()


def test_neither_owner_nor_version_is_a_field(seller, teammate):
    """T19"""
    client = ClientFactory(owner=seller)
    for name, value in (("owner", teammate), ("version", 9), ("archived_at", None)):
        with pytest.raises(TypeError):
            change_client(client, by=seller, expected_version=1, **{name: value})


def test_a_change_counts_the_version_and_a_stale_one_is_a_conflict(seller):
    client = ClientFactory(owner=seller, name="Ромашка")
    change_client(client, by=seller, expected_version=1, name="Василёк", city="Пермь")

    with pytest.raises(Conflict) as conflict:
        change_client(client, by=seller, expected_version=1, name="Лютик")

    assert (conflict.value.current.name, conflict.value.current.version) == ("Василёк", 2)
    assert Client.objects.get().name == "Василёк"


def test_a_change_may_not_take_the_inn_of_another(seller):
    ClientFactory(inn=INN, kpp="", owner=seller)
    client = ClientFactory(owner=seller)

    with pytest.raises(ValidationError) as error:
        change_client(client, by=seller, expected_version=1, inn=INN)
    assert code_of(error, "inn") == "exists"


def test_companies_do_not_stand_above_each_other_in_a_circle(seller):
    top = ClientFactory(owner=seller)
    middle = ClientFactory(owner=seller, parent=top)
    bottom = ClientFactory(owner=seller, parent=middle)

    with pytest.raises(ValidationError) as error:
        change_client(top, by=seller, expected_version=1, parent=bottom)
    assert code_of(error, "parent") == "circle"


def test_a_new_owner_is_written_told_and_makes_editors_look_again(lead, seller, teammate):
    client = ClientFactory(owner=seller, name="Ромашка")

    assign_client(client, to=teammate, by=lead, reason="отпуск")
    assign_client(client, to=teammate, by=lead)

    client.refresh_from_db()
    assert (client.owner, client.version) == (teammate, 2)
    change = OwnerChange.objects.get()
    assert (change.old_owner, change.new_owner, change.author, change.reason) == (
        seller, teammate, lead, "отпуск",
    )  # fmt: skip
    told = Notification.objects.get()
    assert (told.user, told.title) == (teammate, "Ромашка — теперь ваш клиент")
    with pytest.raises(Conflict):
        change_client(client, by=seller, expected_version=1, name="Лютик")


def test_who_may_give_a_client_to_whom(seller, teammate, lead, other_seller, head, hr):
    client = ClientFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        assign_client(client, to=teammate, by=seller)
    for by, to in ((lead, other_seller), (lead, None), (head, hr)):
        with pytest.raises(ValidationError) as error:
            assign_client(client, to=to, by=by)
        assert error.value.code == "owner"
    client.refresh_from_db()
    assert (client.owner, client.version) == (seller, 1)

    assign_client(client, to=None, by=head)
    client.refresh_from_db()
    assert client.owner is None


def test_the_right_is_asked_of_the_row_as_it_is_now(lead, seller, other_seller, head):
    """X21: between the page and the button the client went to another team."""
    client = ClientFactory(owner=seller)
    stale = Client.objects.get()
    assign_client(client, to=other_seller, by=head)

    with pytest.raises(PermissionDenied):
        assign_client(stale, to=seller, by=lead)
    assert Client.objects.get().owner == other_seller


def test_what_was_written_about_owners_stays(lead, seller, teammate):
    assign_client(ClientFactory(owner=seller), to=teammate, by=lead)
    with pytest.raises(DatabaseError, match="append_only"):
        OwnerChange.objects.update(new_owner=seller)


def test_clients_of_a_leaver_go_to_his_successor(seller, teammate, lead):
    clients = ClientFactory.create_batch(3, owner=seller)
    ClientFactory(owner=seller, archived_at=timezone.now())

    assert hand_over_clients(seller, to=lead, by=lead) == 3
    assert hand_over_clients(seller, to=lead, by=lead) == 0

    assert set(Client.objects.filter(owner=lead)) == set(clients)
    assert OwnerChange.objects.filter(old_owner=seller, new_owner=lead).count() == 3


def test_into_the_bin_and_back(lead, seller):
    client = ClientFactory(owner=seller)
    with pytest.raises(PermissionDenied):
        archive_client(client, by=seller)

    archive_client(client, by=lead)
    archive_client(client, by=lead)
    client.refresh_from_db()
    assert client.version == 2
    with pytest.raises(PermissionDenied):
        change_client(client, by=seller, expected_version=2, name="Лютик")

    restore_client(client, by=lead)
    client.refresh_from_db()
    assert (client.archived_at, client.version) == (None, 3)


def test_after_30_days_nothing_comes_back(lead, seller):
    client = ClientFactory(owner=seller, archived_at=timezone.now() - timedelta(days=30))
    with pytest.raises(PermissionDenied):
        restore_client(client, by=lead)


def test_a_client_does_not_come_back_beside_its_successor(lead, seller):
    client = ClientFactory(owner=seller, inn=INN)
    archive_client(client, by=lead)
    ClientFactory(owner=seller, inn=INN)

    with pytest.raises(ValidationError) as error:
        restore_client(client, by=lead)
    assert code_of(error, "inn") == "exists"


def test_contacts(seller, other_seller):
    client = ClientFactory(owner=seller)
    contact = create_contact(by=seller, client=client, name=" Иван  Петров", phone="89161234567")
    assert (contact.name, contact.phone) == ("Иван Петров", "+79161234567")

    change_contact(contact, by=seller, expected_version=1, position="директор")
    with pytest.raises(Conflict):
        change_contact(contact, by=seller, expected_version=1, position="бухгалтер")

    archive_contact(contact, by=seller)
    assert not client.contacts.kept().exists()
    restore_contact(contact, by=seller)
    contact.refresh_from_db()
    assert (contact.position, contact.version) == ("директор", 4)


def test_contacts_of_a_client_in_the_bin_stay_as_they_are(seller):
    contact = ContactFactory(client__owner=seller, client__archived_at=timezone.now())
    with pytest.raises(PermissionDenied):
        change_contact(contact, by=seller, expected_version=1, name="Лютик")
    with pytest.raises(PermissionDenied):
        archive_contact(contact, by=seller)


def test_a_person_has_no_kpp(seller):
    with pytest.raises(ValidationError) as error:
        create_client(by=seller, name="ИП Иванов", inn="500100732259", kpp=KPP)

    assert code_of(error, "kpp") == "kpp_of_person"
    assert not Client.objects.exists()
