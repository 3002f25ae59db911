"""The step "effects": whom it compares, when it speaks, that it speaks once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, transaction

from apps.kpis.models import DealFact, DecisionEffect, EffectPerson
from apps.kpis.night.effects import store_effects
from apps.staff.models import Membership, Position
from tests.factories.deals import staged_pipeline
from tests.factories.decisions import DecisionFactory, weekly_facts
from tests.factories.kpis import do_night_of
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

START = date(2026, 3, 16)
BEFORE, AFTER = START - timedelta(weeks=6), START + timedelta(weeks=1)
LAST_DAY = AFTER + timedelta(weeks=6, days=-1)
TREATED, PEERS = (100, 110, 90), (100, 105, 95, 110, 90)


@pytest.fixture
def pipeline(db):
    return staged_pipeline()


def people(team, count, **fields):
    return [UserFactory(team=team, **fields) for _ in range(count)]


def sell_weekly(pipeline, users, before, gain, **counts):
    """Each of `users` sold for his `before` a week, then for `gain` more."""
    facts = []
    for user, level in zip(users, before, strict=True):
        facts += weekly_facts(pipeline, user, BEFORE, 6, won_amount=level, **counts)
        facts += weekly_facts(pipeline, user, AFTER, 6, won_amount=level + gain, **counts)
    DealFact.objects.bulk_create(facts)


@pytest.fixture
def department_of_eight(pipeline, team_a, team_b):
    """Three to be meant by a decision, who gain 20 a week, and five peers, who gain 5."""
    treated, peers = people(team_a, 3), people(team_b, 5)
    sell_weekly(pipeline, treated, TREATED, 20)
    sell_weekly(pipeline, peers, PEERS, 5)
    return treated, peers


def test_the_worked_example_of_the_formulas(department_of_eight):
    treated, peers = department_of_eight
    decision = DecisionFactory(people=treated)

    assert store_effects(LAST_DAY) == 1

    row = decision.effects.get()
    assert (row.state, row.verdict, row.as_of) == ("finished", "better", LAST_DAY)
    assert (row.treated_before, row.treated_after) == (100, 120)
    assert (row.peers_before, row.peers_after) == (100, 105)
    assert (row.low, row.effect, row.high) == (15, 15, 15)
    assert (row.treated_count, row.peers_count, row.left_out_count) == (3, 5, 0)
    assert set(row.people.filter(is_treated=True).values_list("user", flat=True)) == {
        one.pk for one in treated
    }
    assert set(row.people.filter(is_treated=False).values_list("user", flat=True)) == {
        one.pk for one in peers
    }
    assert sum(one.after_top for one in row.people.filter(is_treated=True)) == Decimal(2160)


def test_before_the_weeks_are_over_it_is_measured_only(department_of_eight):
    decision = DecisionFactory(people=department_of_eight[0])
    store_effects(LAST_DAY - timedelta(days=2))
    store_effects(LAST_DAY - timedelta(days=1))

    row = decision.effects.get()
    assert (row.state, row.verdict, row.effect) == ("measuring", "", None)
    assert row.as_of == LAST_DAY - timedelta(days=1)
    assert not row.people.exists()

    store_effects(LAST_DAY)
    row.refresh_from_db()
    assert (row.state, row.effect) == ("finished", 15)


def test_nothing_is_written_before_it_begins_or_without_a_metric(department_of_eight):
    DecisionFactory(people=department_of_eight[0], starts_on=LAST_DAY + timedelta(days=1))
    DecisionFactory(people=department_of_eight[0], metric="")
    DecisionFactory(people=department_of_eight[0], metric="unheard_of")
    assert store_effects(LAST_DAY) == 0
    assert not DecisionEffect.objects.exists()


def test_a_finished_measurement_never_changes(department_of_eight, pipeline):
    treated, _peers = department_of_eight
    decision = DecisionFactory(people=treated)
    store_effects(LAST_DAY)
    row = decision.effects.get()

    # A late fact of the window, and the night of the next day.
    DealFact.objects.bulk_create(weekly_facts(pipeline, treated[0], AFTER, 1, won_amount=9000))
    assert store_effects(LAST_DAY + timedelta(days=1)) == 0
    with pytest.raises(InternalError), transaction.atomic():
        DecisionEffect.objects.update(effect=1, high=20)
    with pytest.raises(InternalError), transaction.atomic():
        DecisionEffect.objects.filter(pk=row.pk)._raw_delete("default")
    with pytest.raises(InternalError), transaction.atomic():
        EffectPerson.objects.update(after_top=0)

    again = decision.effects.get()
    assert (again.effect, again.as_of) == (15, LAST_DAY)


def test_peers_are_of_the_same_position_and_time_here(department_of_eight, pipeline, team_b):
    treated, peers = department_of_eight
    other = Position.objects.create(name="Менеджер по ключевым")
    Membership.objects.filter(user=peers[0]).delete()
    Membership.objects.create(
        user=peers[0], node=team_b, position=other, started_on=date(2020, 1, 1)
    )
    newcomer = UserFactory(team=team_b, hired_on=START - timedelta(days=60))
    sell_weekly(pipeline, [newcomer], [100], 500)
    decision = DecisionFactory(people=treated)
    store_effects(LAST_DAY)

    row = decision.effects.get()
    assert row.verdict == "few_peers"
    compared = set(row.people.filter(is_treated=False).values_list("user", flat=True))
    assert compared == {one.pk for one in peers[1:]}


def test_who_is_meant_by_such_a_decision_is_no_peer(department_of_eight):
    treated, peers = department_of_eight
    decision = DecisionFactory(people=treated)
    DecisionFactory(people=[peers[0]], starts_on=START + timedelta(weeks=2))
    DecisionFactory(people=[peers[1]], kind="handover", starts_on=START)
    DecisionFactory(people=[peers[2]], starts_on=START - timedelta(weeks=30))
    store_effects(LAST_DAY)
    compared = set(decision.effects.get().people.values_list("user", flat=True))
    assert peers[0].pk not in compared
    assert {peers[1].pk, peers[2].pk} <= compared


def test_other_decisions_about_the_same_people_are_told(department_of_eight):
    treated, _peers = department_of_eight
    decision = DecisionFactory(people=treated)
    DecisionFactory(people=[treated[0]], kind="handover", starts_on=START + timedelta(weeks=1))
    store_effects(LAST_DAY)
    assert decision.effects.get().also_decided_count == 1


def test_who_came_or_left_meanwhile_is_left_out(department_of_eight):
    treated, _peers = department_of_eight
    treated[0].dismissed_on = AFTER
    treated[0].save()
    decision = DecisionFactory(people=treated)
    store_effects(LAST_DAY)
    row = decision.effects.get()
    assert (row.verdict, row.treated_count, row.left_out_count) == ("few_people", 2, 1)
    assert row.effect is None


def test_a_rate_of_few_cases_says_so(pipeline, team_a, team_b):
    treated, peers = people(team_a, 3), people(team_b, 5)
    sell_weekly(pipeline, peers, [0] * 5, 0, won_count=1, lost_count=1)
    DealFact.objects.bulk_create(
        weekly_facts(pipeline, treated[0], BEFORE, 4, won_count=1, lost_count=1)
        + weekly_facts(pipeline, treated[0], AFTER, 6, won_count=1, lost_count=1)
    )
    decision = DecisionFactory(people=treated, metric="win_rate")
    store_effects(LAST_DAY)
    assert decision.effects.get().verdict == "few_cases"


def test_windows_are_read_once_whatever_the_number_of_people(
    department_of_eight, pipeline, team_b, django_assert_num_queries
):
    treated, _peers = department_of_eight
    DecisionFactory(people=treated)
    DecisionFactory(people=treated[:2], kind="handover")
    sell_weekly(pipeline, people(team_b, 20), [100] * 20, 5)
    # Decisions, sellers, places, decisions near, people meant, two windows, rows, keys, people.
    with django_assert_num_queries(10):
        assert store_effects(LAST_DAY) == 2


def test_the_night_does_it(department_of_eight):
    decision = DecisionFactory(people=department_of_eight[0], starts_on=date(2026, 3, 10))
    run = do_night_of(date(2026, 3, 17))
    assert run.steps.get(code="effects").rows == 1
    assert decision.effects.get().state == "measuring"
