"""Two clients become one: everything follows, nothing is forgotten, and for 30 days there is a way back."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.db.utils import InternalError
from django.urls import reverse
from django.utils import timezone

from apps.clients.actions import (
    assign_client,
    create_client,
    merge_clients,
    merge_contacts,
    undo_merge,
)
from apps.clients.models import Client, Contact, Merge, OwnerChange
from apps.core.merging import move, references_to
from apps.core.models import Decision
from apps.deals.models import Activity, Deal, Receipt
from tests.factories.clients import ClientFactory, ConsentFactory, ContactFactory
from tests.factories.deals import ActivityFactory, DealFactory, ReceiptFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(seller):
    return ClientFactory(owner=seller, name="ООО «Ромашка»", city="Москва")


@pytest.fixture
def gone(teammate):
    return ClientFactory(owner=teammate, name="Ромашка", inn="7707083893", phone="+74951234567")


def attach_everything(client, author):
    """One row of every kind that may hang on a client."""
    kind = ContentType.objects.get_for_model(Client)
    deal = DealFactory(client=client, owner=client.owner)
    return [
        ContactFactory(client=client),
        deal,
        ActivityFactory(deal=deal, client=client),
        ReceiptFactory(client=client),
        OwnerChange.objects.create(client=client, new_owner=author, happened_at=timezone.now()),
        ConsentFactory(client=client),
        ClientFactory(parent=client, owner=client.owner),
        TaskFactory(content_type=kind, object_id=client.pk),
        Decision.objects.create(
            kind="x", content_type=kind, object_id=client.pk, starts_on="2026-11-01", author=author
        ),
    ]


def pointers_to(client):
    """Rows of any table of the business that point to the client, asked of the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, attname from pg_constraint"
            " join pg_attribute on attrelid = conrelid and attnum = conkey[1]"
            " where contype = 'f' and confrelid = 'clients_client'::regclass"
        )
        found = {}
        for table, column in cursor.fetchall():
            cursor.execute(f'select count(*) from {table} where "{column}" = %s', [client.pk])
            if count := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = count
    return found


def test_every_key_and_generic_reference_is_walked():
    """Written another way than the code: over the fields of all models, not the relations of one."""
    wanted = set()
    for model in apps.get_models(include_auto_created=True):
        if hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.local_fields:
            if field.is_relation and field.related_model is Client:
                wanted.add(f"{model._meta.label_lower}.{field.attname}")
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey):
                wanted.add(f"{model._meta.label_lower}.{field.fk_field}")

    assert {one.name for one in references_to(Client)} == wanted
    assert {"deals.deal.client_id", "deals.receipt.client_id", "tasks.task.object_id"} <= wanted


def test_a_new_model_with_a_key_to_the_client_cannot_be_forgotten(kept, gone):
    """A table that nobody told the merge about."""

    class Visit(models.Model):
        client = models.ForeignKey(Client, models.CASCADE, related_name="+")

        class Meta:
            app_label = "clients"

    try:
        with connection.schema_editor() as editor:
            editor.create_model(Visit)
        visit = Visit.objects.create(client=gone)

        move(gone, kept)

        visit.refresh_from_db()
        assert visit.client_id == kept.pk
    finally:
        del apps.all_models["clients"]["visit"]
        apps.clear_cache()


def test_everything_attached_moves(kept, gone, lead):
    rows = attach_everything(gone, lead)

    merge_clients(kept, gone, by=lead)

    assert pointers_to(gone) == {}
    for row in rows:
        row.refresh_from_db()
        pointer = (
            getattr(row, "object_id", None) or getattr(row, "client_id", None) or row.parent_id
        )
        assert pointer == kept.pk, row
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert gone.archived_at is not None


def test_fields_are_chosen_one_by_one(kept, gone, lead):
    merge_clients(kept, gone, by=lead, take=["inn", "phone"])

    kept.refresh_from_db()
    assert (kept.name, kept.inn, kept.phone, kept.city) == (
        "ООО «Ромашка»",
        "7707083893",
        "+74951234567",
        "Москва",
    )
    assert kept.version == 2


def test_the_owner_is_a_choice_and_an_event(kept, gone, lead, teammate):
    merge_clients(kept, gone, by=lead, take=["owner"])

    kept.refresh_from_db()
    change = kept.owner_changes.first()
    assert kept.owner == teammate
    assert (change.new_owner, change.author) == (teammate, lead)


def test_the_past_stays_in_the_history_of_each(kept, gone, lead):
    merge_clients(kept, gone, by=lead, take=["inn"])

    assert list(gone.events.order_by("pgh_id").values_list("inn", flat=True)) == ["7707083893"] * 2
    assert list(kept.events.order_by("pgh_id").values_list("inn", flat=True)) == ["", "7707083893"]


