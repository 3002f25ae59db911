"""What is recorded for a closed month counts on the first open day; its own rows keep their bytes."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from apps.deals.actions import (
    change_deal,
    create_deal,
    log_activity,
    move_deal,
    reverse_activity,
    set_splits,
)
from apps.deals.actions.payments import allocate_receipt, reverse_allocation
from apps.kpis.actions.months import ask_reopening, close_month, decide_reopening
from apps.kpis.actions.nights import fail_night, start_night
from apps.kpis.models import (
    ActivityFact,
    DealFact,
    LateEvent,
    LateShare,
    NightRun,
    PaymentFact,
    Snapshot,
    StageCohort,
)
from apps.kpis.night.chain import prepare
from apps.kpis.night.closures import closures, counting_day
from tests.factories.clients import ClientFactory
from tests.factories.deals import ReceiptFactory, ScheduleLineFactory
from tests.factories.kpis import MOSCOW, PlanLineFactory, PlanVersionFactory, do_night_of
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
DAY, LAST = date(2026, 3, 17), date(2026, 3, 31)
FACTS = ("dealfact", "paymentfact", "activityfact", "taskfact", "stockfact")


@pytest.fixture
def closed(sell, seller, head):
    """A deal of 100,000 won on 17 March; the month is closed on 2 April and written once more."""
    deal = sell(seller, DAY, "100000.00", opened=date(2026, 3, 3))
    do_night_of(LAST)
    with at_work(date(2026, 4, 2)):
        close_month(MARCH, by=head)
    do_night_of(date(2026, 4, 2))
    return deal


@pytest.fixture
def record(stages, closed):
    """record(owner, amount, day, to): a deal of that day that is typed in on 9 April only."""

    def make(owner, amount, day=DAY, *, to=None, reason=None, typed_on=date(2026, 4, 9)):
        with at_work(typed_on):
            deal = create_deal(
                by=owner,
                title="Сделка",
                pipeline=stages.pipeline,
                owner=owner,
                client=ClientFactory(owner=owner),
                amount=Decimal(amount),
                opened_on=day,
                expected_close_on=day,
            )
            return move_deal(deal, to=to or stages.won, by=owner, on=day, reason=reason)

    return make


def march():
    """Every byte that facts and the newest snapshots hold of the month."""
    found = {}
    with connection.cursor() as cursor:
        for fact in FACTS:
            cursor.execute(
                f"SELECT fact::text FROM kpis_{fact} fact WHERE day < '2026-04-01' ORDER BY id"
            )
            found[fact] = cursor.fetchall()
    published = Snapshot.objects.published().filter(period_start=MARCH).order_by("-run_id")
    newest = published.filter(run=published.first().run).order_by("scope_kind", "scope_id")
    found["snapshots"] = list(newest.values_list("run", "scope_kind", "scope_id", "payload"))
    return found


def sums(model, **filters):
    """What 1 April has of each measure that is not 0."""
    skipped = {"id", "day", "user", "team", "pipeline", "segment", "source"}
    names = [field.name for field in model._meta.fields if field.name not in skipped]
    rows = model.objects.filter(day=APRIL, **filters)
    found = rows.aggregate(**{name: Sum(name) for name in names})
    return {name: value for name, value in found.items() if value}


def night(day=date(2026, 4, 9), **options):
    return do_night_of(day, **options)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_deal_won_too_late_counts_on_the_first_open_day(record, seller, rebuild):
    before = march()
    deal = record(seller, "40000.00")
    night(rebuild=rebuild)

    assert march() == before
    assert sums(DealFact) == {
        "created_count": 1,
        "created_amount": Decimal("40000.00"),
        "won_count": 1,
        "adjusted_amount": Decimal("40000.00"),
    }
    booked = LateEvent.objects.get(amount__isnull=False)
    assert (booked.deal, booked.month, booked.counts_on) == (deal, MARCH, APRIL)
    night(date(2026, 4, 10), rebuild=rebuild)
    assert march() == before
    assert sums(DealFact)["adjusted_amount"] == Decimal("40000.00")


def test_a_lost_deal_stays_in_the_denominator(record, seller, stages, reason):
    before = march()
    record(seller, "7000.00", to=stages.lost, reason=reason)
    night()

    assert march() == before
    assert sums(DealFact) == {
        "created_count": 1,
        "created_amount": Decimal("7000.00"),
        "lost_count": 1,
        "lost_amount": Decimal("7000.00"),
    }


def test_what_was_recorded_before_the_closing_counts_in_the_month(sell, seller, head, stages):
    """Even if no night has seen it yet: closing counts it itself, in the same transaction."""
    deal = sell(seller, DAY, "100000.00", to=stages.quote)
    do_night_of(LAST)
    with at_work(date(2026, 4, 2)):
        move_deal(deal, to=stages.won, by=seller, on=DAY)
        close_month(MARCH, by=head)

    assert DealFact.objects.filter(day=DAY).aggregate(won=Sum("won_amount"))["won"] == 100000
    before = march()["dealfact"]
    do_night_of(date(2026, 4, 2))
    assert march()["dealfact"] == before
    assert not LateEvent.objects.exists()


def test_a_changed_amount_moves_no_money_into_the_closed_month(closed, head):
    before = march()
    with at_work(date(2026, 4, 9)):
        change_deal(closed, by=head, amount=Decimal("90000.00"))
    night()

    assert march() == before
    assert DealFact.objects.get(day=date(2026, 4, 9)).adjusted_amount == Decimal("-10000.00")


def test_changed_shares_move_money_on_the_first_open_day(closed, seller, teammate, head):
    before = march()
    with at_work(date(2026, 4, 9)):
        set_splits(closed, by=head, shares={seller: Decimal("0.7"), teammate: Decimal("0.3")})
    night()

    assert march() == before
    assert sums(DealFact, user=seller) == {"adjusted_amount": Decimal("-30000.00")}
    assert sums(DealFact, user=teammate) == {"adjusted_amount": Decimal("30000.00")}
    night(date(2026, 4, 10), rebuild=True)
    assert march() == before
    assert LateShare.objects.count() == 2

    with at_work(date(2026, 4, 11)):
        set_splits(closed, by=head, shares={})
    night(date(2026, 4, 11))
    assert sums(DealFact) == {}
    assert LateShare.objects.aggregate(sum=Sum("amount"))["sum"] == 0


def test_late_money_and_its_reversal(closed, seller):
    line = ScheduleLineFactory(deal=closed, amount=Decimal("60000.00"))
    before = march()
    with at_work(date(2026, 4, 9)):
        receipt = ReceiptFactory(client=closed.client, amount=Decimal("60000.00"), received_on=DAY)
        allocation = allocate_receipt(receipt, by=seller, line=line, amount=Decimal("60000.00"))
    night()

    assert march() == before
    assert sums(PaymentFact) == {"received_count": 1, "received_amount": Decimal("60000.00")}
    with at_work(date(2026, 4, 10)):
        reverse_allocation(allocation, by=seller, on=DAY)
    night(date(2026, 4, 10))
    assert march() == before
    assert sums(PaymentFact) == {}


def talk(closed, seller, typed_on, minutes=10):
    with at_work(typed_on):
        return log_activity(
            by=seller,
            kind="call",
            deal=closed,
            outcome="agreed",
            duration_minutes=minutes,
            happened_at=at_work_moment(DAY),
        )


def at_work_moment(day):
    return datetime.combine(day, time(11), MOSCOW)


def test_a_late_call_and_one_struck_out_too_late(sell, seller, head):
    deal = sell(seller, DAY, "100000.00")
    counted = talk(deal, seller, DAY, minutes=25)
    do_night_of(LAST)
    with at_work(date(2026, 4, 2)):
        close_month(MARCH, by=head)
    do_night_of(date(2026, 4, 2))
    before = march()

    talk(deal, seller, date(2026, 4, 9))
    night()
    assert march() == before
    assert sums(ActivityFact) == {"calls": 1, "minutes": 10}

    with at_work(date(2026, 4, 10)):
        reverse_activity(counted, by=seller)
    night(date(2026, 4, 10))
    assert march() == before
    assert sums(ActivityFact) == {"minutes": -15}
    night(date(2026, 4, 11), rebuild=True)
    assert march() == before
    assert sums(ActivityFact) == {"minutes": -15}


def test_a_rebuild_leaves_new_dimensions_out_of_a_closed_month(closed, seller, team_b, head):
    """The client's level, the team of those days, a deal put into the bin: nothing is rewritten."""
    before = march()
    with at_work(date(2026, 4, 9)):
        closed.client.level = "A"
        closed.client.save()
        seller.memberships.update(node=team_b)
    night(rebuild=True)

    assert march() == before


