"""A month of the plan: the work of a day, the two sides, day by day."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.deals.models import Deal
from apps.kpis.actions.plans import save_plan
from apps.kpis.calculations.reverse_funnel import Known
from apps.kpis.models import ActivityFact, DealFact
from apps.staff.actions.absences import add_absence
from apps.staff.models import User
from tests.factories.kpis import MOSCOW, do_night_of
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
MARCH = date(2026, 3, 1)


@pytest.fixture
def spring():
    """The noon of 17 March 2026: 21 working days, 11 of them left with today."""
    with time_machine.travel(datetime(2026, 3, 17, 12, tzinfo=MOSCOW), tick=False):
        yield


@pytest.fixture
def worked(stages):
    """worked(person, leads, won, amount, calls, meetings): a day of the last twelve months."""

    def write(person, *, leads, won, amount, calls=0, meetings=0, day=date(2026, 1, 20)):
        key = {"user": person, "team": person.team, "day": day, "pipeline": stages.pipeline}
        DealFact.objects.create(**key, created_count=leads, won_count=won, won_amount=amount)
        ActivityFact.objects.create(**key, calls=calls, meetings=meetings)

    return write


@pytest.fixture
def planned(head, seller, teammate, other_seller, spring):
    amounts = {
        (seller.pk, MARCH): D(1_000_000),
        (teammate.pk, MARCH): D(500_000),
        (other_seller.pk, MARCH): D(250_000),
    }
    return save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)


def get(client, user, **query):
    client.force_login(user)
    return client.get(reverse("kpis:plan_month"), {"year": 2026, "month": 3} | query)


def row_of(response, person):
    return next(row for row in response.context["rows"] if row.person == person)


def test_the_plan_of_a_seller_in_deals_leads_and_calls_a_day(client, seller, planned, worked):
    """FORMULAS.md: 1 000 000 at 250 000 a deal, one of five leads, three calls a lead, 11 days."""
    worked(seller, leads=50, won=10, amount=D(2_500_000), calls=150, meetings=25)
    response = get(client, seller)
    row = row_of(response, seller)

    assert row.ratios.average_deal == Known(D(250_000), 10, "own")
    assert row.ratios.conversion == Known(D("0.2"), 50, "own")
    assert (row.cases.deals, row.cases.leads, row.cases.calls, row.cases.meetings) == (
        4,
        20,
        60,
        10,
    )
    assert (row.days, round(row.daily.calls, 2)) == (11, D("5.45"))
    assert [shown.person for shown in response.context["rows"]] == [seller]


def test_what_is_sold_already_and_days_away_are_taken_off(client, seller, planned, worked):
    worked(seller, leads=50, won=10, amount=D(2_500_000), calls=150)
    worked(seller, leads=0, won=1, amount=D(250_000), day=date(2026, 3, 3))
    add_absence(user=seller, kind="sick", starts_on=date(2026, 3, 18), ends_on=date(2026, 3, 20))
    row = row_of(get(client, seller), seller)

    assert (row.left, row.days, row.cases.deals) == (750_000, 9, 3)


def test_a_newcomer_has_the_ratios_of_his_team_then_of_the_company(
    client, head, seller, teammate, other_seller, planned, worked
):
    worked(seller, leads=50, won=10, amount=D(2_000_000), calls=100)
    worked(teammate, leads=9, won=1, amount=D(900_000))
    worked(other_seller, leads=41, won=9, amount=D(100_000))
    response = get(client, head)

    assert row_of(response, teammate).ratios.average_deal == Known(D(2_900_000) / 11, 11, "team")
    assert row_of(response, other_seller).ratios.average_deal == Known(D(150_000), 20, "company")
    assert row_of(response, other_seller).ratios.conversion == Known(D(9) / 41, 41, "own")
    page = response.content.decode()
    assert "по команде, n=11" in page.replace("\xa0", " ")


def test_a_seller_learns_nothing_of_a_group_of_two(client, seller, teammate, planned, worked):
    worked(seller, leads=5, won=1, amount=D(100_000))
    worked(teammate, leads=90, won=20, amount=D(900_000))

    assert row_of(get(client, seller), seller).ratios.average_deal is None
    for number in range(2):
        person = UserFactory(team=teammate.team, last_name=f"Третий{number}")
        worked(person, leads=1, won=1, amount=D(0))
    assert row_of(get(client, seller), seller).ratios.average_deal.whose == "team"


def test_a_pace_too_slow_says_what_would_do_instead(client, seller, planned, worked):
    """3 calls a lead, 60 calls in 11 days; a year of 250 days with 500 calls makes 2 a day."""
    worked(seller, leads=50, won=10, amount=D(2_500_000), calls=150)
    row = row_of(get(client, seller), seller)
    days = 247

    assert row.now == pytest.approx(D(150) / days, abs=D("0.02"))
    assert row.short == row.daily.touches / row.now - 1
    assert row.ways_out[1][1] == 250_000 * (1 + row.short)


def test_the_two_sides_stand_against_each_other(
    client, head, seller, teammate, other_seller, planned, sell, stages, team_a, team_b
):
    """The plan was saved; then the teammate moved, and deals stand in the pipeline."""
    deal = sell(seller, date(2026, 3, 4), "400000.00")
    opened = sell(seller, date(2026, 3, 5), "100000.00", path=[stages.quote])
    Deal.objects.filter(pk=opened.pk).update(expected_close_on=date(2026, 3, 30))
    User.objects.filter(pk=teammate.pk).update(team=team_b)
    do_night_of(date(2026, 3, 16))
    sides = {side.name: side for side in get(client, head).context["sides"]}

    assert deal.outcome == "won"
    own = sides["Семён Селин"]
    # The stage's own 0.3, and one deal of one won: (1 + 20 × 0.3) ÷ 21 = 0.3333.
    assert (own.target, own.fact, own.weighted) == (1_000_000, 400_000, 33_330)
    assert own.against_expected == own.fact + own.weighted - own.target
    assert (sides["Команда А"].target, sides["Команда А"].people) == (1_500_000, 1_000_000)
    assert (sides["Команда Б"].target, sides["Команда Б"].people) == (250_000, 750_000)
    assert sides["Отдел продаж"].against_people == 0
    assert f"owner={seller.pk}" in own.won_url
    assert own.pace > 400_000


def test_days_repeat_the_snapshot_and_lead_to_their_deals(client, head, seller, planned, sell):
    sell(seller, date(2026, 3, 4), "400000.00")
    sell(seller, date(2026, 3, 7), "100000.00")
    do_night_of(date(2026, 3, 16))
    days = {row.day: row for row in get(client, head, person=seller.pk).context["days"]}

    assert (days[date(2026, 3, 4)].sold, days[date(2026, 3, 4)].fact) == (400_000, 400_000)
    assert "closed_from=2026-03-04&closed_to=2026-03-04" in days[date(2026, 3, 4)].url
    # 7 to 9 March are days off: their deals count on the 10th.
    assert days[date(2026, 3, 10)].sold == 100_000
    assert "closed_from=2026-03-07&closed_to=2026-03-10" in days[date(2026, 3, 10)].url
    assert days[date(2026, 3, 5)].url == ""
    assert days[date(2026, 3, 17)].fact is None
    assert days[date(2026, 3, 31)].plan == 1_000_000


def test_a_month_to_come_says_that_it_has_not_begun(client, head, planned):
    response = get(client, head, month=5)

    assert response.context["chart"] is None
    assert response.status_code == 200


def test_the_part_under_the_grid_is_the_first_part_of_the_page(client, head, planned):
    client.force_login(head)
    response = client.get(
        reverse("kpis:plan_month"), {"year": 2026, "month": 3}, headers={"HX-Request": "true"}
    )

    assert response.templates[0].name == "kpis/_plan_work.html"


@pytest.mark.parametrize("query", [{"month": 13}, {"year": "x"}, {"person": -1}, {"team": 10**30}])
def test_nonsense_in_the_address_is_not_found(client, head, planned, query):
    assert get(client, head, **query).status_code == 404


def test_other_peoples_months_are_not_found(client, seller, lead, other_seller, team_b, planned):
    assert get(client, seller, person=other_seller.pk).status_code == 404
    assert get(client, lead, team=team_b.pk).status_code == 404
    assert get(client, lead, person=other_seller.pk).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_a_fixed_number_of_questions(
    client,
    head,
    seller,
    teammate,
    other_seller,
    spring,
    worked,
    count,
    django_assert_max_num_queries,
):
    people = [seller, teammate, other_seller][:count]
    amounts = {(person.pk, MARCH): D(10) for person in people}
    save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)
    for person in people:
        worked(person, leads=5, won=1, amount=D(100_000))
    do_night_of(date(2026, 3, 16))
    get(client, head)
    with django_assert_max_num_queries(15):
        client.get(reverse("kpis:plan_month"), {"year": 2026, "month": 3})