def test_undo_restores_both(kept, gone, lead, seller, teammate):
    before = [Client.objects.filter(pk=one.pk).values().get() for one in (kept, gone)]
    rows = attach_everything(gone, lead)
    own = attach_everything(kept, lead)
    there, here = pointers_to(gone), pointers_to(kept)
    merge = merge_clients(kept, gone, by=lead, take=["name", "inn", "phone", "owner"])

    undone = undo_merge(merge, by=lead)

    assert undone.skipped == []
    after = [Client.objects.filter(pk=one.pk).values().get() for one in (kept, gone)]
    for one in (*before, *after):
        one.pop("version")
    assert after == before
    assert pointers_to(gone) == there
    # What the change of owner and its undo wrote stays with the one that was kept.
    here["clients_ownerchange.client_id"] += 2
    assert pointers_to(kept) == here
    for row in (*rows, *own):
        row.refresh_from_db()
    assert rows[0].client_id == gone.pk
    assert own[0].client_id == kept.pk
    assert rows[7].object_id == gone.pk


def test_undo_twice_is_once(kept, gone, lead):
    merge = merge_clients(kept, gone, by=lead)
    undo_merge(merge, by=lead)
    moment = Merge.objects.get().undone_at

    undo_merge(merge, by=lead)

    assert Merge.objects.get().undone_at == moment


def test_undo_skips_and_lists_what_was_changed_since(kept, gone, lead):
    deal, same = DealFactory.create_batch(2, client=gone, owner=gone.owner)
    contact = ContactFactory(client=gone, name="Пётр Иванов")
    merge = merge_clients(kept, gone, by=lead, take=["phone"])
    Contact.objects.filter(pk=contact.pk).update(
        name="Пётр Петров", version=models.F("version") + 1
    )
    Client.objects.filter(pk=kept.pk).update(phone="+74950000000")
    Deal.objects.filter(pk=deal.pk).update(client=ClientFactory(owner=gone.owner))

    undone = undo_merge(merge, by=lead)

    assert [one["name"] for one in undone.skipped] == [str(kept), "Пётр Петров", deal.title]
    kept.refresh_from_db()
    contact.refresh_from_db()
    same.refresh_from_db()
    assert kept.phone == "+74950000000"
    assert contact.client == kept
    assert same.client_id == gone.pk


def test_what_stayed_is_named_to_those_who_see_it(client, kept, gone, lead, seller):
    """The deal of a colleague under one's own client."""
    deal = DealFactory(client=gone, owner=gone.owner, title="Чужая сделка")
    merge = merge_clients(kept, gone, by=lead)
    Deal.objects.filter(pk=deal.pk).update(version=models.F("version") + 1)
    undo_merge(merge, by=lead)
    page = reverse("clients:merge", args=[merge.pk])

    named = []
    for viewer in (lead, seller):
        client.force_login(viewer)
        named.append([line["name"] for line in client.get(page).context["skipped"]])

    assert named == [["Чужая сделка"], ["скрыто"]]


def test_after_30_days_there_is_no_way_back(kept, gone, lead):
    merge = merge_clients(kept, gone, by=lead)
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=30))

    with pytest.raises(ValidationError) as refused:
        undo_merge(merge, by=lead)

    assert refused.value.code == "too_late"
    assert Client.objects.get(pk=gone.pk).merged_into_id == kept.pk


def test_merges_are_undone_in_the_order_of_their_making_backwards(kept, gone, lead, seller):
    third = ClientFactory(owner=seller)
    first = merge_clients(kept, gone, by=lead)
    second = merge_clients(third, kept, by=lead)

    with pytest.raises(ValidationError) as refused:
        undo_merge(first, by=lead)
    assert refused.value.code == "in_bin"
    assert Client.objects.get(pk=gone.pk).merged_into == third

    undo_merge(second, by=lead)
    undo_merge(first, by=lead)
    assert Client.objects.kept().filter(pk__in=(kept.pk, gone.pk, third.pk)).count() == 3


def test_events_stay_closed_to_any_other_update(kept, gone, lead):
    deal = DealFactory(client=gone, owner=gone.owner)
    activity = ActivityFactory(deal=deal, client=gone, text="как было")
    merge_clients(kept, gone, by=lead)

    activity.refresh_from_db()
    assert (activity.client_id, activity.text) == (kept.pk, "как было")
    for model in (Activity, OwnerChange, Receipt):
        ReceiptFactory(client=kept)
        OwnerChange.objects.create(client=kept, happened_at=timezone.now())
        with pytest.raises(InternalError, match="Cannot update"), transaction_savepoint():
            model.objects.update(client=gone)


def transaction_savepoint():
    from django.db import transaction

    return transaction.atomic()


def test_a_child_does_not_become_its_own_parent(kept, gone, lead):
    Client.objects.filter(pk=kept.pk).update(parent=gone)

    merge = merge_clients(kept, gone, by=lead)
    kept.refresh_from_db()
    assert kept.parent is None

    undo_merge(merge, by=lead)
    kept.refresh_from_db()
    assert kept.parent_id == gone.pk


