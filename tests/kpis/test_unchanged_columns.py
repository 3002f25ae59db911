"""What a quiet night does not read again is the same as if it had, whatever came in late."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.clients.models import AnswerNorm
from apps.core.metrics import source_in, source_of
from apps.core.periods import month_of
from apps.deals.actions import (
    archive_deal,
    assign_deal,
    change_deal,
    create_deal,
    log_activity,
    move_deal,
    reverse_activity,
    set_splits,
)
from apps.deals.models import Activity, DealLine, TrustAtClose
from apps.kpis.models import DayColumns, MonthColumns, NightRun
from apps.kpis.night.unchanged import kept_of
from tests.factories.clients import ClientFactory
from tests.factories.deals import ProductFactory
from tests.factories.kpis import age_histories, do_night_of, morning_after
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 17)
NEXT = DAY + timedelta(days=1)
FEBRUARY = date(2026, 2, 1)
TELLING = ["lines", "orders", "records", "trust"]
BY_DAY = ["leads", "talks"]


@pytest.fixture
def client(seller):
    return ClientFactory(owner=seller)


@pytest.fixture
def deals(sell, stages, seller, teammate, client):
    """Two orders of one client, in February and in March, with products, talks and trust; a loss."""
    first = sell(seller, date(2026, 2, 10), "100000")
    second = sell(seller, date(2026, 3, 10), "150000", opened=date(2026, 3, 2))
    product = ProductFactory()
    for deal, price in ((first, "100"), (second, "90")):
        with at_work(deal.closed_on, 16):
            change_deal(deal, by=seller, client=client)
            DealLine.objects.create(
                deal=deal, product=product, quantity=D(2), list_price=D(100), sold_price=D(price),
                vat_rate=D("0.2"), cost=D(60),
            )  # fmt: skip
            log_activity(by=seller, kind="call", deal=deal, text="Говорили", outcome="agreed")
        deal.refresh_from_db()
        trust_in(deal)
    return first, second, sell(teammate, date(2026, 2, 12), "50000", to=stages.lost)


def trust_in(deal):
    TrustAtClose.objects.create(
        deal=deal,
        outcome="won",
        closed_on=deal.closed_on,
        closed_at=deal.stage_since,
        done=3,
        due=4,
    )


@pytest.fixture
def first(deals):
    return deals[0]


@pytest.fixture
def night(deals):
    age_histories(DAY)
    return do_night_of(DAY)


def kept():
    return list(
        MonthColumns.objects.order_by("month", "user").values_list("month", "user", "values")
    )


def next_night():
    return NightRun(day=NEXT, dirty_days=[])


def held(start):
    """The codes of the sources whose kept sums of the month the next night would not read again."""
    known = kept_of(next_night(), month_of(start))
    return [code for code in TELLING if known.holds(source_of(code))]


def late_call(first, seller, **_people):
    first.refresh_from_db()
    at = morning_after(date(2026, 2, 11)).replace(hour=11)
    log_activity(by=seller, kind="call", deal=first, text="Забыл", outcome="agreed", happened_at=at)


def struck_call(first, seller, **_people):
    reverse_activity(Activity.objects.filter(deal=first, kind="call").first(), by=seller)


def new_amount(first, head, **_people):
    change_deal(first, by=head, amount=D(120_000))


def other_client(first, seller, head, **_people):
    change_deal(first, by=head, client=ClientFactory(owner=seller))


def shared(first, head, seller, teammate, **_people):
    set_splits(first, by=head, shares={seller: D("0.5"), teammate: D("0.5")})


def new_price(first, **_people):
    first.lines.update(sold_price=D(80))


def thrown_away(lost, head, **_people):
    archive_deal(lost, by=head)


def handed_over(first, head, teammate, **_people):
    assign_deal(first, to=teammate, by=head)


def reopened(first, head, stages, **_people):
    move_deal(first, to=stages.contract, by=head, on=NEXT)


def won_again(first, head, stages, **_people):
    move_deal(first, to=stages.contract, by=head, on=NEXT)
    first.refresh_from_db()
    move_deal(first, to=stages.won, by=head, on=NEXT)


def nothing(**_people):
    pass


EVENTS = [
    late_call, struck_call, new_amount, other_client, shared, new_price, thrown_away, handed_over,
    reopened, won_again, nothing,
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_kept_sums_are_those_counted_anew(night, deals, event, seller, teammate, head, stages):
    before = kept()
    first, _second, lost = deals
    with at_work(NEXT):
        first.refresh_from_db()
        people = {"seller": seller, "teammate": teammate, "head": head}
        event(first=first, lost=lost, stages=stages, **people)
    quiet = do_night_of(NEXT)
    after_quiet = kept()
    do_night_of(NEXT, rebuild=True)

    assert quiet.dirty_days is not None
    assert told(after_quiet) == told(kept())
    assert after_quiet != before


def told(rows):
    """What the sources that tell of changes gave, by month and person."""
    return {
        (month, person): {
            name: text for name, text in values.items() if source_in(name) in (*TELLING, *BY_DAY)
        }
        for month, person, values in rows
    }


def test_sums_hold_while_nothing_has_changed(night):
    do_night_of(NEXT)

    assert held(FEBRUARY) == TELLING


def test_sums_hold_no_longer_once_something_has(night, first, seller):
    do_night_of(NEXT)
    with at_work(NEXT + timedelta(days=1)):
        late_call(first, seller)

    assert held(FEBRUARY) == ["records"]
    assert held(date(2026, 1, 1)) == TELLING


def test_what_does_not_tell_is_always_read_again(night):
    known = kept_of(next_night(), month_of(FEBRUARY))

    assert not known.holds(source_of("presence"))
    assert not known.holds(source_of("tasks"))


def test_a_rebuild_takes_nothing_for_granted(night):
    assert kept_of(NightRun(day=NEXT, dirty_days=None), month_of(FEBRUARY)) is None


def test_a_night_takes_nothing_from_itself_nor_from_one_that_was_not_published(night):
    night.dirty_days = []
    assert kept_of(night, month_of(FEBRUARY)) is None
    NightRun.objects.update(published_at=None, is_current=False)
    assert kept_of(next_night(), month_of(FEBRUARY)) is None


def test_a_night_of_an_earlier_day_takes_nothing_from_a_later_one(night):
    earlier = NightRun(day=DAY - timedelta(days=1), dirty_days=[])

    assert kept_of(earlier, month_of(FEBRUARY)) is None


# --- By day -------------------------------------------------------------------------------------


TENTH, TWELFTH = "2026-02-10", "2026-02-12"


def make_believe(source, day, sums):
    """Something else than the records say: a night that does not read the day again shows it."""
    row = DayColumns.objects.get(month=FEBRUARY, source=source)
    DayColumns.objects.filter(pk=row.pk).update(values=row.values | {day: sums})


def total(source, column):
    people = MonthColumns.objects.filter(month=FEBRUARY).values_list("values", flat=True)
    return sum(int(values.get(f"{source}.{column}", 0)) for values in people)


def test_only_touched_days_are_read_again(night, first, seller):
    make_believe("talks", TENTH, {str(seller.pk): {"talk_count": "70"}})
    make_believe("talks", TWELFTH, {str(seller.pk): {"talk_count": "500"}})
    with at_work(NEXT):
        late_call(first, seller)  # of the twelfth
    do_night_of(NEXT)

    assert total("talks", "talk_count") == 71


def test_a_day_without_anything_is_kept_as_well(night):
    assert DayColumns.objects.get(month=FEBRUARY, source="talks").values["2026-02-14"] == {}


@pytest.fixture
def lead(stages, seller):
    """Came on the tenth of February at ten, answered by nobody so far."""
    at = morning_after(date(2026, 2, 9)).replace(hour=10)
    with time_machine.travel(at, tick=False):
        deal = create_deal(
            by=seller, owner=seller, title="Заявка", pipeline=stages.pipeline, stage=stages.lead
        )
    age_histories(DAY)
    return deal


def test_an_answer_counts_on_the_day_the_lead_came(lead, night, seller):
    """The orders of the fixture came as leads too; one of February was answered."""
    assert (total("leads", "lead_count"), total("leads", "answered_count")) == (2, 1)
    with at_work(NEXT):
        log_activity(by=seller, kind="call", deal=lead, text="Ответили", outcome="agreed")
    do_night_of(NEXT)
    assert total("leads", "answered_count") == 2

    with at_work(NEXT + timedelta(days=1)):
        reverse_activity(Activity.objects.get(deal=lead, kind="call"), by=seller)
    do_night_of(NEXT + timedelta(days=1))
    assert total("leads", "answered_count") == 1


def test_another_norm_measures_all_days_again(lead, night):
    make_believe("leads", TENTH, {})
    do_night_of(NEXT)
    assert total("leads", "lead_count") == 0

    AnswerNorm.objects.create(pk=1, answer_minutes=5)
    do_night_of(NEXT + timedelta(days=1))
    assert total("leads", "lead_count") == 2
