"""Calls and the steps they lead to."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from apps.core.calendars import company_today
from apps.deals.actions import log_activity, plan_next_step, reverse_activity
from apps.deals.models import Activity
from tests.deals.test_deals import code_of, won
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tomorrow():
    return timezone.now() + timedelta(days=1)


def test_a_call_moves_the_clock_and_plans_the_next_step(deal, seller, tomorrow):
    activity = log_activity(
        by=seller,
        kind="call",
        deal=deal,
        outcome="agreed",
        next_step=" Договор ",
        next_step_at=tomorrow,
    )

    deal.refresh_from_db()
    assert (deal.next_step, deal.next_step_at) == ("Договор", tomorrow)
    assert deal.last_activity_at == activity.happened_at
    assert (activity.client, activity.user) == (deal.client, seller)
    assert activity.happened_on == company_today()
    # An edit that is open elsewhere holds none of these fields and is not stale.
    assert deal.version == 1


@pytest.mark.parametrize(("kind", "left"), [("call", ""), ("meeting", ""), ("note", "Позвонить")])
def test_contact_does_the_step_that_was_due_a_note_does_not(deal, seller, kind, left):
    plan_next_step(deal, by=seller, next_step="Позвонить", next_step_at=timezone.now())

    log_activity(by=seller, kind=kind, deal=deal)

    deal.refresh_from_db()
    assert deal.next_step == left


def test_a_step_of_a_later_day_stays(deal, seller, tomorrow):
    plan_next_step(deal, by=seller, next_step="Встреча", next_step_at=tomorrow)

    log_activity(by=seller, kind="call", deal=deal)

    deal.refresh_from_db()
    assert (deal.next_step, deal.next_step_at) == ("Встреча", tomorrow)


def test_an_older_record_does_not_turn_the_clock_back(deal, seller):
    """T68"""
    now = log_activity(by=seller, kind="call", deal=deal)
    log_activity(by=seller, kind="call", deal=deal, happened_at=timezone.now() - timedelta(days=3))

    deal.refresh_from_db()
    assert deal.last_activity_at == now.happened_at


@pytest.mark.parametrize(
    ("step", "has_day", "code"),
    [("Договор", False, "step_needs_when"), ("", True, "step_needs_text")],
)
def test_a_step_is_a_word_and_a_moment(deal, seller, tomorrow, step, has_day, code):
    with pytest.raises(ValidationError) as error:
        log_activity(
            by=seller,
            kind="call",
            deal=deal,
            next_step=step,
            next_step_at=tomorrow if has_day else None,
        )

    assert code_of(error) == code
    assert not Activity.objects.exists()


def test_nothing_is_logged_for_the_future(deal, seller, tomorrow):
    """T68"""
    with pytest.raises(ValidationError) as error:
        log_activity(by=seller, kind="call", deal=deal, happened_at=tomorrow)

    assert code_of(error) == "future"


def test_an_activity_is_about_something(seller):
    with pytest.raises(ValidationError) as error:
        log_activity(by=seller, kind="call")

    assert code_of(error) == "no_subject"


def test_a_call_to_a_client_without_a_deal(seller):
    client = ClientFactory(owner=seller)

    activity = log_activity(by=seller, kind="call", client=client, text="Познакомились")

    assert (activity.deal, activity.client) == (None, client)


def test_a_closed_deal_gets_no_next_step_but_may_be_called_about(deal, seller, stages, tomorrow):
    deal = won(deal, stages)

    with pytest.raises(ValidationError) as error:
        log_activity(by=seller, kind="call", deal=deal, next_step="Ещё", next_step_at=tomorrow)
    assert code_of(error) == "closed"
    assert log_activity(by=seller, kind="call", deal=deal).deal == deal


@pytest.mark.parametrize("role", ["colleague", "stranger", "director", "hr", "admin"])
def test_others_log_nothing_about_the_deal(deal, people, role, tomorrow):
    with pytest.raises(PermissionDenied):
        log_activity(by=people[role], kind="call", deal=deal)
    with pytest.raises(PermissionDenied):
        plan_next_step(deal, by=people[role], next_step="Звонок", next_step_at=tomorrow)

    deal.refresh_from_db()
    assert (deal.next_step, deal.last_activity_at) == ("", None)


def test_a_wrong_record_is_struck_out_once_and_the_clock_goes_back(deal, seller):
    right = log_activity(
        by=seller, kind="call", deal=deal, happened_at=timezone.now() - timedelta(days=3)
    )
    wrong = log_activity(by=seller, kind="call", deal=deal)

    reversal = reverse_activity(wrong, by=seller)
    again = reverse_activity(wrong, by=seller)

    assert (reversal, reversal.reversal_of) == (again, wrong)
    assert list(Activity.objects.standing()) == [right]
    deal.refresh_from_db()
    assert deal.last_activity_at == right.happened_at


def test_others_strike_nothing_out(deal, seller, colleague):
    activity = log_activity(by=seller, kind="call", deal=deal)

    with pytest.raises(PermissionDenied):
        reverse_activity(activity, by=colleague)

    assert list(Activity.objects.standing()) == [activity]
