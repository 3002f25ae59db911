"""Foreign deals and money: nothing is shown, nothing changes."""

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import timezone

from apps.deals.models import Activity, Allocation, Deal, Receipt, StageMove
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import ActivityFactory, DealFactory, ReceiptFactory, ScheduleLineFactory

pytestmark = pytest.mark.django_db

OF_A_DEAL = (
    "deal",
    "deal_edit",
    "deal_assign",
    "deal_archive",
    "deal_restore",
    "deal_timeline",
    "deal_log",
    "deal_step",
    "deal_lines",
    "deal_splits",
    "deal_schedule",
)
WRITTEN = {
    "title": "Чужая рука",
    "currency": "RUB",
    "version": "1",
    "kind": "call",
    "next_step": "Звонок",
    "next_step_at": "2030-01-01T10:00",
    "form-TOTAL_FORMS": "0",
    "form-INITIAL_FORMS": "0",
}


def everything():
    """All that a forbidden write could touch."""
    return (
        [model_to_dict(deal) | {"version": deal.version} for deal in Deal.objects.order_by("pk")],
        Activity.objects.count(),
        StageMove.objects.count(),
        Receipt.objects.count(),
        Allocation.objects.count(),
    )


@pytest.mark.parametrize("is_script", [False, True])
@pytest.mark.parametrize("name", OF_A_DEAL)
@pytest.mark.parametrize("role", ["colleague", "stranger"])
def test_a_foreign_deal_does_not_exist(client, people, deal, name, role, is_script):
    """T01-T03"""
    before = everything()
    client.force_login(people[role])
    headers = {"HX-Request": "true"} if is_script else {}
    url = reverse(f"deals:{name}", args=[deal.pk])

    shown = client.get(url, headers=headers).status_code
    written = client.post(url, WRITTEN, headers=headers).status_code

    # A seller may not hand over at all; everything else about a foreign deal is not there.
    expected = {403} if name == "deal_assign" else {404, 405}
    assert {shown, written} <= expected
    assert 404 in {shown, written} or name == "deal_assign"
    assert everything() == before


@pytest.mark.parametrize("role", ["colleague", "stranger"])
def test_a_foreign_deal_does_not_move(client, people, deal, stages, role):
    """T02"""
    before = everything()
    client.force_login(people[role])
    url = reverse("deals:deal_move", args=[deal.pk, stages.quote.pk])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert everything() == before


@pytest.mark.parametrize(
    "name", [name for name in OF_A_DEAL if name not in ("deal", "deal_timeline")]
)
@pytest.mark.parametrize("role", ["director", "admin", "hr"])
def test_who_only_reads_changes_nothing(client, people, deal, name, role):
    """T03"""
    before = everything()
    client.force_login(people[role])

    response = client.post(reverse(f"deals:{name}", args=[deal.pk]), WRITTEN)

    assert response.status_code == 403
    assert everything() == before


@pytest.mark.parametrize("role", ["director", "admin"])
def test_who_only_reads_gets_no_buttons(client, people, deal, role):
    client.force_login(people[role])

    body = client.get(reverse("deals:deal", args=[deal.pk])).content.decode()

    assert deal.title in body
    for name in ("deal_edit", "deal_log", "deal_step", "deal_archive"):
        assert reverse(f"deals:{name}", args=[deal.pk]) not in body


def test_hr_sees_no_deals(client, hr, deal):
    client.force_login(hr)

    assert client.get(reverse("deals:deal", args=[deal.pk])).status_code == 403


def test_an_own_deal_takes_no_foreign_client_or_contact(client, seller, stranger, deal):
    """T04"""
    foreign = ClientFactory(owner=stranger)
    contact = ContactFactory(client=foreign)
    client.force_login(seller)

    response = client.post(
        reverse("deals:deal_edit", args=[deal.pk]),
        {**WRITTEN, "client": foreign.pk, "contact": contact.pk},
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"client", "contact"}
    deal.refresh_from_db()
    assert (deal.client.owner, deal.contact) == (seller, None)


def test_mass_assignment_has_no_effect(client, seller, colleague, deal, stages):
    """T19"""
    client.force_login(seller)

    response = client.post(
        reverse("deals:deal_edit", args=[deal.pk]),
        {
            **WRITTEN,
            "title": "Честное имя",
            "client": deal.client_id,
            "amount": "5",
            "owner": colleague.pk,
            "stage": stages.won.pk,
            "outcome": "won",
            "amount_base": "999999",
            "closed_on": "2026-01-01",
            "opened_on": "2020-01-01",
            "external_id": "X",
            "archived_at": "2020-01-01",
        },
    )

    assert response.status_code == 302
    deal.refresh_from_db()
    assert (deal.title, deal.owner, deal.stage, deal.outcome) == (
        "Честное имя",
        seller,
        stages.lead,
        "open",
    )
    assert (deal.amount, deal.amount_base, deal.version) == (5, 5, 2)
    assert (deal.closed_on, deal.external_id, deal.archived_at) == (None, "", None)


