"""What is open, owed and refused: a night that reads again what was touched finds what all would."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.deals.actions import (
    archive_deal,
    assign_deal,
    change_deal,
    create_deal,
    log_activity,
    move_deal,
    plan_next_step,
    record_receipt,
    reverse_receipt,
)
from apps.deals.models import Deal, Receipt, ScheduleLine
from apps.kpis.models import NightStep, OpenDeal, OpenDebt, RefusalFact
from apps.kpis.night.present import CODE, store_present
from tests.factories.clients import ClientFactory
from tests.factories.deals import RefusalReasonFactory, ScheduleLineFactory
from tests.factories.kpis import age_histories, do_night_of, morning_after
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 17)
NEXT = DAY + timedelta(days=1)


def rows():
    """All that is kept, without the numbers that rows get by themselves."""
    refusals = RefusalFact.objects.order_by("day", "user", "reason")
    return {
        "open": list(OpenDeal.objects.order_by("pk").values_list()),
        "owed": list(OpenDebt.objects.order_by("pk").values_list()),
        "refused": list(refusals.values_list("day", "user", "reason", "count", "amount")),
    }


def store_everything(day=NEXT):
    store_present(day, since=None)
    return rows()


@pytest.fixture
def deals(sell, stages, seller, teammate, head):
    """Open, lost by two people, long ago too, and won: one paid in part, one not at all."""
    deals = {
        "open": sell(seller, date(2026, 3, 10), to=stages.contract),
        "quiet": sell(teammate, date(2026, 3, 11), to=stages.quote),
        "lost": sell(seller, date(2026, 3, 12), "50000", to=stages.lost),
        "also lost": sell(teammate, date(2026, 3, 12), "70000", to=stages.lost),
        "lost long ago": sell(seller, date(2025, 12, 17), "10000", to=stages.lost),
        "won": sell(seller, date(2026, 3, 13), "90000"),
        "owing": sell(teammate, date(2026, 3, 16), "120000"),
    }
    for code in ("won", "owing"):
        for day in (date(2026, 3, 16), date(2026, 4, 16)):
            half = deals[code].amount / 2
            ScheduleLineFactory(deal=deals[code], due_on=day, amount=half)
    with at_work(DAY):
        pay(deals["won"], head, 5000)
    return deals


def pay(deal, by, amount):
    line = ScheduleLine.objects.filter(deal=deal).order_by("due_on")[0]
    record_receipt(
        by=by, client=deal.client, amount=D(amount), currency="RUB", received_on=DAY,
        parts=[(line, D(amount))],
    )  # fmt: skip


@pytest.fixture
def night(deals):
    age_histories(DAY)
    return do_night_of(DAY)


def opened(deals, seller, stages, **_people):
    create_deal(
        by=seller, title="Новая", pipeline=stages.pipeline, owner=seller,
        client=ClientFactory(owner=seller), amount=D(7000), expected_close_on=NEXT,
    )  # fmt: skip


def moved(deals, seller, stages, **_people):
    move_deal(deals["quiet"], to=stages.contract, by=deals["quiet"].owner)


def lost(deals, seller, stages, reason, **_people):
    move_deal(deals["open"], to=stages.lost, by=seller, reason=reason)


def won(deals, seller, stages, **_people):
    move_deal(deals["open"], to=stages.won, by=seller)
    ScheduleLineFactory(deal=deals["open"], due_on=NEXT, amount=D(100_000))


def reopened_loss(deals, head, stages, **_people):
    move_deal(deals["lost"], to=stages.contract, by=head)


def reopened_win(deals, head, stages, **_people):
    move_deal(deals["owing"], to=stages.contract, by=head)


def other_reason(deals, **_people):
    Deal.objects.filter(pk=deals["lost"].pk).update(refusal_reason=RefusalReasonFactory())


def other_day_of_loss(deals, **_people):
    Deal.objects.filter(pk=deals["lost"].pk).update(closed_on=DAY)


def loss_in_the_bin(deals, head, **_people):
    archive_deal(deals["also lost"], by=head)


def open_in_the_bin(deals, head, **_people):
    archive_deal(deals["open"], by=head)


def new_amount(deals, head, **_people):
    change_deal(deals["open"], by=head, amount=D(1))


def no_client(deals, **_people):
    Deal.objects.filter(pk=deals["open"].pk).update(client=None)


def step_planned(deals, seller, **_people):
    at = morning_after(NEXT + timedelta(days=2))
    plan_next_step(deals["open"], by=seller, next_step="Позвонить", next_step_at=at)


def spoken(deals, seller, **_people):
    log_activity(by=seller, kind="call", deal=deals["open"], text="Говорили", outcome="agreed")


def handed_over(deals, head, teammate, **_people):
    assign_deal(deals["open"], to=teammate, by=head)
    assign_deal(deals["won"], to=teammate, by=head)


def paid(deals, head, **_people):
    pay(deals["owing"], head, 60_000)


def money_back(deals, head, **_people):
    reverse_receipt(Receipt.objects.get(), by=head, reason="Ошибка")


def other_rate(deals, **_people):
    Deal.objects.filter(pk=deals["owing"].pk).update(amount_base=D(240_000))


def payment_moved(deals, **_people):
    ScheduleLine.objects.filter(deal=deals["owing"]).update(due_on=NEXT)


def payment_dropped(deals, **_people):
    ScheduleLine.objects.filter(deal=deals["owing"], due_on=date(2026, 4, 16)).delete()


EVENTS = [
    opened, moved, lost, won, reopened_loss, reopened_win, other_reason, other_day_of_loss,
    loss_in_the_bin, open_in_the_bin, new_amount, no_client, step_planned, spoken, handed_over,
    paid, money_back, other_rate, payment_moved, payment_dropped,
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_what_was_touched_is_found_by_the_next_night(
    night, deals, event, seller, teammate, head, stages, reason
):
    before = rows()
    people = {"seller": seller, "teammate": teammate, "head": head, "reason": reason}
    with at_work(NEXT):
        for deal in deals.values():
            deal.refresh_from_db()
        event(deals=deals, stages=stages, **people)
    quiet = do_night_of(NEXT)
    found = rows()

    assert quiet.dirty_days is not None
    assert found != before
    assert found == store_everything()


def test_the_first_night_finds_what_stands_there(night, deals, seller, teammate, reason):
    found = rows()

    assert [row[0] for row in found["open"]] == [deals["open"].pk, deals["quiet"].pk]
    # 45,000 less 5,000 paid, 45,000, and twice 60,000.
    assert sorted(row[-1] for row in found["owed"]) == [40_000, 45_000, 60_000, 60_000]
    day = date(2026, 3, 12)
    assert found["refused"] == [
        (day, seller.pk, reason.pk, 1, D(50_000)),
        (day, teammate.pk, reason.pk, 1, D(70_000)),
    ]


def test_a_quiet_night_reads_only_what_was_touched(night, deals, seller):
    """Were all read again, the wrong sum of the deal that nobody touched would be gone."""
    OpenDeal.objects.update(amount=1)
    with at_work(NEXT):
        spoken(deals, seller)
    do_night_of(NEXT)
    sums = dict(OpenDeal.objects.values_list("pk", "amount"))
    assert sums == {deals["open"].pk: 100_000, deals["quiet"].pk: 1}

    do_night_of(NEXT, rebuild=True)
    sums = dict(OpenDeal.objects.values_list("pk", "amount"))
    assert sums == {deals["open"].pk: 100_000, deals["quiet"].pk: 100_000}


def test_refusals_leave_after_ninety_days(night, deals, sell, seller, stages):
    edge = date(2025, 12, 18)  # the ninetieth day back from the 17th of March
    sell(seller, edge, "20000", to=stages.lost)
    assert edge in {row[0] for row in store_everything(DAY)["refused"]}
    age_histories(DAY)
    do_night_of(NEXT)

    assert {row[0] for row in rows()["refused"]} == {date(2026, 3, 12)}


def test_the_first_night_of_a_new_version_reads_everything(night, deals):
    """Its tables are empty, and no night before it has filled them."""
    known = rows()
    NightStep.objects.filter(code=CODE).delete()
    for model in (OpenDeal, OpenDebt, RefusalFact):
        model.objects.all().delete()
    quiet = do_night_of(NEXT)

    assert quiet.dirty_days is not None
    assert rows() == known
