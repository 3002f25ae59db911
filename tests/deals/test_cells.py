"""Cells of the list edited in place: saved, refused, told of a newer value."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.models import SavedView, Tag
from apps.deals.actions import change_deal, plan_next_step
from apps.deals.models import Deal, WonAdjustment
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"HX-Request": "true"}


def save(browser, user, deal, field, **form):
    browser.force_login(user)
    address = reverse("deals:deal_cell", args=[deal.pk, field])
    return browser.post(address, form, headers=BY_SCRIPT)


def test_the_amount_is_saved_as_people_type_it(client, seller, deal):
    answer = save(client, seller, deal, "amount", version=1, amount="1 250 000,50")

    deal.refresh_from_db()
    assert (deal.amount, deal.amount_base, deal.version) == (
        Decimal("1250000.50"),
        Decimal("1250000.50"),
        2,
    )
    assert answer.status_code == 200
    assert "1 250 001 ₽" in answer.content.decode().replace("\xa0", " ")


def test_the_expected_close_is_saved_and_emptied(client, seller, deal):
    save(client, seller, deal, "expected", version=1, expected_close_on="2027-01-15")
    deal.refresh_from_db()
    assert str(deal.expected_close_on) == "2027-01-15"

    save(client, seller, deal, "expected", version=2, expected_close_on="")
    deal.refresh_from_db()
    assert deal.expected_close_on is None


def test_the_owner_is_changed_by_a_lead(client, lead, colleague, deal):
    save(client, lead, deal, "owner", version=1, owner=colleague.pk)

    deal.refresh_from_db()
    assert deal.owner == colleague


def test_the_step_is_planned(client, seller, deal):
    at = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

    answer = save(
        client, seller, deal, "step", version=1, was="", next_step="Позвонить", next_step_at=at
    )

    deal.refresh_from_db()
    assert (answer.status_code, deal.next_step) == (200, "Позвонить")


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("amount", {"amount": "много"}),
        ("amount", {"amount": "-5"}),
        ("amount", {"amount": "1", "version": "x"}),
        ("expected", {"expected_close_on": "2027-13-40"}),
        ("owner", {"owner": "{stranger}"}),
        ("step", {"next_step": "Позвонить", "next_step_at": ""}),
    ],
)
def test_a_wrong_value_is_told_in_the_cell_and_changes_nothing(
    client, lead, stranger, deal, field, form
):
    before = Deal.objects.filter(pk=deal.pk).values().get()
    form = {"version": "1", **form}
    if "owner" in form:
        form["owner"] = stranger.pk

    answer = save(client, lead, deal, field, **form)

    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (
        422,
        "x" not in form["version"],
    )
    assert Deal.objects.filter(pk=deal.pk).values().get() == before


def test_a_stale_amount_is_told_and_the_next_save_writes_over(client, seller, lead, deal):
    change_deal(deal, by=lead, amount=Decimal("70000"))

    told = save(client, seller, deal, "amount", version=1, amount="5")
    deal.refresh_from_db()
    assert (told.status_code, deal.amount) == (409, Decimal("70000.00"))
    text = told.content.decode().replace("\xa0", " ")
    assert "70 000 ₽" in text
    assert 'name="version" value="2"' in text
    assert 'value="5"' in text
    save(client, seller, deal, "amount", version=2, amount="5")

    deal.refresh_from_db()
    assert deal.amount == 5


def test_a_stale_step_is_told_though_it_makes_no_version(client, seller, lead, deal):
    at = timezone.now() + timedelta(days=1)
    plan_next_step(deal, by=lead, next_step="Встреча", next_step_at=at)

    told = save(client, seller, deal, "step", version=1, was="", next_step="", next_step_at="")

    deal.refresh_from_db()
    assert (told.status_code, deal.next_step) == (409, "Встреча")
    assert "Встреча" in told.content.decode()


def test_a_stale_owner_is_told(client, lead, seller, colleague, deal):
    change_deal(deal, by=seller, title="Новое имя")

    assert save(client, lead, deal, "owner", version=1, owner=colleague.pk).status_code == 409
    deal.refresh_from_db()
    assert deal.owner == seller


def test_a_won_amount_edited_in_a_cell_counts_today(client, seller, pipeline, stages):
    deal = DealFactory(
        owner=seller, pipeline=pipeline, stage=stages.won, outcome="won", closed_on="2026-10-01"
    )

    save(client, seller, deal, "amount", version=1, amount="90000")
    empty = save(client, seller, deal, "amount", version=2, amount="")

    deal.refresh_from_db()
    assert (empty.status_code, deal.amount, str(deal.closed_on)) == (422, 90000, "2026-10-01")
    assert [one.amount_base for one in WonAdjustment.objects.all()] == [Decimal("-10000.00")]


@pytest.mark.parametrize("field", ["amount", "expected", "step", "owner"])
def test_cells_of_others_are_not_there(client, people, deal, field):
    """T02"""
    before = Deal.objects.filter(pk=deal.pk).values().get()

    for role, status in (("colleague", 404), ("stranger", 404), ("director", 403), ("hr", 403)):
        expected = 403 if field == "owner" and role == "colleague" else status
        answer = save(client, people[role], deal, field, version=1, amount="1")
        assert answer.status_code in {expected, 404}

    assert Deal.objects.filter(pk=deal.pk).values().get() == before


def test_a_seller_does_not_hand_over_his_own_deal(client, seller, colleague, deal):
    assert save(client, seller, deal, "owner", version=1, owner=colleague.pk).status_code == 403
    deal.refresh_from_db()
    assert deal.owner == seller


def test_no_other_field_gets_in_with_the_cell(client, seller, deal, colleague):
    """T19"""
    save(
        client, seller, deal, "expected", version=1, expected_close_on="", owner=colleague.pk,
        amount="1", outcome="won",
    )  # fmt: skip

    deal.refresh_from_db()
    assert (deal.owner, deal.amount, deal.outcome) == (seller, Decimal("100000.00"), "open")
    client.force_login(seller)
    assert client.get(reverse("deals:deal_cell", args=[deal.pk, "outcome"])).status_code == 404


def test_columns_are_remembered_and_tags_are_one(client, seller, deal):
    deal.tags.add(Tag.objects.create(name="Тендер", colour="warn"))
    client.force_login(seller)
    plain = client.get("/deals/?view=list").content.decode()
    client.get("/deals/?columns=tags&columns=source&chosen=1")

    again = client.get("/deals/?view=list")

    assert "Тендер" not in plain
    assert "Тендер" in again.content.decode()
    assert again.context["columns"].chosen == ["source", "tags"]
    assert SavedView.objects.get().columns == ["source", "tags"]
    assert client.get("/deals/?chosen=1").context["columns"].chosen == []
