"""Sources of the metric catalogue over deals, each against a case small enough to count by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from apps.core.metrics import added, find_metric, read_columns, source_of
from apps.core.periods import month_of
from apps.core.working_time import working_minutes
from apps.deals.actions import reverse_activity
from apps.deals.models import DealLine, DealSplit, StageMove, TrustAtClose
from apps.deals.speed_to_lead import Clock
from tests.factories.clients import ClientFactory
from tests.factories.deals import (
    ActivityFactory,
    DealFactory,
    DebtCallFactory,
    ProductFactory,
    PromiseFactory,
    staged_pipeline,
)
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
MOSCOW = ZoneInfo("Europe/Moscow")
NOVEMBER = month_of(date(2026, 11, 1))
DECEMBER = month_of(date(2026, 12, 1))


def at(day, hour=12, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.fixture
def pipeline():
    return staged_pipeline()


@pytest.fixture
def won(pipeline):
    """A deal won on a day of November; without a move into "won" when `moved` is False."""
    stage = pipeline.stages.get(kind="won")

    def make(owner, day, amount="1000", *, moved=True, **fields):
        deal = DealFactory(
            owner=owner,
            pipeline=pipeline,
            stage=stage,
            outcome="won",
            amount=D(amount),
            closed_on=date(2026, 11, day),
            **fields,
        )
        if moved:
            StageMove.objects.create(
                deal=deal,
                from_stage=pipeline.stages.get(kind="lead"),
                to_stage=stage,
                owner=owner,
                happened_on=deal.closed_on,
                happened_at=at(day),
            )
        return deal

    return make


def line(deal, quantity, listed, sold, cost):
    DealLine.objects.create(
        deal=deal,
        product=ProductFactory(),
        quantity=D(quantity),
        list_price=D(listed),
        sold_price=D(sold),
        cost=None if cost is None else D(cost),
    )


def read(source, period=NOVEMBER):
    return {
        person: {name.partition(".")[2]: value for name, value in columns.items() if value}
        for person, columns in read_columns(period, [source]).items()
    }


class TestLines:
    def test_margin_and_discount_of_one_deal(self, won):
        """2 × 500 sold at 450, bought at 300; 1 × 100 sold at 100, bought at 50."""
        owner = UserFactory()
        deal = won(owner, 5)
        line(deal, 2, 500, 450, 300)
        line(deal, 1, 100, 100, 50)

        assert read("lines") == {
            owner.pk: {
                "deal_count": 1,
                "costed_count": 1,
                "priced_count": 1,
                "sold_amount": 1000,
                "costed_amount": 1000,
                "margin_amount": 350,
                "list_amount": 1100,
                "discount_amount": 100,
            }
        }
        columns = read_columns(NOVEMBER, ["lines"])[owner.pk]
        assert find_metric("margin_share").measure(columns).value == D("0.35")
        assert find_metric("discount_share").measure(columns).value == D(1) / D(11)

    def test_a_deal_with_a_line_of_unknown_cost_has_no_margin(self, won):
        owner = UserFactory()
        deal = won(owner, 5)
        line(deal, 1, 100, 100, 50)
        line(deal, 1, 100, 100, None)

        found = read("lines")[owner.pk]
        assert "margin_amount" not in found
        assert (found["deal_count"], found["sold_amount"]) == (1, 200)
        assert "costed_count" not in found

    def test_money_goes_by_the_splits_and_the_count_to_the_owner(self, won):
        """100.01 of margin by 33.34, 33.33 and 33.33 %: the parts make the whole exactly."""
        owner, second, third = UserFactory(), UserFactory(), UserFactory()
        deal = won(owner, 5)
        line(deal, 1, "300.01", "200.01", 100)
        for person, share in ((owner, "0.3334"), (second, "0.3333"), (third, "0.3333")):
            DealSplit.objects.create(deal=deal, user=person, share=D(share))

        found = read("lines")
        assert found[owner.pk]["margin_amount"] == D("33.343334")
        assert sum(one["margin_amount"] for one in found.values()) == D("100.01")
        assert sum(one["discount_amount"] for one in found.values()) == 100
        assert [one.get("deal_count", 0) for one in found.values()].count(1) == 1
        assert found[owner.pk]["deal_count"] == 1

    def test_foreign_money_counts_at_the_rate_of_the_deal(self, won):
        owner = UserFactory()
        deal = won(owner, 5, "1000", currency="USD", amount_base=D(90_000))
        line(deal, 1, 1000, 900, 500)

        found = read("lines")[owner.pk]
        assert (found["margin_amount"], found["discount_amount"]) == (36_000, 9_000)

    def test_it_counts_for_the_owner_of_the_day_of_winning(self, won):
        seller, heir = UserFactory(), UserFactory()
        deal = won(seller, 5)
        line(deal, 1, 100, 100, 50)
        deal.owner = heir
        deal.save(update_fields=["owner"])

        assert set(read("lines")) == {seller.pk}
        assert read("lines", DECEMBER) == {}


def test_the_first_order_of_a_client_is_told_from_the_next_ones(won):
    owner = UserFactory()
    client = ClientFactory(owner=owner)
    for day in (3, 10, 17):
        won(owner, day, client=client)
    won(owner, 20)
    won(owner, 21, client=None)

    assert read("orders") == {owner.pk: {"client_count": 4, "first_count": 2, "repeat_count": 2}}
    columns = read_columns(NOVEMBER, ["orders"])[owner.pk]
    assert find_metric("repeat_share").measure(columns).value == D("0.5")


class TestLeads:
    @pytest.fixture
    def lead_of(self, pipeline):
        stage = pipeline.stages.get(kind="lead")

        def make(owner, came_at, **fields):
            deal = DealFactory(owner=owner, pipeline=pipeline, stage=stage, **fields)
            StageMove.objects.create(
                deal=deal,
                to_stage=stage,
                owner=owner,
                happened_on=came_at.date(),
                happened_at=came_at,
            )
            return deal

        return make

    @pytest.fixture(autouse=True)
    def clock(self):
        with time_machine.travel(datetime(2026, 12, 10, 12, tzinfo=MOSCOW), tick=False):
            yield

    def test_working_minutes_until_the_first_answer(self, lead_of):
        """Ten minutes on Monday evening and 15 on Tuesday; 30 minutes to the second; one waits."""
        owner = UserFactory()
        ActivityFactory(deal=lead_of(owner, at(2, 17, 50)), happened_at=at(3, 9, 15))
        ActivityFactory(deal=lead_of(owner, at(5, 10)), happened_at=at(5, 10, 31))
        lead_of(owner, at(6, 10))
        ActivityFactory(deal=lead_of(owner, at(9, 10)), kind="note", happened_at=at(9, 10, 1))

        assert read("leads") == {
            owner.pk: {
                "lead_count": 4,
                "answered_count": 2,
                "in_norm_count": 1,
                "waiting_count": 2,
                "answer_minutes": 56,
            }
        }
        columns = read_columns(NOVEMBER, ["leads"])[owner.pk]
        assert find_metric("speed_to_lead").measure(columns).value == 28

    def test_holidays_and_nights_do_not_count(self, lead_of):
        """Saturday night to Monday 9:20; the evening of the 3rd over the holiday to the 5th."""
        owner = UserFactory()
        ActivityFactory(deal=lead_of(owner, at(7, 23)), happened_at=at(9, 9, 20))
        ActivityFactory(deal=lead_of(owner, at(3, 17, 55)), happened_at=at(5, 9, 5))

        assert read("leads")[owner.pk]["answer_minutes"] == 20 + 10

    def test_an_answer_of_the_next_month_counts_where_the_lead_came(self, lead_of):
        owner = UserFactory()
        lead = lead_of(owner, at(30, 17))
        ActivityFactory(deal=lead, happened_at=datetime(2026, 12, 1, 10, tzinfo=MOSCOW))

        assert read("leads")[owner.pk]["answer_minutes"] == 120
        assert read("leads", DECEMBER) == {}

    def test_a_struck_out_answer_is_none(self, lead_of):
        owner = UserFactory()
        wrong = ActivityFactory(deal=lead_of(owner, at(2)), happened_at=at(2, 13))
        reverse_activity(wrong, by=owner)

        assert read("leads")[owner.pk] == {"lead_count": 1, "waiting_count": 1}

    def test_the_statement_and_the_clock_of_the_leads_page_agree(self, lead_of):
        """Forty answers at odd moments of two weeks, over week-ends and a holiday."""
        owner = UserFactory()
        expected = 0
        clock = Clock(at(1), timezone.now())
        for number in range(40):
            came = at(1, 3) + timedelta(minutes=397 * number)
            answer = came + timedelta(minutes=53 * number + 7, seconds=number)
            ActivityFactory(deal=lead_of(owner, came), happened_at=answer)
            expected += clock.minutes(came, answer)

        assert read("leads")[owner.pk]["answer_minutes"] == expected
        assert expected > 0
        assert working_minutes.__doc__


class TestTalks:
    def test_measured_and_typed_talks_and_who_was_reached(self):
        owner = UserFactory()
        deal = DealFactory(owner=owner)
        typed = ActivityFactory(deal=deal, happened_at=at(2), outcome="agreed")
        ActivityFactory(deal=deal, happened_at=at(2), outcome="no_answer")
        ActivityFactory(deal=deal, happened_at=at(3), kind="email", origin="measured")
        ActivityFactory(deal=deal, happened_at=at(3), kind="meeting", outcome="agreed")
        ActivityFactory(deal=deal, happened_at=at(2), origin="measured", confirms=typed)

        assert read("talks") == {
            owner.pk: {
                "talk_count": 3,
                "measured_count": 2,
                "told_call_count": 2,
                "reached_count": 1,
            }
        }

    def test_struck_out_talks_are_none(self):
        owner = UserFactory()
        wrong = ActivityFactory(deal=DealFactory(owner=owner), happened_at=at(2), outcome="agreed")
        with time_machine.travel(at(3), tick=False):
            reverse_activity(wrong, by=owner)

        assert read("talks") == {}

    def test_a_measured_talk_stands_alone_once_its_typed_record_is_struck_out(self):
        owner = UserFactory()
        deal = DealFactory(owner=owner)
        typed = ActivityFactory(deal=deal, happened_at=at(2))
        ActivityFactory(deal=deal, happened_at=at(2), origin="measured", confirms=typed)
        with time_machine.travel(at(3), tick=False):
            reverse_activity(typed, by=owner)

        assert read("talks") == {owner.pk: {"talk_count": 1, "measured_count": 1}}


def test_a_move_recorded_after_more_than_a_day_is_late(pipeline):
    owner = UserFactory()
    deal = DealFactory(owner=owner, pipeline=pipeline)
    for hours in (1, 24, 25):
        happened = at(10)
        with time_machine.travel(happened + timedelta(hours=hours), tick=False):
            StageMove.objects.create(
                deal=deal,
                to_stage=deal.stage,
                owner=owner,
                happened_on=happened.date(),
                happened_at=happened,
            )

    assert read("records") == {owner.pk: {"move_count": 3, "late_count": 1}}


def test_trust_is_the_ratio_of_weights_over_closings_that_hold(won):
    """20 of 40 and 30 of 60 make 0.5; the reopened deal counts for nobody."""
    owner = UserFactory()
    for day, done, due in ((3, 20, 40), (4, 30, 60)):
        deal = won(owner, day)
        TrustAtClose.objects.create(
            deal=deal,
            outcome="won",
            closed_on=deal.closed_on,
            closed_at=deal.stage_since,
            done=done,
            due=due,
        )
    reopened = DealFactory(owner=owner)
    TrustAtClose.objects.create(
        deal=reopened,
        outcome="won",
        closed_on=date(2026, 11, 5),
        closed_at=at(5),
        done=1,
        due=1,
    )

    assert read("trust") == {owner.pk: {"deal_count": 2, "done_weight": 50, "due_weight": 100}}


def test_promises_whose_day_has_come(pipeline):
    """One of two is kept in full; a struck-out call promises nothing; the last day is the debtor's."""
    owner = UserFactory()

    def promise(promised_on, **fields):
        deal = DealFactory(owner=owner, pipeline=pipeline)
        activity = ActivityFactory(deal=deal, happened_at=at(2))
        call = DebtCallFactory(activity=activity)
        return PromiseFactory(call=call, promised_on=promised_on, **fields)

    promise(date(2026, 11, 10))
    promise(date(2026, 11, 20))
    struck = promise(date(2026, 11, 11))
    with time_machine.travel(at(20), tick=False):
        reverse_activity(struck.call.activity, by=owner)
        assert source_of("promises").read(NOVEMBER) == {
            owner.pk: {"ended_count": 1, "kept_count": 0}
        }
    with time_machine.travel(at(21), tick=False):
        assert source_of("promises").read(NOVEMBER)[owner.pk]["ended_count"] == 2


def test_sums_of_people_make_the_sum_of_all(won):
    one, other = UserFactory(), UserFactory()
    line(won(one, 5), 1, 100, 90, 50)
    line(won(other, 6), 1, 300, 150, 50)

    group = added(read_columns(NOVEMBER, ["lines"]).values())
    assert find_metric("discount_share").measure(group).value == D("0.4")
    assert find_metric("margin_share").measure(group).value == D(140) / D(240)
