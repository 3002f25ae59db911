"""Filling the grid of a plan: season, capacity, potential, kept cells, replan, levels, metrics."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.kpis.actions.plans import save_plan
from apps.kpis.models import DealFact, PaymentFact, PlanVersion
from apps.kpis.plan_build import Builder
from apps.kpis.plan_page import read_page
from apps.staff.actions.absences import add_absence
from apps.staff.models import User
from tests.factories.kpis import MOSCOW

pytestmark = pytest.mark.django_db
D = Decimal
DECEMBER = date(2026, 12, 15)


def at(day, hour=12):
    return time_machine.travel(
        datetime(day.year, day.month, day.day, hour, tzinfo=MOSCOW), tick=False
    )


@pytest.fixture
def december():
    with at(DECEMBER):
        yield DECEMBER


@pytest.fixture
def sold(stages):
    """sold(person, day, amount): a fact of the night."""

    def write(person, day, amount, **measures):
        DealFact.objects.create(
            user=person,
            team=person.team,
            day=day,
            pipeline=stages.pipeline,
            won_amount=amount,
            won_count=1,
            **measures,
        )

    return write


def fill(client, head, year=2027, **asked):
    client.force_login(head)
    return client.post(
        reverse("kpis:plan_fill"), {"year": year, "level": "plan", "fill": "total"} | asked
    )


def filled(response):
    assert response.status_code == 200, response.context["fill"].errors
    rows = [row for row in response.context["rows"] if row.person]
    return {row.person.last_name: [cell.value for cell in row.cells] for row in rows}


def test_a_total_goes_by_the_ramp_of_each_month(client, head, seller, teammate, december):
    """A quarter in December is a half in January, three quarters in February, then the whole."""
    teammate.ramp_share = D("0.25")
    teammate.save()
    rows = filled(fill(client, head, total="1 200 000"))

    assert [rows["Тихонов"][month] for month in (0, 1, 2)] == [
        D("33333.33"),
        D("42857.14"),
        D("50000.00"),
    ]
    assert rows["Селин"][0] == D("66666.67")
    assert sum(sum(row) for row in rows.values()) == 1_200_000


def test_leaders_without_sales_of_their_own_bear_nothing(
    client, head, lead, seller, sold, december
):
    assert sum(filled(fill(client, head, total="1200"))["Лидин"]) == 0
    sold(lead, date(2026, 11, 2), D(1000))
    assert sum(filled(fill(client, head, total="1200", potential="0"))["Лидин"]) == 600


def test_whoever_is_away_the_whole_month_has_nothing_in_it(
    client, head, seller, teammate, december
):
    add_absence(
        user=teammate, kind="vacation", starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 1)
    )
    response = fill(client, head, total="1200")
    rows = filled(response)
    marked = next(row for row in response.context["rows"] if row.person == teammate).cells[1]

    assert (rows["Тихонов"][1], rows["Селин"][1]) == (0, 100)
    assert (rows["Тихонов"][2], rows["Селин"][2]) == (50, 50)
    assert (marked.mark.icon, marked.mark.weight) == ("airplane", 0)


def test_past_sales_weigh_as_much_as_is_asked(client, head, seller, teammate, sold, december):
    sold(seller, date(2026, 10, 5), D(3000))
    sold(teammate, date(2026, 10, 5), D(1000))

    assert sum(filled(fill(client, head, total="1200", potential="100"))["Селин"]) == 900
    assert sum(filled(fill(client, head, total="1200", potential="50"))["Селин"]) == 750
    assert sum(filled(fill(client, head, total="1200", potential="0"))["Селин"]) == 600


def test_months_have_the_season_of_whole_years(client, head, seller, sold, december):
    """FORMULAS.md: two years with 13 of 24 in December weigh it 3.75 of 12."""
    for year in (2024, 2025):
        for month in range(1, 13):
            sold(seller, date(year, month, 10), D(13) if month == 12 else D(1))
    response = fill(client, head, year=2026, total="1200")

    assert response.context["season"].quarters[3][1][2] == D("3.75")
    assert filled(response)["Селин"][11] == 375
    even = fill(client, head, year=2026, total="1200", season="even")
    assert filled(even)["Селин"][11] == 100


def test_kept_cells_rows_and_months_stay_and_the_rest_is_spread(
    client, head, seller, teammate, december
):
    cell, month = f"c{seller.pk}-12", "m1"
    response = fill(
        client,
        head,
        total="2400",
        keep=[cell, month],
        **{f"a-{seller.pk}-12": "190", f"a-{teammate.pk}-1": "40", f"a-{teammate.pk}-2": "77"},
    )
    rows = filled(response)

    assert (rows["Селин"][11], rows["Тихонов"][11]) == (190, D("24.54"))
    assert (rows["Селин"][0], rows["Тихонов"][0]) == (0, 40)
    assert rows["Тихонов"][1] != 77
    assert sum(sum(row) for row in rows.values()) == 2400
    page = response.content.decode()
    assert f'name="keep" value="{cell}"' in page
    assert response.context["form"].kept_months == {1}

    row = fill(client, head, total="2400", keep=[f"r{teammate.pk}"])
    assert sum(filled(row)["Тихонов"]) == 0


def test_more_kept_than_the_total_is_refused_and_the_grid_stays(client, head, seller, december):
    cells = {f"a-{seller.pk}-1": "500", "keep": f"c{seller.pk}-1"}
    response = fill(client, head, total="400", **cells)

    assert response.status_code == 422
    assert "больше итога" in response.content.decode()
    assert 'value="500"' in response.content.decode()
    assert not PlanVersion.objects.exists()


def test_growth_is_on_the_last_twelve_months_while_the_year_before_runs(
    client, head, seller, sold, december
):
    """1 000 000 less a correction of 100 000 from December 2025 to November 2026."""
    sold(seller, date(2025, 12, 5), D(400_000))
    sold(seller, date(2026, 3, 5), D(600_000), adjusted_amount=D(-100_000))
    response = fill(client, head, fill="growth", growth="10", step="1000")

    assert response.context["total"] == 990_000
    assert response.context["cards"][1].growth == D("0.98")
    assert all(value % 1000 == 0 for value in filled(response)["Селин"])


def test_growth_is_on_the_year_before_once_it_is_over(client, head, seller, sold, december):
    sold(seller, date(2025, 12, 5), D(400_000))
    sold(seller, date(2026, 3, 5), D(600_000))

    assert fill(client, head, 2026, fill="growth", growth="-5").context["total"] == 380_000


def test_another_version_of_the_year_is_copied(client, head, seller, december):
    march = (seller.pk, date(2027, 3, 1))
    first = save_plan(by=head, year=2027, level="plan", amounts={march: D(500)}, base=None)
    save_plan(by=head, year=2027, level="plan", amounts={march: D(900)}, base=first)

    assert filled(fill(client, head, fill="copy", version=first.pk))["Селин"][2] == 500
    assert fill(client, head, fill="copy", version=10**9).status_code == 422


@pytest.fixture
def spring(head, seller, teammate, sold):
    """17 March 2026: 21 working days, 10 of them over; the plan of the year is 1200 each."""
    months = [date(2026, month, 1) for month in range(1, 13)]
    amounts = {(person.pk, month): D(100) for person in (seller, teammate) for month in months}
    with at(date(2026, 3, 17)):
        version = save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)
        sold(seller, date(2026, 1, 20), D(250))
        sold(teammate, date(2026, 2, 20), D(150))
        sold(seller, date(2026, 3, 5), D(60))
        yield version


def shown(seller, teammate, value="100"):
    return {f"a-{p.pk}-{month}": value for p in (seller, teammate) for month in range(1, 13)}


def test_a_replan_spreads_what_is_left_over_the_days_left(client, head, seller, teammate, spring):
    """2400 − 400 of two months − 60 of March = 1940 over 9 months and 11 of 21 days of March."""
    response = fill(
        client, head, 2026, fill="replan", season="even", potential="0", **shown(seller, teammate)
    )
    rows = filled(response)

    assert [row[:2] for row in rows.values() if any(row)] == [[100, 100], [100, 100]]
    planned = sum(sum(row[2:]) for row in rows.values())
    assert planned + 400 == 2400
    march = rows["Селин"][2] - 60 + rows["Тихонов"][2]
    # 11/21 ÷ (9 + 11/21) of 1940, the seller and the teammate alike.
    assert march == D("106.70")
    assert rows["Селин"][2] - 60 == rows["Тихонов"][2]


def test_a_replan_keeps_what_is_kept(client, head, seller, teammate, spring):
    data = shown(seller, teammate) | {f"a-{seller.pk}-12": "700", "keep": f"c{seller.pk}-12"}
    rows = filled(fill(client, head, 2026, fill="replan", total="2400", **data))

    assert rows["Селин"][11] == 700
    assert sum(sum(row[2:]) for row in rows.values()) + 400 == 2400


def test_a_replan_of_a_plan_already_reached_leaves_nothing(client, head, seller, teammate, spring):
    rows = filled(fill(client, head, 2026, fill="replan", total="300", **shown(seller, teammate)))

    assert sum(sum(row[3:]) for row in rows.values()) == 0
    assert rows["Селин"][2] == 60


def save(client, head, **data):
    client.force_login(head)
    return client.post(
        reverse("kpis:plan_save"), {"year": 2027, "level": "plan", "base": ""} | data
    )


def test_minimum_and_stretch_are_derived_in_the_same_version(client, head, seller, december):
    save(client, head, derive="on", minimum="80", stretch="", **{f"a-{seller.pk}-3": "1000"})
    lines = PlanVersion.objects.get().lines.filter(user=seller).values_list("level", "amount")

    assert dict(lines) == {"minimum": 800, "plan": 1000, "stretch": 1125}


def test_levels_stay_unless_they_are_derived(client, head, seller, december):
    march = (seller.pk, date(2027, 3, 1))
    base = save_plan(by=head, year=2027, level="minimum", amounts={march: D(700)}, base=None)
    save(client, head, base=base.pk, **{f"a-{seller.pk}-3": "1000"})
    lines = PlanVersion.objects.get(number=2).lines.filter(user=seller)

    assert dict(lines.values_list("level", "amount")) == {"minimum": 700, "plan": 1000}


@pytest.mark.parametrize("given", [{"minimum": "101"}, {"stretch": "99"}, {"minimum": "много"}])
def test_nonsense_of_a_level_is_refused(client, head, seller, december, given):
    response = save(client, head, derive="on", **given, **{f"a-{seller.pk}-3": "1000"})

    assert response.status_code == 422
    assert 'value="1000"' in response.content.decode()
    assert not PlanVersion.objects.exists()


def test_another_metric_goes_by_capacity_in_whole_cases(client, head, seller, teammate, december):
    """January has 15 working days of 247 in 2027 (the calendar of the state)."""
    response = fill(client, head, metric="won_deals", total="247")
    rows = filled(response)
    days = len(Builder(response.context["page"], DECEMBER).working_days[date(2027, 1, 1)])

    assert sum(sum(row) for row in rows.values()) == 247
    assert all(value == int(value) for row in rows.values() for value in row)
    assert abs(rows["Селин"][0] + rows["Тихонов"][0] - days) <= 1
    assert response.context["season"] is None


def test_a_version_holds_the_plans_of_all_metrics(client, head, seller, december):
    march = (seller.pk, date(2027, 3, 1))
    first = save_plan(by=head, year=2027, level="plan", amounts={march: D(500)}, base=None)
    save(client, head, base=first.pk, metric="received", **{f"a-{seller.pk}-3": "300"})
    second = PlanVersion.objects.get(number=2)

    assert dict(second.lines.filter(user=seller).values_list("metric", "amount")) == {
        "revenue": 500,
        "received": 300,
    }
    assert dict(
        second.lines.filter(node=seller.team, user=None).values_list("metric", "amount")
    ) == {
        "revenue": 500,
        "received": 300,
    }


@pytest.mark.parametrize("metric", ["win_rate", "average_deal", "nothing"])
def test_only_sums_are_planned(client, head, seller, december, metric):
    client.force_login(head)
    assert client.get(reverse("kpis:plan"), {"metric": metric}).status_code == 404
    with pytest.raises(ValidationError) as refusal:
        save_plan(by=head, year=2027, level="plan", amounts={}, base=None, metric=metric)

    assert refusal.value.code == "wrong_metric"
    assert not PlanVersion.objects.exists()


def test_the_fact_of_the_year_before_is_that_of_the_metric(client, head, seller, stages, december):
    PaymentFact.objects.create(
        user=seller, team=seller.team, day=date(2026, 5, 5), pipeline=stages.pipeline,
        received_amount=D(800), received_count=1,
    )  # fmt: skip
    response = fill(client, head, metric="received", total="1000")
    row = next(row for row in response.context["rows"] if row.person == seller)

    assert (row.before, row.growth) == (800, D("0.25"))


def test_hr_sees_plans_and_no_results(client, hr, head, seller, sold, december):
    sold(seller, date(2026, 10, 5), D(3000))
    march = (seller.pk, date(2027, 3, 1))
    save_plan(by=head, year=2027, level="plan", amounts={march: D(500)}, base=None)
    client.force_login(hr)
    response = client.get(reverse("kpis:plan"), {"year": 2027})
    row = next(row for row in response.context["rows"] if row.person == seller)

    assert (row.total, row.before, row.cells[0].mark) == (500, 0, None)
    assert all(card.growth is None for card in response.context["cards"])


def test_a_big_scope_is_shown_by_teams(client, head, seller, teammate, monkeypatch, december):
    monkeypatch.setattr("apps.kpis.plan_page.GRID_PEOPLE", 2)
    client.force_login(head)
    response = client.get(reverse("kpis:plan"), {"year": 2027})

    assert response.context["form"] is None
    assert all(row.is_node for row in response.context["rows"])
    assert "выберите команду" in response.content.decode()


def test_quarters_add_up_to_the_year(client, head, seller, teammate, december):
    response = fill(client, head, total="1 000 000,01")
    whole = response.context["rows"][0]

    assert sum(quarter.total for quarter in whole.quarters) == whole.total == D("1000000.01")
    assert [len(quarter.cells) for quarter in whole.quarters] == [3, 3, 3, 3]


def test_what_is_read_does_not_grow_with_people(
    client, head, seller, teammate, other_seller, december, django_assert_max_num_queries
):
    client.force_login(head)
    client.get(reverse("kpis:plan"))
    asked = {"year": 2027, "level": "plan", "fill": "total", "total": "1200"}
    with django_assert_max_num_queries(15):
        client.post(reverse("kpis:plan_fill"), asked)


def test_a_sellers_own_page_knows_no_mean_of_others(seller, teammate, sold, december):
    sold(seller, date(2026, 10, 5), D(3000))
    sold(teammate, date(2026, 10, 5), D(9000))
    page = read_page(seller, year=2027, team=None, level="plan")

    assert Builder(page, DECEMBER).potentials == {seller.pk: 1}


def checks(response):
    return [(check.is_good, check.text) for check in response.context["checks"]]


def test_checks_name_plans_far_above_the_past(client, head, seller, teammate, sold, december):
    """1500 each at no weight of past sales; 900 and 1200 were sold: +66.7 % and +25 %."""
    sold(seller, date(2026, 10, 5), D(900))
    sold(teammate, date(2026, 10, 5), D(1200))
    add_absence(
        user=teammate, kind="vacation", starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 6)
    )
    response = fill(client, head, total="3000", potential="0", season="even")
    found = checks(response)

    assert [is_good for is_good, _text in found] == [True, True, False, False]
    assert "5 дней" in found[1][1]
    assert "+43" in found[2][1]
    assert found[3][1].startswith("Семён Селин")


def test_a_transfer_after_the_save_is_found(client, head, seller, teammate, team_b, december):
    march = date(2027, 3, 1)
    amounts = {(seller.pk, march): D(500), (teammate.pk, march): D(300)}
    save_plan(by=head, year=2027, level="plan", amounts=amounts, base=None)
    client.force_login(head)
    assert checks(client.get(reverse("kpis:plan"), {"year": 2027}))[0][0]

    User.objects.filter(pk=teammate.pk).update(team=team_b)
    is_good, text = checks(client.get(reverse("kpis:plan"), {"year": 2027}))[0]
    assert not is_good
    assert text.startswith("Команда А, Команда Б:")


def test_an_empty_grid_has_nothing_to_check(client, head, seller, december):
    client.force_login(head)
    assert checks(client.get(reverse("kpis:plan"), {"year": 2027})) == []
