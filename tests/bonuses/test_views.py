"""The pages: lines lead to deals, totals agree, statements of SQL stay the same in number."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.bonuses.models import Statement
from apps.bonuses.words import story_of
from apps.deals.models import Deal
from tests.bonuses.conftest import FEBRUARY, MARCH
from tests.factories.bonuses import StatementFactory, StatementLineFactory
from tests.factories.deals import DealFactory
from tests.factories.kpis import morning_after
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 19)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(morning_after(DAY), tick=False):
        yield


@pytest.fixture
def statement(version, sell, seller, count):
    sell(seller, date(2026, 3, 2), "1570000.00")
    return count(DAY)[MARCH]


def test_a_statement_says_how_it_came_about(client, seller, statement):
    client.force_login(seller)

    page = client.get(statement.get_absolute_url())

    text = page.content.decode()
    story, step = (page.context[name].replace("\xa0", " ") for name in ("story", "next_step"))
    line = statement.lines.get()
    assert statement.total == D(58_500)
    assert story == "1 000 000 ₽ × 3 % + 570 000 ₽ × 5 % = 58 500 ₽"
    assert step == "до ступени 8 %: ещё 430 000 ₽"
    assert line.deal.get_absolute_url() in text
    assert page.context["sums"] == ""
    assert [mark.is_reached for mark in page.context["picture"].marks] == [True, True, False]


@pytest.mark.parametrize("count_of", [1, 5])
def test_a_statement_takes_the_same_number_of_queries(
    client, seller, statement, count_of, django_assert_max_num_queries
):
    for number in range(count_of):
        StatementLineFactory(
            statement=statement, key=f"x{number}", deal=DealFactory(owner=seller), event_month=MARCH
        )
    client.force_login(seller)

    with django_assert_max_num_queries(15):
        page = client.get(statement.get_absolute_url())

    assert len(page.context["rows"]) == count_of + 1


@pytest.mark.parametrize("people", [1, 5])
def test_a_month_takes_the_same_number_of_queries(
    client, director, version, team_a, people, django_assert_max_num_queries
):
    for person in UserFactory.create_batch(people, team=team_a):
        StatementFactory(
            person=person, month=MARCH, scheme_version=version, total=D(10), node=team_a
        )
    client.force_login(director)

    with django_assert_max_num_queries(11):
        page = client.get(reverse("bonuses:statement_list"), {"month": "2026-03-01"})

    assert page.context["sums"]["total"] == people * 10
    assert len(page.context["page"].object_list) == people


def test_a_lead_sees_his_own_and_a_total_of_three(client, lead, team_a):
    people = UserFactory.create_batch(2, team=team_a)
    for person in people:
        StatementFactory(person=person, month=MARCH, total=D(100))
    client.force_login(lead)
    address = reverse("bonuses:statement_list")
    few = client.get(address).context["team_total"]
    StatementFactory(person=UserFactory(team=team_a), month=MARCH, total=D(50))

    page = client.get(address)

    assert few is None
    assert page.context["team_total"]["total"] == D(250)
    assert list(page.context["page"]) == []


def test_what_if_counts_the_next_step_and_saves_nothing(client, seller, statement):
    deal = DealFactory(owner=seller, amount=D(500_000))
    before = list(Statement.objects.values())
    client.force_login(seller)

    page = client.get(reverse("bonuses:what_if", args=[statement.pk]), {"deal": deal.pk})
    panel = client.get(reverse("bonuses:deal_panel", args=[deal.pk]))

    # 430,000 at 5 % and 70,000 at 8 %.
    for effect in (page.context["effect"], panel.context["effect"]):
        assert (effect.more, effect.is_higher) == (D(27_100), True)
    assert list(Statement.objects.values()) == before


def test_a_deal_shows_what_it_has_brought(client, seller, statement):
    deal = Deal.objects.get()
    client.force_login(seller)

    page = client.get(reverse("bonuses:deal_panel", args=[deal.pk]))

    assert [line.amount for line in page.context["lines"]] == [D(58_500)]


def test_a_lead_sees_no_pay_on_a_deal_of_his_team(client, lead, statement):
    client.force_login(lead)

    page = client.get(reverse("bonuses:deal_panel", args=[Deal.objects.get().pk]))

    assert page.context["lines"] == []
    assert "58" not in page.content.decode().split("panel-bonus")[1].split("</section>")[0]


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_export_adds_up(client, seller, statement):
    client.force_login(seller)

    rows = rows_of(client.get(reverse("bonuses:statement_export", args=[statement.pk])))

    assert [row[5] for row in rows[1:]] == ["58500,00", "58500,00"]


def test_the_payroll_holds_approved_bonuses_only(client, hr, seller, statement, approve, count):
    approve(count(DAY)[FEBRUARY])
    client.force_login(hr)
    address = reverse("bonuses:payroll_export")

    february = rows_of(client.get(address, {"month": "2026-02-01"}))
    march = rows_of(client.get(address, {"month": "2026-03-01"}))

    assert [row[0] for row in february[1:]] == [seller.get_full_name()]
    assert march[1:] == []


def test_my_day_says_what_is_accrued(client, seller, statement):
    client.force_login(seller)

    page = client.get(reverse("dashboard:my_day"))

    assert page.context["bonus"] == statement
    assert "58 500 ₽" in page.content.decode().replace("\xa0", " ")


def test_my_bonus_is_one_statement(seller, statement, django_assert_num_queries):
    from apps.bonuses.accrued import accrued_of
    from apps.bonuses.words import next_words

    with django_assert_num_queries(1):
        found = accrued_of(seller, DAY)
        assert next_words(found)


def test_the_story_has_kopecks_where_there_are_any(version, sell, seller, count):
    sell(seller, date(2026, 3, 2), "1000.50")

    story = story_of(count(DAY)[MARCH]).replace("\xa0", " ")

    assert story == "1 000,50 ₽ × 3 % = 30,02 ₽"


def test_hr_reads_pay_without_deals(client, hr, statement):
    client.force_login(hr)

    page = client.get(statement.get_absolute_url())

    row = page.context["rows"][0]
    assert (row.title, row.client, row.is_linked) == (f"Сделка {row.line.deal_id}", "", False)
    assert row.line.deal.client.name not in page.content.decode()


def test_a_deal_that_went_to_another_owner_is_no_dead_link(client, seller, statement, teammate):
    Deal.objects.update(owner=teammate)
    client.force_login(seller)

    row = client.get(statement.get_absolute_url()).context["rows"][0]

    assert (row.title, row.is_linked) == ("Сделка", False)
