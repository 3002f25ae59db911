"""The catalogue page and the page of a metric: whom they count, where they lead, what they hide."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.metrics import all_metrics, find_metric
from apps.core.periods import Period, month_of
from apps.kpis.metric_words import shown
from apps.kpis.models import NightRun
from tests.factories.kpis import do_night_of
from tests.factories.tasks import TaskFactory
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
LAST, MORNING = date(2026, 3, 31), date(2026, 4, 1)
CATALOGUE = reverse("kpis:metrics")


def get(client, user, address=CATALOGUE, *, htmx=False, **query):
    client.force_login(user)
    headers = {"HX-Request": "true"} if htmx else {}
    with at_work(MORNING):
        return client.get(address, query, headers=headers)


def of(code):
    return reverse("kpis:metric", args=[code])


def line_of(response, code):
    lines = [line for group in response.context["groups"] for line in group.lines]
    return next(line for line in lines if line.metric.code == code)


@pytest.fixture
def spring(sell, stages, seller, teammate, other_seller, head):
    """February: one deal of 100,000. March: 150,000 and 90,000 in team A, 70,000 in team B."""
    sell(seller, date(2026, 2, 10), "100000")
    sell(seller, date(2026, 3, 10), "150000")
    sell(teammate, date(2026, 3, 11), "90000")
    sell(teammate, date(2026, 3, 11), "10000", to=stages.lost)
    sell(other_seller, date(2026, 3, 12), "70000")
    return do_night_of(LAST)


def test_the_head_sees_the_whole_department(client, head, spring):
    response = get(client, head)

    revenue = line_of(response, "revenue")
    assert (revenue.now.value, revenue.before.value) == (D(310_000), D(100_000))
    assert line_of(response, "average_deal").now.value == D(310_000) / 3
    count = sum(len(group.lines) for group in response.context["groups"])
    assert count == len(all_metrics())


def test_on_the_first_of_a_month_the_month_before_is_shown(client, head, spring):
    assert get(client, head).context["sight"].month == month_of(LAST)


def test_a_seller_sees_his_own_and_a_lead_his_team(client, seller, lead, spring):
    assert line_of(get(client, seller), "revenue").now.value == D(150_000)
    assert line_of(get(client, lead), "revenue").now.value == D(240_000)


def test_few_cases_are_not_a_rate(client, head, spring):
    """Invariant 13."""
    response = get(client, head)
    rate = line_of(response, "win_rate").now

    assert (rate.is_few, rate.value, rate.n) == (True, None, 4)
    assert "мало, n=4" in response.content.decode()


def test_ten_cases_are(client, head, sell, stages, seller):
    for day in range(1, 11):
        sell(seller, date(2026, 3, day), "1000", to=stages.won if day % 2 else stages.lost)
    do_night_of(LAST)

    assert line_of(get(client, head), "win_rate").now.value == D("0.5")


def test_what_no_night_has_kept_is_unknown_and_not_zero():
    """Debts of a month without a balance are not known, revenue of one without a sale is zero."""
    assert shown(find_metric("debt"), {}).value is None
    assert shown(find_metric("debt"), {"stock.debt_amount": D(0)}).value == 0
    assert shown(find_metric("revenue"), {}).value == 0
    assert shown(find_metric("cycle"), {}).value is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("средний чек", "average_deal"),
        ("ПРОСРОЧ дебит", "overdue_debt"),
        ("speed_to", "speed_to_lead"),
    ],
)
def test_the_catalogue_is_searched_by_name_formula_and_owner(client, head, spring, asked, code):
    response = get(client, head, q=asked, htmx=True)

    found = [line.metric.code for group in response.context["groups"] for line in group.lines]
    assert code in found
    assert len(found) < 10
    assert b"<html" not in response.content


def test_a_search_without_an_answer_says_so(client, head, spring):
    response = get(client, head, q="метеориты")

    assert response.context["groups"] == []
    assert "Такого показателя нет" in response.content.decode()


def test_figures_lead_to_exactly_their_rows(client, head, seller, spring):
    url = line_of(get(client, head), "won_deals").url
    listed = get(client, head, url)
    assert (listed.context["totals"].count, listed.context["totals"].amount) == (3, D(310_000))

    own = line_of(get(client, seller), "won_deals").url
    assert f"owner={seller.pk}" in own
    assert get(client, seller, own).context["totals"].amount == D(150_000)


@pytest.mark.parametrize("viewer", ["head", "seller"])
@pytest.mark.parametrize(
    "metric", [one for one in all_metrics() if one.rows], ids=lambda metric: metric.code
)
def test_no_link_is_dead(client, people, seller, metric, viewer):
    period = Period(date(2026, 3, 1), MORNING)
    addresses = {metric.rows(seller.pk, period)}
    if viewer == "head":
        addresses.add(metric.rows(None, period))

    for address in addresses:
        assert get(client, people[viewer], address).status_code == 200


def test_overdue_tasks_of_a_person_are_his_alone(client, head, seller, teammate, spring):
    with at_work(date(2026, 3, 20)):
        mine, _other = (
            TaskFactory(assignee=person, due_at=timezone.now() - timedelta(days=1))
            for person in (seller, teammate)
        )
    address = find_metric("overdue_tasks").rows(seller.pk, month_of(LAST))

    assert list(get(client, head, address).context["page"]) == [mine]


def test_balances_of_months_gone_by_lead_nowhere(client, head, spring):
    """The list of open deals shows today's: it is not what was open in February."""
    months = get(client, head, of("open_deals")).context["shown"].newest_first

    assert months[0].url == reverse("deals:deal_list") + "?outcome=open"
    assert {line.url for line in months[1:]} == {""}