def test_a_plan_of_a_closed_month_does_not_rewrite_its_snapshots(closed, head):
    before = march()
    version = PlanVersionFactory(author=head)
    PlanLineFactory(version=version, node=head.team, month=MARCH)
    night()

    assert march() == before


def cohorts_of_march():
    rows = StageCohort.objects.filter(week__lt=date(2026, 3, 30))
    return set(rows.values_list("week", "user", "stage", "entered", "passed", "lost", "won_count"))


def test_a_late_entry_joins_the_cohort_of_the_day_it_was_booked(record, seller):
    before = cohorts_of_march()
    record(seller, "40000.00")
    night()

    assert cohorts_of_march() == before
    entered = StageCohort.objects.filter(week=date(2026, 3, 30), stage__kind="lead")
    assert entered.get().entered == 1


def test_the_next_closing_takes_what_was_late_for_the_one_before(record, seller, head):
    """Recorded in April for March, it is April's for ever: also when no night had seen it."""
    do_night_of(date(2026, 4, 30))
    record(seller, "40000.00", typed_on=date(2026, 5, 2))
    with at_work(date(2026, 5, 2), 13):
        close_month(APRIL, by=head)
    do_night_of(date(2026, 5, 2))
    assert sums(DealFact)["adjusted_amount"] == 40000

    record(seller, "5000.00", typed_on=date(2026, 5, 4))
    do_night_of(date(2026, 5, 4))
    assert sums(DealFact)["adjusted_amount"] == 40000
    assert DealFact.objects.get(day=date(2026, 5, 1)).adjusted_amount == 5000


