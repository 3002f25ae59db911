"""The plan by product, level of the client and source: exact parts, their fact, who may divide it."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlparse

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import F, Sum
from django.urls import reverse

from apps.core.periods import Period
from apps.deals.actions import move_deal
from apps.deals.models import DealLine
from apps.kpis.actions.plan_shares import save_shares
from apps.kpis.actions.plans import save_plan
from apps.kpis.choices import PlanDimension
from apps.kpis.models import DealFact, PlanShare, PlanVersion, ProductFact
from apps.kpis.plan_shares import PlanParts, divided, proposed, won_by
from tests.factories.deals import ProductFactory
from tests.factories.kpis import do_night_of
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
LAST, MORNING = date(2026, 3, 31), date(2026, 4, 1)
MARCH = Period(date(2026, 3, 1), MORNING)
PRODUCT = PlanDimension.PRODUCT


@pytest.fixture
def pump(db):
    return ProductFactory(name="Насос")


@pytest.fixture
def pipe(db):
    return ProductFactory(name="Труба")


def add_line(deal, product, quantity, price):
    DealLine.objects.create(
        deal=deal, product=product, quantity=quantity, list_price=price, sold_price=price
    )


@pytest.fixture
def plan(head, seller):
    """1,000.01 in January, 100 in March."""
    amounts = {(seller.pk, date(2026, 1, 1)): D("1000.01"), (seller.pk, date(2026, 3, 1)): D(100)}
    return save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)


def halves(one, other):
    return {str(one.pk): D("0.5"), str(other.pk): D("0.5")}


# --- The fact -----------------------------------------------------------------------------------


def test_won_deal_is_shared_by_the_worth_of_its_lines_to_the_kopeck(sell, seller, pump, pipe):
    """100.00 over lines worth 2 × 30 and 1 × 30: 66.67 and 33.33; without lines 50.00 to none."""
    deal = sell(seller, date(2026, 3, 10), "100.00")
    add_line(deal, pump, 2, D(30))
    add_line(deal, pipe, 1, D(30))
    sell(seller, date(2026, 3, 11), "50.00")
    do_night_of(LAST)

    assert won_by(PRODUCT, MARCH) == {
        str(pump.pk): D("66.67"),
        str(pipe.pk): D("33.33"),
        "": D("50.00"),
    }


def test_products_of_every_day_are_the_revenue_of_that_day(sell, seller, stages, pump, pipe):
    for day, amount in ((3, "99.99"), (3, "0.01"), (17, "1000.00")):
        deal = sell(seller, date(2026, 3, day), amount)
        for product in (pump, pipe):
            add_line(deal, product, 1, D("3.33"))
    sell(seller, date(2026, 3, 18), "77.00", to=stages.lost)
    do_night_of(LAST)

    revenue = DealFact.objects.values("day").annotate(
        sum=Sum(F("won_amount") + F("adjusted_amount"))
    )
    products = ProductFact.objects.values("day").annotate(sum=Sum("amount"))
    assert {row["day"]: row["sum"] for row in products} == {
        row["day"]: row["sum"] for row in revenue if row["sum"]
    }


def test_night_after_a_late_deal_counts_its_day_anew(sell, seller, stages, pump):
    deal = sell(seller, date(2026, 3, 30), "10.00")
    add_line(deal, pump, 1, D(10))
    do_night_of(date(2026, 3, 30))
    late = sell(seller, date(2026, 3, 30), "5.00", path=[stages.contract])
    add_line(late, pump, 1, D(5))
    with at_work(LAST):
        move_deal(late, to=stages.won, by=seller, on=date(2026, 3, 30))
    do_night_of(LAST)

    assert won_by(PRODUCT, MARCH) == {str(pump.pk): D("15.00")}


# --- Shares -------------------------------------------------------------------------------------


def test_each_month_is_divided_to_the_kopeck():
    """1,000.01 by thirds: 333.34, 333.34, 333.33; 100 by thirds: 33.34, 33.33, 33.33."""
    third = D("0.3333")
    months = {date(2026, 1, 1): D("1000.01"), date(2026, 3, 1): D(100)}

    parts = divided(months, {"a": third, "b": third, "c": D("0.3334")})

    assert sum(parts.values()) == D("1100.01")
    assert parts == {"a": D("366.63"), "b": D("366.63"), "c": D("366.75")}


def test_shares_are_proposed_as_sales_were_divided_and_are_one_together():
    assert proposed({"a": D(2), "b": D(1)}) == {"a": D("0.6667"), "b": D("0.3333")}
    assert proposed({"a": D(5), "b": D(-1)}) == {"a": D(1)}
    assert proposed({}) == proposed({"a": D(0)}) == {}


def test_dividing_makes_a_draft_with_the_same_lines(plan, head, pump, pipe):
    shares = {str(pump.pk): D("0.6"), str(pipe.pk): D("0.4")}

    version = save_shares(by=head, year=2026, dimension=PRODUCT, shares=shares, base=plan)

    assert version.number == 2
    fields = ("month", "node", "user", "level", "metric", "amount")
    assert set(version.lines.values_list(*fields)) == set(plan.lines.values_list(*fields))
    assert dict(version.shares.values_list("key", "share")) == shares


def test_saving_amounts_keeps_the_shares(plan, head, seller, pump, pipe):
    shares = halves(pump, pipe)
    divided_one = save_shares(by=head, year=2026, dimension=PRODUCT, shares=shares, base=plan)

    amounts = {(seller.pk, date(2026, 2, 1)): D(7)}
    later = save_plan(by=head, year=2026, level="plan", amounts=amounts, base=divided_one)

    assert dict(later.shares.values_list("key", "share")) == shares


def test_dimensions_are_divided_apart_and_an_empty_form_undoes(plan, head, pump, pipe):
    shares = halves(pump, pipe)
    one = save_shares(by=head, year=2026, dimension=PRODUCT, shares=shares, base=plan)
    two = save_shares(by=head, year=2026, dimension="level", shares={"A": D(1)}, base=one)
    three = save_shares(by=head, year=2026, dimension=PRODUCT, shares={}, base=two)

    assert set(two.shares.values_list("dimension", flat=True)) == {"product", "level"}
    assert list(three.shares.values_list("dimension", "key")) == [("level", "A")]


@pytest.mark.parametrize(
    ("shares", "code"),
    [({"A": D("0.9")}, "not_whole"), ({"A": D("0.9"), "B": D("0.2")}, "not_whole")],
)
def test_shares_that_are_not_whole_change_nothing(plan, head, shares, code):
    with pytest.raises(ValidationError) as refused:
        save_shares(by=head, year=2026, dimension="level", shares=shares, base=plan)

    assert refused.value.code == code
    assert PlanVersion.objects.count() == 1


def test_second_of_two_at_once_is_told(plan, head):
    save_shares(by=head, year=2026, dimension="level", shares={"A": D(1)}, base=plan)

    with pytest.raises(ValidationError) as refused:
        save_shares(by=head, year=2026, dimension="level", shares={"B": D(1)}, base=plan)
    assert refused.value.code == "stale"


def test_only_heads_divide(plan, director, seller):
    for person in (director, seller):
        with pytest.raises(PermissionDenied):
            save_shares(by=person, year=2026, dimension="level", shares={"A": D(1)}, base=plan)


def test_shares_of_what_was_sent_never_change(plan, head):
    version = save_shares(by=head, year=2026, dimension="level", shares={"A": D(1)}, base=plan)
    PlanVersion.objects.filter(pk=version.pk).update(
        status="submitted", submitted_by=head, answer_by=date(2026, 4, 3)
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        PlanShare.objects.create(version=version, dimension="level", key="B", share=D("0.1"))
    with pytest.raises(DatabaseError), transaction.atomic():
        version.shares.update(share=D("0.5"))


# --- The page -----------------------------------------------------------------------------------


@pytest.fixture
def spring(sell, seller, plan, head, pump, pipe):
    deal = sell(seller, date(2026, 3, 10), "90.00")
    add_line(deal, pump, 2, D(30))
    add_line(deal, pipe, 1, D(30))
    shares = halves(pump, pipe)
    save_shares(by=head, year=2026, dimension=PRODUCT, shares=shares, base=plan)
    return do_night_of(LAST)


def test_plan_and_fact_to_date(spring, pump, pipe):
    """Halves of 1,100.01; the fact is 60 and 30."""
    version = PlanVersion.objects.latest("number")

    rows = {row.name: row for row in PlanParts(2026, PRODUCT, version, MORNING).rows}

    assert (rows["Насос"].plan, rows["Труба"].plan) == (D("550.01"), D("550.00"))
    assert (rows["Насос"].fact, rows["Насос"].gap) == (D("60.00"), D("-490.01"))
    asked = parse_qs(urlparse(rows["Труба"].url).query)
    assert asked["product"] == [str(pipe.pk)]
    assert (asked["closed_from"], asked["closed_to"]) == (["2026-01-01"], ["2026-03-31"])


def test_running_month_is_due_by_its_working_days(sell, seller, head, plan):
    """Of March's 21 working days 7 are over on the 11th (the 9th is a holiday): a third of 100."""
    do_night_of(date(2026, 3, 11))
    save_shares(by=head, year=2026, dimension="level", shares={"A": D(1)}, base=plan)

    parts = PlanParts(2026, "level", PlanVersion.objects.latest("number"), date(2026, 3, 12))

    assert parts.due_months == {date(2026, 1, 1): D("1000.01"), date(2026, 3, 1): D("33.33")}