def test_a_seller_creates_for_himself_whatever_he_posts(client, seller, colleague, stages):
    """T19"""
    client.force_login(seller)

    client.post(
        reverse("deals:deal_create"),
        {"title": "Моя", "currency": "RUB", "stage": stages.lead.pk, "owner": colleague.pk},
    )

    assert Deal.objects.get().owner == seller


def test_a_lead_assigns_only_within_the_team(client, lead, stranger, deal, seller):
    client.force_login(lead)

    response = client.post(reverse("deals:deal_assign", args=[deal.pk]), {"owner": stranger.pk})

    assert response.status_code == 422
    deal.refresh_from_db()
    assert deal.owner == seller


@pytest.mark.parametrize("role", ["colleague", "stranger"])
def test_foreign_money_and_records_do_not_exist(client, people, deal, role):
    """T01, T04"""
    receipt = ReceiptFactory(client=deal.client)
    activity = ActivityFactory(deal=deal)
    before = everything()
    client.force_login(people[role])

    urls = [
        reverse("deals:receipt", args=[receipt.pk]),
        reverse("deals:client_deals", args=[deal.client_id]),
        reverse("deals:client_activities", args=[deal.client_id]),
        reverse("deals:client_payments", args=[deal.client_id]),
    ]
    assert [client.get(url).status_code for url in urls] == [404] * 4
    allocate = reverse("deals:receipt_allocate", args=[receipt.pk])
    assert client.post(allocate).status_code == 404
    strike = reverse("deals:activity_reverse", args=[activity.pk])
    assert client.post(strike).status_code == 404
    assert everything() == before


def test_a_seller_reverses_no_receipts(client, seller, deal):
    receipt = ReceiptFactory(client=deal.client)
    client.force_login(seller)

    response = client.post(reverse("deals:receipt_reverse", args=[receipt.pk]), {"reason": "Хочу"})

    assert response.status_code == 403
    assert Receipt.objects.count() == 1


def test_debtors_are_those_of_ones_own_deals(client, seller, stranger, pipeline, stages):
    for owner in (seller, stranger):
        won = DealFactory(
            owner=owner,
            pipeline=pipeline,
            stage=stages.won,
            outcome="won",
            closed_on=timezone.localdate(),
        )
        ScheduleLineFactory(deal=won)
    client.force_login(seller)

    response = client.get(reverse("deals:receivables"))

    assert [line.deal.owner for line in response.context["page"].object_list] == [seller]


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_markup_in_texts_is_text_everywhere(client, seller, lead, deal):
    """T29"""
    deal.title = deal.next_step = deal.note = SCRIPT
    deal.next_step_at = timezone.now()
    deal.save()
    deal.client.name = SCRIPT
    deal.client.save()
    ActivityFactory(deal=deal, text=SCRIPT)
    ScheduleLineFactory(deal=deal, title=SCRIPT)
    client.force_login(seller)

    for url in (
        reverse("deals:deal_list"),
        reverse("deals:deal", args=[deal.pk]),
        reverse("deals:deal_edit", args=[deal.pk]),
        reverse("deals:deal_step", args=[deal.pk]),
        reverse("deals:deal_schedule", args=[deal.pk]),
        reverse("deals:client_deals", args=[deal.client_id]),
        reverse("deals:client_activities", args=[deal.client_id]),
        reverse("deals:quick_log") + f"?deal={deal.pk}",
    ):
        body = client.get(url).content.decode()
        assert "<script>alert" not in body, url
        assert "<img src=x" not in body, url
        assert "&lt;script&gt;alert" in body, url


@pytest.mark.parametrize("name", ["deal_archive", "deal_restore", "deal_log"])
def test_a_get_writes_nothing(client, seller, deal, name):
    client.force_login(seller)

    assert client.get(reverse(f"deals:{name}", args=[deal.pk])).status_code == 405


@pytest.mark.parametrize("name", ["client_deals", "client_activities", "client_payments"])
def test_a_panel_of_the_client_is_a_page_without_scripts(client, seller, name):
    deal = DealFactory(owner=seller)
    client.force_login(seller)
    path = reverse(f"deals:{name}", args=[deal.client_id])

    page = client.get(path).content.decode()
    fragment = client.get(path, headers={"HX-Request": "true"}).content.decode()

    assert ("<html" in page, "<html" in fragment) == (True, False)
    assert 'aria-label="Вы здесь"' in page
