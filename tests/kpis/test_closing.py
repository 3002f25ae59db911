"""Which months are closed, who closes them, and how one is opened again."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction

from apps.core.periods import Period
from apps.kpis.actions.months import ask_reopening, close_month, decide_reopening
from apps.kpis.actions.nights import start_night
from apps.kpis.closing import closed_months, first_open_day, is_closed
from apps.kpis.models import ClosedMonth, MonthEvent, ReopenRequest
from apps.kpis.night.chain import prepare
from tests.factories.kpis import do_night_of
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def counted(sell, seller):
    """A deal of March, whose last night is published; the clock stands on 2 April."""
    deal = sell(seller, date(2026, 3, 17), "100000.00")
    do_night_of(date(2026, 3, 31))
    with at_work(date(2026, 4, 2)):
        yield deal


def test_an_open_month_has_no_row(counted):
    assert not is_closed(MARCH)
    assert closed_months() == set()
    assert first_open_day(date(2026, 3, 17)) == date(2026, 3, 17)


def test_the_head_closes_a_month(counted, head):
    closed = close_month(MARCH, by=head, note="Сверено с бухгалтерией")

    assert (closed.month, closed.closed_by, closed.note) == (MARCH, head, "Сверено с бухгалтерией")
    assert is_closed(date(2026, 3, 31))
    assert not is_closed(APRIL)
    assert closed_months(Period(MARCH, APRIL)) == {MARCH}
    assert closed_months(Period(FEBRUARY, MARCH)) == set()
    assert first_open_day(date(2026, 3, 17)) == APRIL
    event = MonthEvent.objects.get()
    assert (event.month, event.change, event.author) == (MARCH, "closed", head)
    assert event.marks["moves"] == counted.moves.last().pk


def test_a_repeat_changes_nothing(counted, head):
    first = close_month(MARCH, by=head)

    assert close_month(MARCH, by=head) == first
    assert MonthEvent.objects.count() == 1


def test_open_months_before_it_close_with_it(sell, counted, seller, head):
    sell(seller, date(2026, 1, 20), "50000.00", late=True)
    do_night_of(date(2026, 3, 31), rebuild=True)
    close_month(MARCH, by=head)

    assert closed_months() == {date(2026, 1, 1), FEBRUARY, MARCH}
    assert first_open_day(date(2026, 1, 5)) == APRIL


@pytest.mark.parametrize("who", ["seller", "lead", "director", "hr", "admin"])
def test_only_a_head_closes(counted, request, who):
    with pytest.raises(PermissionDenied):
        close_month(MARCH, by=request.getfixturevalue(who))

    assert not ClosedMonth.objects.exists()


def refused(head, month):
    with pytest.raises(ValidationError) as refusal:
        close_month(month, by=head)
    assert not ClosedMonth.objects.exists()
    return refusal.value.code


def test_a_month_is_closed_after_its_last_night(sell, seller, head):
    sell(seller, date(2026, 3, 17))
    do_night_of(date(2026, 3, 30))
    with at_work(date(2026, 4, 1)):
        assert refused(head, MARCH) == "not_counted"
        assert refused(head, APRIL) == "not_over"
        assert refused(head, date(2026, 5, 1)) == "not_over"


def test_a_month_is_not_closed_while_a_night_reads(counted, head):
    with time_machine.travel("2026-04-02T03:00+03:00", tick=False):
        run = start_night(day=date(2026, 4, 1), in_background=True)
        prepare(run)

        assert refused(head, MARCH) == "night_runs"


def test_a_night_that_has_not_begun_to_read_finds_the_month_closed(counted, head):
    run = start_night(day=date(2026, 4, 1), in_background=True)
    close_month(MARCH, by=head)
    prepare(run)

    assert run.frozen_months == ["2026-03-01"]


def test_the_director_opens_it_again(counted, head, director):
    close_month(MARCH, by=head)
    request = ask_reopening(MARCH, by=head, reason="Забыли договор")
    assert ask_reopening(MARCH, by=head, reason="Ещё раз") == request
    decide_reopening(request, by=director, approve=True)

    assert not is_closed(MARCH)
    event = MonthEvent.objects.get(change="reopened")
    assert (event.author, event.approved_by, event.reason) == (head, director, "Забыли договор")
    assert decide_reopening(request, by=director, approve=True).is_approved
    assert MonthEvent.objects.count() == 2


def test_a_refusal_leaves_it_closed(counted, head, director):
    close_month(MARCH, by=head)
    request = ask_reopening(MARCH, by=head, reason="Забыли договор")
    decide_reopening(request, by=director, approve=False)

    assert is_closed(MARCH)
    with pytest.raises(ValidationError) as refusal:
        decide_reopening(request, by=director, approve=True)
    assert refusal.value.code == "decided"
    assert is_closed(MARCH)


@pytest.mark.parametrize("who", ["seller", "lead", "head", "hr", "admin"])
def test_only_a_director_opens_it(counted, head, request, who):
    close_month(MARCH, by=head)
    asked = ask_reopening(MARCH, by=head, reason="Забыли договор")
    with pytest.raises(PermissionDenied):
        decide_reopening(asked, by=request.getfixturevalue(who), approve=True)

    assert is_closed(MARCH)


def test_asking_needs_a_reason_and_a_closed_month(counted, head):
    with pytest.raises(ValidationError) as refusal:
        ask_reopening(MARCH, by=head, reason="Забыли договор")
    assert refusal.value.code == "not_closed"
    close_month(MARCH, by=head)
    with pytest.raises(ValidationError) as refusal:
        ask_reopening(MARCH, by=head, reason="  ")
    assert refusal.value.error_dict["reason"][0].code == "reason_needed"
    assert not ReopenRequest.objects.exists()


def test_nobody_decides_his_own_request(counted, head, director):
    close_month(MARCH, by=head)
    own = ReopenRequest.objects.create(month=MARCH, asked_by=director, reason="Сам")
    with pytest.raises(ValidationError) as refusal:
        decide_reopening(own, by=director, approve=True)

    assert refusal.value.code == "own_request"
    assert is_closed(MARCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReopenRequest.objects.filter(pk=own.pk).update(
            decided_by=director, decided_at="2026-04-02T09:00Z", is_approved=True
        )


def test_the_log_is_never_rewritten(counted, head):
    close_month(MARCH, by=head)
    with pytest.raises(InternalError), transaction.atomic():
        MonthEvent.objects.update(reason="другое")
    with pytest.raises(InternalError), transaction.atomic():
        MonthEvent.objects.all().delete()
