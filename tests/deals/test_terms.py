"""From the deal to the money: the payments are planned where the deal is won, or right after."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.core.calendars import company_today
from apps.deals.actions import Terms, plan_payments
from apps.deals.choices import ExitField
from tests.deals.test_deals import code_of
from tests.factories.deals import ScheduleLineFactory

pytestmark = pytest.mark.django_db
FIRST, REST = date(2026, 12, 4), date(2027, 1, 15)


@pytest.fixture
def odd(deal):
    """A deal whose halves do not come out even: 100,000.01."""
    deal.amount = deal.amount_base = Decimal("100000.01")
    deal.expected_close_on = date(2026, 12, 1)
    deal.save()
    return deal


def planned(deal):
    return list(deal.schedule.order_by("due_on").values_list("due_on", "amount"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("full", [(FIRST, "100000.01")]),
        ("half", [(FIRST, "50000.01"), (REST, "50000.00")]),
        ("third", [(FIRST, "30000.00"), (REST, "70000.01")]),
        ("later", []),
    ],
)
def test_terms_make_the_amount_to_the_kopeck(odd, seller, kind, expected):
    plan_payments(odd, by=seller, terms=Terms(kind, FIRST, REST))

    assert planned(odd) == [(day, Decimal(amount)) for day, amount in expected]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms("full"), "terms_need_day"),
        (Terms("half", FIRST), "terms_need_day"),
        (Terms("half", REST, FIRST), "rest_before_first"),
    ],
)
def test_terms_that_make_no_sense_plan_nothing(deal, seller, terms, code):
    with pytest.raises(ValidationError) as error:
        plan_payments(deal, by=seller, terms=terms)

    assert code_of(error) == code
    assert planned(deal) == []


def test_a_schedule_that_stands_is_left_alone(deal, seller):
    ScheduleLineFactory(deal=deal, amount=Decimal(7))

    plan_payments(deal, by=seller, terms=Terms("full", FIRST))

    assert planned(deal) == [(date(2026, 12, 4), Decimal(7))]


@pytest.mark.parametrize("entry", ["deal_move", "deal_drop"])
def test_the_win_plans_the_payments_in_the_same_form(client, seller, odd, stages, entry):
    client.force_login(seller)
    url = reverse(f"deals:{entry}", args=[odd.pk, stages.won.pk])
    asked = client.get(url).context["form"]
    assert asked.fields["terms"].initial == "full"

    said = {"terms": "half", "pay_on": FIRST.isoformat(), "rest_on": REST.isoformat()}
    client.post(url, {"on": company_today().isoformat(), **said})

    odd.refresh_from_db()
    assert odd.outcome == "won"
    assert planned(odd) == [(FIRST, Decimal("50000.01")), (REST, Decimal("50000.00"))]


def test_a_refused_schedule_leaves_the_deal_open(client, seller, odd, stages):
    client.force_login(seller)
    url = reverse("deals:deal_move", args=[odd.pk, stages.won.pk])

    refused = client.post(url, {"on": company_today().isoformat(), "terms": "half", "pay_on": ""})

    assert refused.status_code == 422
    odd.refresh_from_db()
    assert (odd.outcome, planned(odd)) == ("open", [])


def test_stages_that_ask_for_a_schedule_are_answered_in_place(client, seller, odd, stages):
    stages.contract.exit_fields = [ExitField.SCHEDULE]
    stages.contract.save()
    client.force_login(seller)
    url = reverse("deals:deal_move", args=[odd.pk, stages.won.pk])

    form = client.get(url).context["form"]
    assert form.elsewhere == []
    assert "later" not in dict(form.fields["terms"].choices)
    without = client.post(url, {"on": company_today().isoformat(), "terms": ""})
    assert without.status_code == 422
    said = {"terms": "full", "pay_on": FIRST.isoformat()}
    client.post(url, {"on": company_today().isoformat(), **said})

    odd.refresh_from_db()
    assert (odd.outcome, planned(odd)) == ("won", [(FIRST, odd.amount)])


def test_payments_put_off_are_offered_on_the_page(client, seller, odd, stages):
    client.force_login(seller)
    url = reverse("deals:deal_move", args=[odd.pk, stages.won.pk])
    client.post(url, {"on": company_today().isoformat(), "terms": "later"})
    offer = reverse("deals:deal_terms", args=[odd.pk])
    page = client.get(reverse("deals:deal", args=[odd.pk])).content.decode()
    assert offer in page

    tomorrow = company_today() + timedelta(days=1)
    client.post(offer, {"terms": "full", "pay_on": tomorrow.isoformat()})

    assert planned(odd) == [(tomorrow, odd.amount)]
    # A second visit finds the schedule and leads to it.
    assert client.get(offer).url == reverse("deals:deal_schedule", args=[odd.pk])