def test_the_code_of_the_other_system_goes_along(kept, gone, lead):
    Client.objects.filter(pk=gone.pk).update(external_id="1C-5")

    merge = merge_clients(kept, gone, by=lead)
    assert Client.objects.get(external_id="1C-5") == kept

    undo_merge(merge, by=lead)
    assert Client.objects.get(external_id="1C-5") == gone


@pytest.mark.parametrize("role", ["seller", "other_lead", "director", "admin", "hr"])
def test_who_may_not_archive_may_not_merge(kept, gone, role, request):
    by = request.getfixturevalue(role)

    with pytest.raises(PermissionDenied):
        merge_clients(kept, gone, by=by)

    assert Client.objects.get(pk=gone.pk).archived_at is None
    assert not Merge.objects.exists()


def test_a_client_out_of_sight_is_not_merged(kept, other_seller, lead):
    foreign = ClientFactory(owner=other_seller)

    with pytest.raises(PermissionDenied):
        merge_clients(kept, foreign, by=lead)

    assert Client.objects.get(pk=foreign.pk).archived_at is None


def test_the_requisites_of_a_third_client_are_refused_without_naming_it(kept, gone, lead, seller):
    ClientFactory(owner=seller, inn="7707083893", kpp="770701001")
    Client.objects.filter(pk=kept.pk).update(kpp="770701001")

    with pytest.raises(ValidationError) as refused:
        merge_clients(kept, gone, by=lead, take=["inn"])

    assert refused.value.error_dict["inn"][0].code == "exists"
    assert Client.objects.get(pk=gone.pk).archived_at is None


def test_contacts_of_one_client_merge_and_come_back(kept, seller):
    first = ContactFactory(client=kept, name="Пётр", phone="")
    second = ContactFactory(client=kept, name="Пётр Иванов", phone="+79161234567")
    consent = ConsentFactory(client=kept, contact=second)
    deal = DealFactory(client=kept, owner=seller, contact=second)

    merge = merge_contacts(first, second, by=seller, take=["phone"])

    for row in (first, consent, deal):
        row.refresh_from_db()
    assert (first.phone, consent.contact, deal.contact) == ("+79161234567", first, first)

    undo_merge(merge, by=seller)

    for row in (first, second, consent, deal):
        row.refresh_from_db()
    assert (first.phone, second.archived_at, consent.contact, deal.contact) == (
        "",
        None,
        second,
        second,
    )


def test_contacts_of_different_clients_do_not_merge(kept, gone, lead):
    first, second = ContactFactory(client=kept), ContactFactory(client=gone)

    with pytest.raises(ValidationError) as refused:
        merge_contacts(first, second, by=lead)

    assert refused.value.code == "other_client"


def test_the_page_compares_and_merges(client, kept, gone, lead):
    client.force_login(lead)
    page = reverse("clients:client_merge", args=[kept.pk, gone.pk])

    form = client.get(page).context["form"]
    chosen = {one.name: one.chosen for one in form.choices}
    assert chosen["inn"] == "gone"
    assert chosen["name"] == "kept"
    response = client.post(page, {f"use_{name}": side for name, side in chosen.items()})

    assert response.status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.inn) == ("ООО «Ромашка»", "7707083893")


def test_the_page_of_a_merged_client_says_where_it_went(client, kept, gone, lead):
    merge_clients(kept, gone, by=lead)
    client.force_login(lead)

    page = client.get(gone.get_absolute_url())

    assert page.context["merged_into"] == kept
    assert page.context["can_restore"] is False


def test_the_panel_offers_the_way_back(client, kept, gone, lead, django_assert_num_queries):
    for _ in range(3):
        merge_clients(kept, ClientFactory(owner=kept.owner), by=lead)
    client.force_login(lead)

    url = reverse("clients:client_merges", args=[kept.pk])
    with django_assert_num_queries(6):
        page = client.get(url, headers={"HX-Request": "true"})

    assert [can_undo for _merge, _name, can_undo in page.context["rows"]] == [True] * 3


def test_moves_are_set_based(kept, gone, lead, django_assert_max_num_queries):
    """The number of statements depends on the kinds of rows, not on their number."""
    for _ in range(30):
        deal = DealFactory(client=gone, owner=gone.owner, pipeline=pipeline_once())
        ActivityFactory.create_batch(3, deal=deal, client=gone)

    with django_assert_max_num_queries(80):
        merge_clients(kept, gone, by=lead)

    assert Activity.objects.filter(client=kept).count() == 90


def pipeline_once():
    from apps.deals.models import Pipeline
    from tests.factories.deals import staged_pipeline

    return Pipeline.objects.first() or staged_pipeline()


def test_owner_of_today_sees_the_former_ones_of_both(kept, gone, lead, seller):
    fresh = create_client(by=lead, owner=seller, name="Новый")
    assign_client(fresh, to=lead, by=lead)
    merge_clients(kept, fresh, by=lead)

    assert kept.owner_changes.count() == 2
