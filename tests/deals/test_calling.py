"""Before and after a call: whom, at what number, what to say; when the money of a win comes."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from apps.core.numerals import SPACE, typed
from apps.deals.models import Activity, ScheduleLine
from tests.deals.test_deals import won
from tests.factories.clients import ContactFactory
from tests.factories.deals import DealFactory, ScheduleLineFactory

pytestmark = pytest.mark.django_db


def modal(client, deal):
    return client.get(
        reverse("deals:quick_log"), {"deal": deal.pk}, headers={"HX-Request": "true"}
    ).content.decode()


def test_a_call_shows_the_number_and_the_script_of_the_stage(client, seller, deal):
    deal.contact = ContactFactory(client=deal.client, name="Пётр Иванов", phone="+79161234567")
    deal.save()
    deal.stage.guidance = "Спросите, кто решает."
    deal.stage.save()
    client.force_login(seller)

    page = modal(client, deal)

    assert 'href="tel:+79161234567"' in page
    assert "Пётр Иванов" in page
    assert "Спросите, кто решает." in page
    assert f'<input type="hidden" name="deal" value="{deal.pk}">' in page
    assert "<select" not in page.split('name="kind"')[0]


def test_a_call_about_the_debt_of_a_won_deal_names_the_deal(client, seller, deal, stages):
    won(deal, stages)
    client.force_login(seller)

    assert f'<input type="hidden" name="deal" value="{deal.pk}">' in modal(client, deal)
    client.post(reverse("deals:quick_log"), {"kind": "call", "deal": deal.pk})

    assert Activity.objects.get().deal == deal


def test_a_deal_of_others_is_not_named(client, seller, stranger):
    foreign = DealFactory(owner=stranger, title="Чужая сделка")
    client.force_login(seller)

    page = modal(client, foreign)
    response = client.post(reverse("deals:quick_log"), {"kind": "call", "deal": foreign.pk})

    assert "Чужая сделка" not in page
    assert set(response.context["form"].errors) == {"deal"}
    assert not Activity.objects.exists()


def test_a_win_asks_first_when_the_money_comes(client, seller, deal, stages):
    client.force_login(seller)
    page = reverse("deals:deal", args=[deal.pk])
    assert 'id="won-next"' not in client.get(page).content.decode()

    won(deal, stages)
    assert 'id="won-next"' in client.get(page).content.decode()
    rows = client.get(reverse("deals:deal_schedule", args=[deal.pk])).context["formset"]
    assert rows[0]["amount"].value() == typed(deal.amount)

    ScheduleLineFactory(deal=deal, amount=deal.amount)
    assert 'id="won-next"' not in client.get(page).content.decode()


def test_the_offered_amount_alone_is_no_payment(client, seller, deal):
    client.force_login(seller)

    response = client.post(
        reverse("deals:deal_schedule", args=[deal.pk]),
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-amount": typed(deal.amount),
            "version": deal.version,
        },
    )

    assert "due_on" in response.context["formset"][0].errors
    assert not ScheduleLine.objects.exists()


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        ("4850000.00", f"4{SPACE}850{SPACE}000", f"4{SPACE}850{SPACE}000"),
        ("1.50", "1,5", "1.5"),
        ("100", "100", "100"),
    ],
)
def test_numbers_stand_in_fields_as_people_type_them(value, russian, english):
    with translation.override("ru"):
        assert typed(Decimal(value)) == russian
    with translation.override("en"):
        assert typed(Decimal(value)) == english
