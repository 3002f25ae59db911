"""The pages of months: what they show, and what may be pressed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core.models import Notification
from apps.deals.actions import change_deal, create_deal, move_deal
from apps.kpis.closing import is_closed
from apps.kpis.models import MonthEvent, ReopenRequest
from tests.factories.clients import ClientFactory
from tests.factories.kpis import do_night_of
from tests.factories.tasks import TaskFactory
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
MARCH, DAY = date(2026, 3, 1), date(2026, 3, 17)
PAGE = {"year": 2026, "month": 3}


@pytest.fixture
def counted(sell, seller, stages):
    """March has 100,000 won and a deal that was to close in it; the clock stands on 2 April."""
    deal = sell(seller, DAY, "100000.00", opened=date(2026, 3, 3))
    sell(seller, DAY, "70000.00", to=stages.quote)
    do_night_of(date(2026, 3, 31))
    with at_work(date(2026, 4, 2)):
        yield deal


def opened(client, user, name="kpis:month", **args):
    client.force_login(user)
    return client.get(reverse(name, kwargs=args))


def test_before_closing_the_page_says_what_is_open(client, counted, head, seller):
    TaskFactory(assignee=seller, due_at="2026-03-20T12:00Z")
    response = opened(client, head, **PAGE)
    found = {check.code: (one.count, one.amount) for check, one in response.context["questions"]}

    assert found == {
        "open_deals": (1, Decimal("70000.00")),
        "unplanned": (1, Decimal("100000.00")),
        "tasks": (1, None),
        "bank": (0, None),
        "bonuses": (0, None),
    }
    assert response.context["row"].fact == Decimal("100000.00")
    assert reverse("kpis:month_close", kwargs=PAGE) in response.content.decode()


def test_the_button_closes_the_month(client, counted, head):
    client.force_login(head)
    response = client.post(reverse("kpis:month_close", kwargs=PAGE), {"note": "Сверено"})

    assert response.status_code == 302
    assert is_closed(MARCH)
    page = opened(client, head, **PAGE)
    assert page.context["row"].closed.note == "Сверено"
    assert page.context["questions"] == []
    assert reverse("kpis:month_close", kwargs=PAGE) not in page.content.decode()


def test_a_refused_closing_says_why(client, counted, head):
    client.force_login(head)
    response = client.post(
        reverse("kpis:month_close", kwargs={"year": 2026, "month": 4}), follow=True
    )

    assert "не завершён" in response.content.decode()
    assert not MonthEvent.objects.exists()


def test_what_came_later_is_listed_with_its_deals(client, counted, head, seller, stages):
    client.force_login(head)
    client.post(reverse("kpis:month_close", kwargs=PAGE))
    with at_work(date(2026, 4, 9)):
        change_deal(counted, by=head, amount=Decimal("90000.00"))
        late = create_deal(
            by=seller,
            title="Опоздавшая",
            pipeline=stages.pipeline,
            owner=seller,
            client=ClientFactory(owner=seller),
            amount=Decimal("40000.00"),
            opened_on=DAY,
        )
        late.expected_close_on = DAY
        move_deal(late, to=stages.won, by=seller, on=DAY)
    do_night_of(date(2026, 4, 9))

    with at_work(date(2026, 4, 10)):
        page = opened(client, head, **PAGE)
        rows = opened(client, head, "kpis:months").context["rows"]
    listed = [(one.counts_on, one.deal, one.amount) for one in page.context["later"] if one.amount]
    assert listed == [
        (date(2026, 4, 9), counted, Decimal("-10000.00")),
        (date(2026, 4, 1), late, Decimal("40000.00")),
    ]
    assert page.context["row"].later == Decimal("30000.00")
    assert page.context["row"].fact == Decimal("100000.00")
    assert reverse("deals:deal", args=[late.pk]) in page.content.decode()
    march = next(row for row in rows if row.period.start == MARCH)
    assert (march.later, march.fact) == (Decimal("30000.00"), Decimal("100000.00"))
    assert len(rows) == 25


def test_the_head_asks_and_the_director_opens(client, counted, head, director):
    client.force_login(head)
    client.post(reverse("kpis:month_close", kwargs=PAGE))
    client.post(reverse("kpis:month_ask", kwargs=PAGE), {"reason": "Забыли договор"})
    request = ReopenRequest.objects.get()
    told = Notification.objects.get(user=director)
    assert told.title == "Роман Ропов просит снова открыть месяц: Март 2026"

    assert (
        reverse("kpis:month_decide", args=[request.pk])
        not in opened(client, head, **PAGE).content.decode()
    )
    assert (
        reverse("kpis:month_decide", args=[request.pk])
        in opened(client, director, **PAGE).content.decode()
    )
    client.post(reverse("kpis:month_decide", args=[request.pk]), {"approve": "1"})
    assert not is_closed(MARCH)
    answer = Notification.objects.get(user=head)
    assert answer.title == "Месяц снова открыт: Март 2026"
    assert answer.url == reverse("kpis:month", kwargs=PAGE)


def test_the_director_may_leave_it_closed(client, counted, head, director):
    client.force_login(head)
    client.post(reverse("kpis:month_close", kwargs=PAGE))
    client.post(reverse("kpis:month_ask", kwargs=PAGE), {"reason": "Забыли договор"})
    client.force_login(director)
    client.post(reverse("kpis:month_decide", args=[ReopenRequest.objects.get().pk]))

    assert is_closed(MARCH)


def test_a_lead_sees_the_figures_of_his_team_and_no_buttons(client, counted, lead, other_lead):
    page = opened(client, lead, **PAGE)

    assert page.context["row"].fact == Decimal("100000.00")
    assert "month_close" not in page.content.decode()
    assert reverse("kpis:month_close", kwargs=PAGE) not in page.content.decode()
    assert not opened(client, other_lead, **PAGE).context["row"].fact


@pytest.mark.parametrize("args", [{"year": 2026, "month": 13}, {"year": 2026, "month": 5}])
def test_months_that_are_not_there(client, counted, head, args):
    assert opened(client, head, **args).status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_statements_do_not_grow(
    client, counted, sell, seller, head, count, django_assert_max_num_queries
):
    client.force_login(head)
    client.post(reverse("kpis:month_close", kwargs=PAGE))
    with at_work(date(2026, 4, 9)):
        for amount in range(count):
            counted.refresh_from_db()
            change_deal(counted, by=head, amount=Decimal(amount + 1))
        client.get(reverse("kpis:month", kwargs=PAGE))
        with django_assert_max_num_queries(15):
            client.get(reverse("kpis:month", kwargs=PAGE))
        with django_assert_max_num_queries(15):
            client.get(reverse("kpis:months"))