def test_a_metric_has_its_months_teams_and_people(client, head, seller, teammate, spring):
    response = get(client, head, of("revenue"))
    shown_page = response.context["shown"]

    months = {line.name: line.figure.value for line in shown_page.months}
    assert len(months) == 13
    assert (months["2026-03"], months["2026-02"], months["2026-01"]) == (310_000, 100_000, 0)
    assert {line.name: line.figure.value for line in shown_page.teams} == {
        "Команда А": D(240_000),
        "Команда Б": D(70_000),
        "Отдел продаж": D(0),
    }
    people = [(line.person, line.figure.value) for line in response.context["page"]]
    assert people[:2] == [(seller.pk, D(150_000)), (teammate.pk, D(90_000))]
    assert shown_page.chart["values"][-2:] == [100.0, 310.0]


def test_another_month_is_chosen(client, head, seller, spring):
    response = get(client, head, of("revenue"), month="2026-02")

    with_sales = [line for line in response.context["page"] if line.figure.value]
    assert [(line.person, line.figure.value) for line in with_sales] == [(seller.pk, D(100_000))]


def test_a_team_divides_sums(client, head, spring):
    teams = get(client, head, of("average_deal")).context["shown"].teams

    assert {line.name: line.figure.value for line in teams if line.figure.value} == {
        "Команда А": D(120_000),
        "Команда Б": D(70_000),
    }


def test_a_lead_sees_nothing_of_another_team(client, lead, other_seller, spring):
    response = get(client, lead, of("revenue"))

    assert response.context["shown"].chosen.figure.value == D(240_000)
    assert other_seller.get_full_name() not in response.content.decode()
    assert "Команда Б" not in response.content.decode()


def test_a_seller_sees_himself_alone(client, seller, teammate, spring):
    response = get(client, seller, of("revenue"))

    assert response.context["is_alone"]
    assert teammate.get_full_name() not in response.content.decode()


@pytest.mark.parametrize("address", [of("luck"), f"{of('revenue')}?month=2019-01"])
def test_nonsense_is_not_found(client, head, spring, address):
    assert get(client, head, address).status_code == 404


def test_hr_sees_no_figures(client, hr, spring):
    assert get(client, hr).status_code == 403
    assert get(client, hr, of("revenue")).status_code == 403


def test_before_the_first_night_there_is_nothing(client, head):
    assert "groups" not in get(client, head).context
    assert get(client, head, of("revenue")).status_code == 200
    assert not NightRun.objects.exists()


@pytest.mark.parametrize("address", [CATALOGUE, of("win_rate"), of("hygiene")])
def test_pages_ask_a_fixed_number_of_questions(
    client, head, spring, address, django_assert_max_num_queries
):
    get(client, head, address)
    with at_work(MORNING), django_assert_max_num_queries(13):
        client.get(address)
