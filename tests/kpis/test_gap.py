"""The page "Reason for the gap": against the plan, the month before, a year ago."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlparse

import pytest
from django.urls import reverse

from apps.kpis.actions.plans import save_plan
from apps.kpis.models import PlanVersion
from tests.factories.kpis import do_night_of
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
LAST = date(2026, 3, 31)
MORNING = date(2026, 4, 1)


def get(client, user, **query):
    client.force_login(user)
    with at_work(MORNING):
        return client.get(reverse("kpis:gap"), {"month": "2026-03"} | query)


def changes(response):
    return {row.name: row.change for row in response.context["gap"].rows}


@pytest.fixture
def spring(sell, stages, seller, teammate, other_seller):
    """February: two deals won of four. March: one of two of team A, one of one of team B."""
    for owner, amount in ((seller, "100000"), (teammate, "300000")):
        sell(owner, date(2026, 2, 10), amount)
        sell(owner, date(2026, 2, 11), amount, to=stages.lost)
    sell(seller, date(2026, 3, 10), "150000")
    sell(teammate, date(2026, 3, 11), "90000", to=stages.lost)
    sell(other_seller, date(2026, 3, 12), "70000")
    return do_night_of(LAST)


def test_the_head_sees_what_each_team_lost(client, head, spring):
    response = get(client, head, base="before", by="team")
    gap = response.context["gap"]

    assert changes(response) == {"Команда А": D(-250_000), "Команда Б": D(70_000)}
    assert gap.whole.change == D(-180_000)
    assert gap.whole.terms.total == D(-180_000)
    # Team B had no leads in February, so what it brought is a mix.
    assert {row.name: row.terms.mix for row in gap.rows}["Команда Б"] == D(70_000)


def test_terms_of_a_seller_follow_the_formula(client, seller, spring):
    """Two leads, one won, 100,000; then one lead, one won, 150,000."""
    response = get(client, seller, base="before", by="pipeline")
    terms = response.context["gap"].whole.terms

    # L(150,000; 100,000) = 50,000 ÷ ln 1.5 = 123,315.17
    assert terms.leads == D("-85475.56")  # × ln 0.5
    assert terms.conversion == D("85475.56")  # × ln 2
    assert terms.average_deal == D("50000.00")  # × ln 1.5
    assert terms.total == D(50_000)


def test_a_running_month_is_compared_as_far_as_its_working_days_go(client, head, sell, seller):
    sell(seller, date(2026, 2, 3), "100000")
    sell(seller, date(2026, 2, 20), "100000")
    sell(seller, date(2026, 3, 3), "40000")
    do_night_of(date(2026, 3, 4))
    client.force_login(head)
    with at_work(date(2026, 3, 5)):
        gap = client.get(reverse("kpis:gap"), {"base": "before"}).context["gap"]

    # 2 to 4 March are three working days, as are 2 to 4 February.
    assert (gap.base_stretch.start, gap.base_stretch.end) == (date(2026, 2, 1), date(2026, 2, 5))
    assert gap.whole.change == D(-60_000)


@pytest.fixture
def planned_spring(spring, sell, head, seller, teammate, other_seller):
    """A plan of 900,000 for March; the year before won ten deals of 100,000 out of ten."""
    for day in range(1, 11):
        sell(seller, date(2025, 10, day), "100000")
    amounts = {
        (seller.pk, date(2026, 3, 1)): D(500_000),
        (teammate.pk, date(2026, 3, 1)): D(300_000),
        (other_seller.pk, date(2026, 3, 1)): D(100_000),
    }
    save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)
    return do_night_of(LAST, rebuild=True)


def test_the_plan_is_told_apart_by_team_and_by_seller(client, head, planned_spring):
    by_team = get(client, head, base="plan", by="team")
    by_seller = get(client, head, base="plan", by="seller")

    assert changes(by_team) == {"Команда А": D(-650_000), "Команда Б": D(-30_000)}
    assert sorted(changes(by_seller).values()) == [D(-350_000), D(-300_000), D(-30_000)]
    for response in (by_team, by_seller):
        assert response.context["gap"].whole.change == D(220_000 - 900_000)
        assert response.context["gap"].whole.terms.total == D(220_000 - 900_000)


def test_a_seller_is_measured_by_his_own_plan(client, seller, planned_spring):
    whole = get(client, seller, base="plan").context["gap"].whole

    assert (whole.before.revenue, whole.after.revenue) == (D(500_000), D(150_000))


def test_without_a_plan_the_page_says_so(client, head, spring):
    response = get(client, head, base="plan")

    assert "gap" not in response.context
    assert not PlanVersion.objects.exists()


def test_figures_lead_to_exactly_their_deals(client, head, seller, spring):
    response = get(client, head, base="before", by="seller")
    row, url = next(
        (row, url) for row, url in response.context["rows"] if row.name == seller.get_full_name()
    )

    query = {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}
    assert query == {
        "outcome": "won",
        "closed_from": "2026-03-01",
        "closed_to": "2026-03-31",
        "owner": str(seller.pk),
        "team": str(head.team_id),
    }
    with at_work(MORNING):
        listed = client.get(url)
    assert listed.context["totals"].amount == row.after.revenue


def test_levels_lead_to_deals_of_such_clients(client, head, sell, seller, stages):
    deal = sell(seller, date(2026, 3, 3), "50000")
    deal.client.level = "A"
    deal.client.save(update_fields=["level"])
    sell(seller, date(2026, 3, 4), "60000")
    client.force_login(head)

    with at_work(MORNING):
        listed = client.get(reverse("deals:deal_list"), {"outcome": "won", "level": "A"})

    assert listed.context["totals"].amount == D(50_000)


def test_a_lead_sees_his_team_only(client, lead, team_b, spring):
    assert get(client, lead, base="before", by="seller").context["gap"].whole.change == D(-250_000)
    assert get(client, lead, team=team_b.pk).status_code == 404


def test_one_person_is_looked_at_within_ones_sight(client, lead, seller, other_seller, spring):
    shown = get(client, lead, base="before", person=seller.pk)

    assert shown.context["gap"].whole.change == D(50_000)
    assert get(client, lead, person=other_seller.pk).status_code == 404


def test_hr_sees_no_money(client, hr, spring):
    assert get(client, hr).status_code == 403


@pytest.mark.parametrize(
    "query", [{"month": "2026-13"}, {"month": "2019-01"}, {"span": "week"}, {"by": "luck"}]
)
def test_nonsense_in_the_address_is_not_found(client, head, query):
    assert get(client, head, **query).status_code == 404


@pytest.mark.parametrize("by", ["team", "seller", "level", "source", "pipeline"])
@pytest.mark.parametrize("base", ["plan", "before"])
def test_the_page_asks_a_fixed_number_of_questions(
    client, head, planned_spring, base, by, django_assert_max_num_queries
):
    get(client, head)
    with at_work(MORNING), django_assert_max_num_queries(15):
        response = client.get(reverse("kpis:gap"), {"month": "2026-03", "base": base, "by": by})
    assert response.context["gap"].whole.terms.total == response.context["gap"].whole.change


def test_before_the_first_night_there_is_nothing(client, head):
    response = get(client, head)

    assert response.status_code == 200
    assert response.context["run"] is None
