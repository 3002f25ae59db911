"""The forecast in the night: what it says, what it keeps, who sees it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from apps.forecasts.models import ForecastSnapshot
from apps.kpis.snapshots import current_snapshot
from tests.factories.kpis import PlanLineFactory, PlanVersionFactory, do_night_of, morning_after

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 19)
D = Decimal


def forecast_of(kind, pk, day=DAY):
    with time_machine.travel(morning_after(day)):
        return current_snapshot(kind, pk).payload["forecast"]


@pytest.fixture
def plan(head, seller, team_a):
    PlanLineFactory(
        version=PlanVersionFactory(author=head), node=team_a, user=seller, amount=D("1000.00")
    )


def test_both_methods_stand_side_by_side(sell, seller, stages, plan):
    sell(seller, date(2026, 3, 2), "619.00")
    sell(seller, date(2026, 3, 3), "1000.00", to=stages.quote)
    do_night_of(DAY)
    part = forecast_of("person", seller.pk)
    run_rate, weighted = part["methods"]

    # 13 of 21 working days: 0.6190 of the month. One of one deals beyond "quote" is won:
    # (1 + 20 x 0.3) / (1 + 20) is 0.3333.
    assert (run_rate["code"], run_rate["amount"]) == ("run_rate", D(1000))
    assert (weighted["code"], weighted["amount"]) == ("weighted", D("952.3"))
    assert (part["closed_amount"], part["closed_count"]) == (619, 1)
    assert (part["pipeline_amount"], part["pipeline_count"], part["weighted_amount"]) == (
        1000,
        1,
        D("333.3"),
    )
    assert part["coverage"] == D("2.6247")
    assert run_rate["low"] is weighted["low"] is run_rate["past_error"] is None


def test_a_node_is_judged_by_its_past(sell, seller, company_node):
    for month in (12, 1, 2):
        year = 2025 if month == 12 else 2026
        sell(seller, date(year, month, 3), "50.00")
        sell(seller, date(year, month, 26), "50.00")
    sell(seller, date(2026, 3, 2), "60.00")
    do_night_of(DAY)
    part = forecast_of("company", company_node.pk)

    # Every month had half of its revenue by then, so every replay is right.
    assert [(row["month"], row["forecast"], row["error"]) for row in part["past"]] == [
        ("2026-02-01", 100, 0),
        ("2026-01-01", 100, 0),
        ("2025-12-01", 100, 0),
    ]
    run_rate = part["methods"][0]
    assert (run_rate["amount"], run_rate["past_error"], run_rate["past_months"]) == (120, 0, 3)
    assert run_rate["low"] < 120 < run_rate["high"]
    assert part["line"][12] == part["low"][12] == part["high"][12] == 60
    assert (part["line"][-1], part["low"][-1]) == (120, run_rate["low"])


def test_every_night_keeps_its_word(sell, seller):
    """Invariant 16."""
    sell(seller, date(2026, 3, 2), "619.00")
    do_night_of(DAY)
    mine = ForecastSnapshot.objects.filter(scope_kind="person", scope_id=seller.pk)
    first = mine.get(method="run_rate")
    sell(seller, DAY + timedelta(days=1), "1000.00")
    do_night_of(DAY + timedelta(days=1))

    assert (first.month, first.day, first.days_done, first.days_total) == (
        date(2026, 3, 1),
        DAY,
        13,
        21,
    )
    assert (first.amount, first.fact) == (D("1000.00"), D("619.00"))
    amounts = mine.filter(method="run_rate").order_by("day").values_list("day", "amount")
    assert list(amounts) == [(DAY, D("1000.00")), (DAY + timedelta(days=1), D("2428.38"))]
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.update(amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.delete()


def test_forecasts_are_seen_in_the_scope(sell, people, seller, other_seller):
    sell(other_seller, date(2026, 3, 2))
    sell(seller, date(2026, 3, 2))
    do_night_of(DAY)
    seen = {role: ForecastSnapshot.objects.visible_to(user) for role, user in people.items()}

    assert set(seen["seller"].values_list("scope_id", flat=True)) == {seller.pk}
    assert not seen["lead"].filter(scope_kind="person", scope_id=other_seller.pk).exists()
    assert seen["head"].filter(scope_kind="person", scope_id=other_seller.pk).exists()
    assert not seen["hr"].exists()


@pytest.fixture
def page(client):
    def get(user, **query):
        with time_machine.travel(morning_after(DAY)):
            client.force_login(user)
            return client.get(reverse("forecasts:forecast"), query)

    return get


def test_the_page_shows_both_methods_and_what_was_kept(page, sell, seller, head, department):
    sell(seller, date(2026, 3, 2), "619.00")
    do_night_of(DAY)
    response = page(head)

    assert response.context["scope_id"] == department.pk
    assert [str(label) for label, _method, _missing in response.context["methods"]] == [
        "по темпу",
        "взвешенная воронка",
    ]
    assert [day for day, _row in response.context["kept"]] == [DAY]
    assert page(seller).context["name"] == "Семён Селин"


def test_another_team_is_not_found(page, lead, other_lead, team_a, team_b):
    do_night_of(DAY)

    assert page(lead, team=team_a.pk).status_code == 200
    assert page(lead, team=team_b.pk).status_code == 404


def test_before_the_first_night_the_page_says_so(page, seller):
    assert page(seller).context["snapshot"] is None


def test_hr_has_no_forecast(page, hr):
    assert page(hr).status_code == 403