def test_list_behind_a_product_holds_its_deals(spring, client, head, sell, seller, pump):
    other = sell(seller, date(2026, 3, 12), "5.00")
    client.force_login(head)

    found = client.get(reverse("deals:deal_list"), {"outcome": "won", "product": pump.pk})

    titles = [row.pk for row in found.context["page"].object_list]
    assert len(titles) == 1
    assert other.pk not in titles


def test_head_divides_by_the_form(client, head, plan, sell, seller, pump):
    deal = sell(seller, date(2026, 2, 10), "90.00")
    add_line(deal, pump, 1, D(30))
    do_night_of(LAST)
    client.force_login(head)
    with at_work(MORNING):
        shown = client.get(reverse("kpis:plan_parts"), {"year": 2026})
        key = f"share-{pump.pk}"
        asked = {"year": 2026, "by": "product", "base": plan.pk, "idempotency_key": "a" * 32}
        refused = client.post(reverse("kpis:plan_parts_save"), {**asked, key: "60"})
        saved = client.post(
            reverse("kpis:plan_parts_save"), {**asked, "idempotency_key": "b" * 32, key: "100,00"}
        )

    assert shown.status_code == 200
    assert refused.status_code == 422
    assert "60" in refused.content.decode()
    assert saved.status_code == 302
    assert PlanShare.objects.get().share == 1


def test_page_makes_as_many_statements_whatever_is_sold(
    client, head, plan, sell, seller, django_assert_max_num_queries
):
    do_night_of(LAST)
    client.force_login(head)
    for _round in range(2):
        for _one in range(3):
            deal = sell(seller, date(2026, 3, 30), "9.00", late=True)
            add_line(deal, ProductFactory(), 1, D(9))
        do_night_of(LAST)
        with at_work(MORNING), django_assert_max_num_queries(15):
            assert client.get(reverse("kpis:plan_parts"), {"year": 2026}).status_code == 200