def test_a_reopened_month_takes_new_events_and_what_was_booked_stays(
    record, seller, head, director
):
    record(seller, "40000.00")
    night()
    with at_work(date(2026, 4, 10)):
        request = ask_reopening(MARCH, by=head, reason="Забыли договор")
        decide_reopening(request, by=director, approve=True)
    record(seller, "3000.00", typed_on=date(2026, 4, 10))
    night(date(2026, 4, 10))

    assert sums(DealFact)["adjusted_amount"] == 40000
    assert DealFact.objects.filter(day=DAY).aggregate(won=Sum("won_amount"))["won"] == 103000
    with at_work(date(2026, 4, 11)):
        close_month(MARCH, by=head)
    do_night_of(date(2026, 4, 11))
    before = march()
    record(seller, "500.00", typed_on=date(2026, 4, 12))
    do_night_of(date(2026, 4, 12), rebuild=True)
    assert march() == before
    assert sums(DealFact)["adjusted_amount"] == 40500


def test_a_failed_run_begins_again_when_a_month_was_closed_meanwhile(sell, seller, head):
    sell(seller, DAY, "100000.00")
    do_night_of(LAST)
    with at_work(date(2026, 4, 2)):
        run = start_night(day=date(2026, 4, 1), in_background=False)
        prepare(run)
        facts = run.steps.create(code="facts", order=10, part="deals")
        fail_night(run)
        close_month(MARCH, by=head)
        NightRun.objects.filter(pk=run.pk).update(status="running")
        run.refresh_from_db()
        prepare(run)

    assert run.frozen_months == ["2026-03-01"]
    assert not run.steps.filter(pk=facts.pk).exists()
    run.refresh_from_db()
    assert run.frozen_months == ["2026-03-01"]
    assert not any(day < "2026-04-01" for day in run.dirty_days)


def test_numbers_decide_not_clocks(record, seller, closed):
    """Two rows of one second on both sides of the closing: the first is in time, the second late."""
    known = closures()
    mark = known[MARCH][0].since["moves"]

    assert counting_day(known, "moves", mark, DAY) is None
    assert counting_day(known, "moves", mark + 1, DAY) == APRIL
    assert counting_day(known, "moves", mark + 1, date(2026, 4, 3)) is None
