"""Two people at once: a distribution is applied once, a client goes to one, leads alternate."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from apps.clients.models import Client, OwnerChange
from apps.core.models import Decision, Notification
from apps.deals.lead_owners import Lead
from apps.portfolio.actions.applying import apply_distribution, undo_distribution
from apps.portfolio.actions.distribution import keep, propose, set_mode, start_again
from apps.portfolio.actions.handover import hand_over
from apps.portfolio.actions.leads import by_the_rules
from apps.portfolio.actions.proposing import counted, silent
from apps.portfolio.models import Distribution, Handover, LeadAssignment, LeadRule
from tests.factories.deals import DealFactory, staged_pipeline
from tests.factories.distribution import base_of, certify, proposal

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def at_once(work, count=AT_ONCE):
    """Answers, or refusals, of `count` threads that begin together."""
    ready = Barrier(count)

    def do(number):
        try:
            ready.wait(timeout=20)
            return work(number)
        except ValidationError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(do, range(count)))


@pytest.fixture
def base(seller, teammate, lead, head):
    certify(seller, teammate)
    return base_of(seller, 12)


def test_a_distribution_is_applied_and_taken_back_once(head, team_a, base, seller, teammate):
    made = proposal(head, team_a)
    moves = made.moves.count()

    def apply(_number):
        return apply_distribution(Distribution.objects.get(pk=made.pk), by=head).state

    assert at_once(apply) == ["applied"] * AT_ONCE
    assert OwnerChange.objects.count() == moves
    assert Client.objects.filter(owner=teammate).count() == moves
    assert Decision.objects.count() == 1
    assert Notification.objects.filter(user=teammate).count() == 1

    def undo(_number):
        return undo_distribution(Distribution.objects.get(pk=made.pk), by=head).state

    assert at_once(undo) == ["undone"] * AT_ONCE
    assert OwnerChange.objects.count() == 2 * moves
    assert Client.objects.filter(owner=seller).count() == 12


def test_two_distributions_give_each_client_away_once(head, lead, team_a, base, teammate):
    first, second = proposal(head, team_a), proposal(lead, team_a)
    both = ((first, head), (second, lead))

    at_once(lambda number: apply_distribution(both[number][0], by=both[number][1]).state, 2)

    states = Counter(first.moves.values_list("state", flat=True))
    states += Counter(second.moves.values_list("state", flat=True))
    assert states["applied"] == states["skipped"] == first.moves.count()
    assert OwnerChange.objects.count() == first.moves.count()


def test_a_base_is_handed_over_once(head, base, seller, teammate):
    def hand(_number):
        return hand_over(giver=seller, receiver=teammate, by=head, cause="leave")

    answers = at_once(hand)

    assert sum(isinstance(one, Handover) for one in answers) == 1
    assert Handover.objects.count() == 1
    assert OwnerChange.objects.count() == 12


def test_leads_that_come_at_once_go_to_different_people(head, team_a, base):
    LeadRule.objects.create(name="Всем", node=team_a)
    pipeline = staged_pipeline(is_default=True)

    def take(_number):
        with transaction.atomic():
            choice = by_the_rules(Lead("Заявка", pipeline))
            choice.keep(DealFactory(owner=choice.person, pipeline=pipeline))
            return choice.person.pk

    given = Counter(at_once(take))

    assert sorted(given.values()) == [2, 2]
    assert LeadAssignment.objects.count() == AT_ONCE


def test_what_was_counted_before_a_change_is_dropped(head, team_a, base, seller):
    made = proposal(head, team_a)
    old = Distribution.objects.get(pk=made.pk)
    late = counted(old, silent)

    set_mode(made, person=seller, mode="pinned", by=head)

    assert keep(old, late).state == "counting"
    made.refresh_from_db()
    assert propose(made).moves.count() == 0


def test_counting_again_while_it_is_counted_is_a_job_of_its_own(head, team_a, base):
    made = proposal(head, team_a, most_moved=Decimal("0.5"))
    first = start_again(made, by=head).job_id

    assert start_again(made, by=head).job_id != first
