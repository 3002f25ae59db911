"""Facts of the night: what is counted, on whom, on which day, and again after late events."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from apps.deals.actions import (
    assign_deal,
    change_deal,
    log_activity,
    move_deal,
    reverse_activity,
    set_splits,
)
from apps.deals.actions.deals import archive_deal, restore_deal
from apps.deals.actions.measured import Measured, record_measured
from apps.deals.measured import Party
from apps.deals.models import RefusalReason
from apps.kpis.models import ActivityFact, DealFact, NightStep, PaymentFact, StockFact, TaskFact
from apps.staff.actions import join_team
from tests.factories.deals import ReceiptFactory, ScheduleLineFactory
from tests.factories.kpis import do_night_of
from tests.factories.tasks import TaskFactory
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 17)

MEASURES = (
    "created_count",
    "won_count",
    "won_amount",
    "adjusted_amount",
    "lost_count",
    "lost_amount",
)


def first_reason():
    return RefusalReason.objects.get(name="Дорого")


def totals(**filters):
    sums = DealFact.objects.filter(**filters).aggregate(**{name: Sum(name) for name in MEASURES})
    return {name: value for name, value in sums.items() if value}


def test_a_won_deal_counts_on_its_days(sell, seller):
    sell(seller, DAY, "250000.00", opened=date(2026, 3, 3))
    do_night_of(DAY)

    assert totals(day=date(2026, 3, 3)) == {"created_count": 1}
    assert totals(day=DAY) == {"won_count": 1, "won_amount": Decimal("250000.00")}
    assert DealFact.objects.get(day=DAY).cycle_days == 14


def test_a_lost_deal_counts_with_its_amount(sell, seller, stages):
    sell(seller, DAY, "40000.00", to=stages.lost)
    do_night_of(DAY)

    assert totals(day=DAY) == {
        "created_count": 1,
        "lost_count": 1,
        "lost_amount": Decimal("40000.00"),
    }


def test_events_after_the_day_wait_for_their_night(sell, seller):
    sell(seller, DAY + timedelta(days=1))
    do_night_of(DAY)
    assert totals() == {}

    do_night_of(DAY + timedelta(days=1))
    assert totals(day=DAY + timedelta(days=1))["won_count"] == 1


def test_the_split_shares_money_and_the_owner_keeps_the_count(sell, seller, teammate, head):
    deal = sell(seller, DAY, "100000.01")
    third = Decimal("0.3333")
    with at_work(DAY, 16):
        set_splits(deal, by=head, shares={seller: 1 - 2 * third, teammate: third, head: third})
    do_night_of(DAY)

    assert totals(user=seller)["won_count"] == 1
    assert "won_count" not in totals(user=teammate)
    amounts = [totals(user=person)["won_amount"] for person in (seller, teammate, head)]
    assert amounts == [Decimal("33340.01"), Decimal("33330.00"), Decimal("33330.00")]
    assert sum(amounts) == totals()["won_amount"] == Decimal("100000.01")


def test_sums_are_exact_to_the_kopeck_however_large(sell, seller):
    for amount in ("999999999999.99", "999999999999.98", "0.01"):
        sell(seller, DAY, amount)
    do_night_of(DAY)

    assert DealFact.objects.get(day=DAY).won_amount == Decimal("1999999999999.98")


def test_an_edited_won_amount_is_an_adjustment_of_its_day(sell, seller, head):
    deal = sell(seller, DAY, "100000.00")
    do_night_of(DAY)
    with at_work(DAY + timedelta(days=1)):
        change_deal(deal, by=head, amount=Decimal("80000.00"))
    do_night_of(DAY + timedelta(days=1))

    assert totals(day=DAY)["won_amount"] == Decimal("100000.00")
    assert totals(day=DAY + timedelta(days=1)) == {"adjusted_amount": Decimal("-20000.00")}


def test_a_reopened_deal_takes_count_cycle_and_revenue_back(sell, seller, stages):
    deal = sell(seller, DAY, "100000.00", opened=DAY - timedelta(days=9))
    sell.move(deal, stages.contract, DAY + timedelta(days=1))
    do_night_of(DAY + timedelta(days=1))

    assert totals() == {
        "created_count": 1,
        "won_amount": Decimal("100000.00"),
        "adjusted_amount": Decimal("-100000.00"),
    }
    assert DealFact.objects.aggregate(days=Sum("cycle_days"))["days"] == 0


def test_the_count_stays_with_the_owner_of_the_day(sell, seller, teammate, lead):
    deal = sell(seller, DAY)
    with at_work(DAY, 17):
        assign_deal(deal, to=teammate, by=lead)
    do_night_of(DAY)

    assert totals(user=seller)["won_count"] == 1
    assert totals(user=teammate) == {}


def test_facts_stand_under_the_team_of_the_day(sell, seller, team_a, team_b):
    sell(seller, DAY)
    join_team(seller, team_b, DAY + timedelta(days=1))
    sell(seller, DAY + timedelta(days=1))
    do_night_of(DAY + timedelta(days=1))

    assert totals(team=team_a)["won_count"] == 1
    assert totals(team=team_b)["won_count"] == 1


def test_a_late_change_of_team_moves_its_days(sell, seller, team_a, team_b):
    sell(seller, DAY)
    do_night_of(DAY)
    join_team(seller, team_b, DAY)
    do_night_of(DAY + timedelta(days=1))

    assert totals(team=team_a) == {}
    assert totals(team=team_b)["won_count"] == 1


def test_a_deal_in_the_bin_does_not_count_until_it_is_restored(sell, seller, stages, head):
    deal = sell(seller, DAY, to=stages.lost)
    do_night_of(DAY)
    with at_work(DAY + timedelta(days=1)):
        archive_deal(deal, by=head)
    do_night_of(DAY + timedelta(days=1))
    assert totals() == {}

    with at_work(DAY + timedelta(days=2)):
        restore_deal(deal, by=head)
    do_night_of(DAY + timedelta(days=2))
    assert totals()["lost_count"] == 1


def test_activities_count_by_kind_and_a_reversed_one_never_happened(sell, seller, stages):
    deal = sell(seller, DAY, to=stages.quote)
    with at_work(DAY, 16):
        log_activity(by=seller, kind="call", deal=deal, duration_minutes=7)
        wrong = log_activity(by=seller, kind="meeting", deal=deal)
    do_night_of(DAY)
    fact = ActivityFact.objects.get(day=DAY)
    assert (fact.calls, fact.meetings, fact.minutes) == (1, 1, 7)

    with at_work(DAY + timedelta(days=1)):
        reverse_activity(wrong, by=seller)
    do_night_of(DAY + timedelta(days=1))
    fact = ActivityFact.objects.get(day=DAY)
    assert (fact.calls, fact.meetings) == (1, 0)
    assert not ActivityFact.objects.filter(day=DAY + timedelta(days=1)).exists()


def test_payments_count_on_their_day_for_the_owner(sell, seller):
    deal = sell(seller, DAY, "100000.00")
    line = ScheduleLineFactory(deal=deal, amount=Decimal("60000.00"), due_on=DAY)
    receipt = ReceiptFactory(client=deal.client, amount=Decimal("60000.00"), received_on=DAY)
    receipt.allocations.create(
        line=line, amount=60000, amount_base=60000, owner=seller, happened_on=DAY
    )
    do_night_of(DAY)

    fact = PaymentFact.objects.get()
    assert (fact.day, fact.user_id, fact.received_count) == (DAY, seller.pk, 1)
    assert fact.received_amount == Decimal("60000.00")


def test_tasks_count_by_deadline_and_by_end(seller, lead):
    with at_work(DAY, 18):
        TaskFactory(author=lead, assignee=seller, due_at="2026-03-17T15:00+03:00")
        TaskFactory(
            author=lead,
            assignee=seller,
            due_at="2026-03-17T23:30+03:00",
            done_at="2026-03-16T10:00+03:00",
        )
    do_night_of(DAY)

    due = TaskFact.objects.get(day=DAY)
    assert (due.due_count, due.on_time_count, due.done_count) == (2, 1, 0)
    assert TaskFact.objects.get(day=date(2026, 3, 16)).done_count == 1


def test_a_late_event_recounts_only_its_days(sell, seller, stages):
    deal = sell(seller, DAY, to=stages.quote, opened=date(2026, 3, 3))
    do_night_of(DAY)
    DealFact.objects.create(
        day=date(2026, 3, 5), user=seller, pipeline=stages.pipeline, won_count=99
    )
    with at_work(DAY + timedelta(days=1)):
        move_deal(deal, to=stages.lost, by=seller, on=date(2026, 3, 12), reason=first_reason())
    run = do_night_of(DAY + timedelta(days=1))

    assert run.dirty_days == ["2026-03-12", "2026-03-18"]
    assert totals(day=date(2026, 3, 12))["lost_count"] == 1
    # The mark on an untouched day shows that nobody has been there.
    assert totals(day=date(2026, 3, 5))["won_count"] == 99


def test_a_rebuild_counts_everything(sell, seller, stages):
    sell(seller, DAY)
    do_night_of(DAY)
    DealFact.objects.create(
        day=date(2026, 3, 5), user=seller, pipeline=stages.pipeline, won_count=99
    )
    run = do_night_of(DAY, rebuild=True)

    assert run.dirty_days is None
    assert not DealFact.objects.filter(day=date(2026, 3, 5)).exists()
    assert totals()["won_count"] == 1


def test_repeating_a_night_changes_nothing(sell, seller):
    sell(seller, DAY)
    do_night_of(DAY)
    before = list(DealFact.objects.values_list("day", "user", "won_amount"))
    do_night_of(DAY)

    assert list(DealFact.objects.values_list("day", "user", "won_amount")) == before
    assert StockFact.objects.filter(day=DAY, user=seller).count() <= 1
    assert not NightStep.objects.filter(finished_at=None).exists()


def test_a_talk_typed_and_measured_counts_once(sell, seller):
    deal = sell(seller, DAY, "1000.00", opened=DAY)
    with at_work(DAY):
        typed = log_activity(by=seller, kind="call", deal=deal)
        party = Party(deal.client_id)
        record_measured([Measured("call:1", "call", seller.pk, party, typed.happened_at)])
    do_night_of(DAY)
    assert sum(ActivityFact.objects.filter(user=seller).values_list("calls", flat=True)) == 1

    with at_work(DAY + timedelta(days=1)):
        reverse_activity(typed, by=seller)
    do_night_of(DAY + timedelta(days=1))
    assert sum(ActivityFact.objects.filter(user=seller).values_list("calls", flat=True)) == 1


def test_the_bin_takes_no_money_back_twice(sell, seller, stages, head):
    """Won, lost and binned: the sum and its correction both stay, or neither would be right in a month
    that was closed between them. The deal itself was neither created nor lost."""
    deal = sell(seller, date(2026, 3, 2), "1000.00")
    sell.move(deal, stages.lost, date(2026, 3, 10))
    do_night_of(date(2026, 3, 11))
    with at_work(date(2026, 3, 12)):
        deal.refresh_from_db()
        archive_deal(deal, by=head)
    do_night_of(date(2026, 3, 12))

    rows = DealFact.objects.order_by("day")
    counted = ("won_amount", "adjusted_amount", "won_count", "created_count", "lost_count")
    assert list(rows.values_list("day", *counted)) == [
        (date(2026, 3, 2), 1000, 0, 1, 0, 0),
        (date(2026, 3, 10), 0, -1000, -1, 0, 0),
    ]
    assert rows.aggregate(days=Sum("cycle_days"))["days"] == 0
