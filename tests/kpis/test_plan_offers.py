"""The plan from below: what people themselves expect of a month."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from apps.kpis.actions.plan_offers import offer_plan
from apps.kpis.actions.plans import save_plan
from apps.kpis.models import PlanOffer
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
TODAY = date(2026, 3, 16)


@pytest.fixture(autouse=True)
def now():
    with at_work(TODAY):
        yield


@pytest.fixture
def planned(seller, teammate, head):
    amounts = {(seller.pk, MARCH): D(1_000_000), (teammate.pk, MARCH): D(2_000_000)}
    return save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)


def test_the_last_word_counts_and_none_is_changed(seller, lead):
    first = offer_plan(seller, MARCH, D("900000.00"), by=seller, words="Две крупные")
    second = offer_plan(seller, MARCH, D("950000.004"), by=lead, words=" Три крупные ")
    again = offer_plan(seller, MARCH, D("950000.00"), by=seller, words="Три крупные")

    assert again == second != first
    assert list(PlanOffer.objects.newest()) == [second]
    assert (second.amount, second.words, second.author) == (D(950_000), "Три крупные", lead)
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanOffer.objects.update(amount=1)


@pytest.mark.parametrize("who", ["teammate", "other_seller", "head", "director", "hr"])
def test_nobody_speaks_for_another_but_his_lead(request, seller, who):
    with pytest.raises(PermissionDenied):
        offer_plan(seller, MARCH, D(1), by=request.getfixturevalue(who))
    assert not PlanOffer.objects.exists()


@pytest.mark.parametrize(
    ("month", "amount", "code"), [(date(2026, 2, 1), 1, "over"), (MARCH, -1, "negative")]
)
def test_what_makes_no_sense_is_refused(seller, month, amount, code):
    with pytest.raises(ValidationError) as refusal:
        offer_plan(seller, month, D(amount), by=seller)
    assert refusal.value.code == code
    assert not PlanOffer.objects.exists()


def test_the_head_sees_both_sides(client, head, seller, teammate, planned):
    offer_plan(seller, MARCH, D("900000.00"), by=seller, words="Две крупные")
    client.force_login(head)
    page = client.get(reverse("kpis:plan_month"), {"year": 2026, "month": 3})
    sides = {side.name: side for side in page.context["sides"]}

    mine, whole = sides[seller.get_full_name()], page.context["sides"][0]
    assert (mine.target, mine.offered, mine.words) == (1_000_000, 900_000, "Две крупные")
    assert sides[teammate.get_full_name()].offered is None
    # The lead and the head have deals of their own and have said nothing either.
    assert (whole.target, whole.offered) == (3_000_000, 900_000)
    assert whole.silent >= 1
    assert mine.offer_url == ""


def test_a_seller_says_it_on_the_page_of_the_month(client, seller, planned):
    client.force_login(seller)
    page = client.get(reverse("kpis:plan_month"), {"year": 2026, "month": 3})
    address = reverse("kpis:plan_offer", args=[seller.pk, 2026, 3])
    assert address in page.content.decode()

    refused = client.post(address, {"amount": "много"})
    assert refused.status_code == 422
    answer = client.post(address, {"amount": "1 200 000,50", "words": "Сезон"})
    assert answer.status_code == 302
    said = PlanOffer.objects.get()
    assert (said.amount, said.words, said.author) == (D("1200000.50"), "Сезон", seller)
    shown = client.get(address)
    said_before = shown.content.decode().partition("Сказано раньше")[2]
    assert f"{seller.get_full_name()}, " in said_before
    assert shown.context["form"].initial == {"amount": said.amount, "words": "Сезон"}


@pytest.mark.parametrize(("year", "month"), [(2026, 2), (2026, 13), (2026, 0)])
def test_a_month_that_is_over_or_never_was_is_not_found(client, seller, year, month):
    client.force_login(seller)
    assert client.get(reverse("kpis:plan_offer", args=[seller.pk, year, month])).status_code == 404


def test_offers_are_seen_in_the_scope(seller, other_seller, lead, head):
    for person in (seller, other_seller):
        offer_plan(person, APRIL, D(5), by=person)
    seen = {who: PlanOffer.objects.visible_to(who).count() for who in (seller, lead, head)}
    assert list(seen.values()) == [1, 1, 2]
