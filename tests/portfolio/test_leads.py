"""Leads go by the rules to people who may get them today; the clock runs in working minutes."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.core.calendars import company_today
from apps.core.models import Notification
from apps.portfolio.actions.leads import (
    archive_rule,
    assign_lead,
    next_owner_for,
    shift_rule,
)
from apps.portfolio.lead_speed import speeds
from apps.portfolio.models import LeadAssignment, LeadRule
from apps.staff.models import User
from tests.factories.clients import ClientFactory, SourceFactory
from tests.factories.deals import ActivityFactory, DealFactory, staged_pipeline
from tests.factories.distribution import certify
from tests.factories.staff import AbsenceFactory

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def pipeline(db):
    return staged_pipeline(is_default=True)


@pytest.fixture
def crew(seller, teammate, other_seller, lead, head):
    certify(seller, teammate, other_seller)
    return seller, teammate


def rule(node, **fields):
    fields = {"name": "Правило", "order": LeadRule.objects.count() + 1, **fields}
    return LeadRule.objects.create(node=node, **fields)


def lead_of(person, pipeline, **fields):
    return DealFactory(owner=person, pipeline=pipeline, **fields)


def test_leads_go_in_turn(crew, team_a, head, pipeline):
    seller, teammate = crew
    rule(team_a)

    given = [assign_lead(lead_of(head, pipeline)).owner for _ in range(4)]

    assert given == [seller, teammate, seller, teammate]


def test_the_deal_is_given_over_and_the_owner_told(crew, team_a, head, pipeline):
    deal = lead_of(head, pipeline, title="Заявка с сайта")
    rule(team_a)

    made = assign_lead(deal)
    again = assign_lead(deal)

    deal.refresh_from_db()
    assert deal.owner == made.owner == crew[0]
    assert again == made
    assert "Заявка с сайта" in Notification.objects.get(user=crew[0]).title


def test_whoever_creates_the_deal_may_ask_first(crew, team_a, head, pipeline):
    rule(team_a)
    choice = next_owner_for(city="Казань")

    made = assign_lead(lead_of(choice.person, pipeline), choice=choice)

    assert made.owner == choice.person == crew[0]


@pytest.mark.parametrize("trouble", ["uncertified", "away", "dismissed"])
def test_who_may_not_receive_gets_no_lead(crew, team_a, head, pipeline, trouble):
    seller, teammate = crew
    today = company_today()
    if trouble == "uncertified":
        User.objects.filter(pk=seller.pk).update(may_receive_clients=False)
    elif trouble == "away":
        AbsenceFactory(user=seller, starts_on=today, ends_on=today + timedelta(days=1))
    else:
        User.objects.filter(pk=seller.pk).update(dismissed_on=today)
    for method in ("round_robin", "least_load"):
        LeadRule.objects.all().update(archived_at="2026-11-01T00:00:00Z")
        rule(team_a, method=method)
        given = {assign_lead(lead_of(head, pipeline)).owner for _ in range(3)}
        assert given == {teammate}


def test_a_rule_without_anybody_leaves_the_lead_to_the_next_one_and_then_to_the_head(
    crew, team_a, team_b, other_seller, head, pipeline
):
    rule(team_a, name="Первое")
    second = rule(team_b, name="Второе")
    User.objects.filter(team=team_a).update(may_receive_clients=False)

    assert assign_lead(lead_of(head, pipeline)).rule == second

    User.objects.filter(pk=other_seller.pk).update(may_receive_clients=False)
    made = assign_lead(lead_of(other_seller, pipeline))
    assert (made.owner, made.rule) == (head, None)


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({"cities": ["казань "]}, True),
        ({"cities": ["Пермь"]}, False),
        ({"industries": ["Металлы"]}, True),
        ({"industries": ["Пищевая"]}, False),
        ({"level": "A"}, True),
        ({"level": "B"}, False),
        ({"least_amount": Decimal("100000")}, True),
        ({"least_amount": Decimal("100000.01")}, False),
        ({"cities": ["Казань"], "level": "B"}, False),
        ({"is_on": False}, False),
    ],
)
def test_conditions(crew, team_a, head, pipeline, conditions, fits):
    client = ClientFactory(city="Казань", industry="металлы", level="A", owner=head)
    made = rule(team_a, **conditions)

    given = assign_lead(lead_of(head, pipeline, client=client))

    assert given.rule == (made if fits else None)


def test_a_rule_of_a_source(crew, team_a, head, pipeline):
    site = SourceFactory()
    made = rule(team_a, source=site)

    assert assign_lead(lead_of(head, pipeline, source=site)).rule == made
    assert assign_lead(lead_of(head, pipeline, source=SourceFactory())).rule is None
    assert assign_lead(lead_of(head, pipeline)).rule is None


def test_the_least_loaded_gets_it(crew, team_a, head, pipeline):
    seller, teammate = crew
    DealFactory(owner=seller, pipeline=pipeline)
    rule(team_a, method="least_load")

    assert assign_lead(lead_of(head, pipeline)).owner == teammate


def test_only_an_open_lead_is_assigned(crew, team_a, head, pipeline):
    rule(team_a)
    deal = lead_of(head, pipeline, stage=pipeline.stages.get(name="КП"))

    assert assign_lead(deal) is None
    deal.refresh_from_db()
    assert deal.owner == head
    assert LeadAssignment.objects.count() == 0


def test_without_anybody_who_leads_the_lead_is_refused(seller, pipeline):
    with pytest.raises(ValidationError) as refusal:
        next_owner_for()

    assert refusal.value.code == "nobody"


def test_rules_change_places_and_go(crew, team_a, head, seller):
    first, second = rule(team_a, name="Первое"), rule(team_a, name="Второе")

    shift_rule(second, up=True, by=head)
    assert list(LeadRule.objects.in_force()) == [second, first]
    shift_rule(second, up=True, by=head)
    assert list(LeadRule.objects.in_force()) == [second, first]
    archive_rule(second, by=head)
    assert list(LeadRule.objects.in_force()) == [first]

    for refused in (
        lambda: shift_rule(first, up=False, by=seller),
        lambda: archive_rule(first, by=seller),
    ):
        with pytest.raises(PermissionDenied):
            refused()


def test_the_clock_counts_working_minutes_to_the_first_contact(crew, head, pipeline, team_a):
    """Assigned on a Friday at 17:30 (hours 9-17): the weekend does not count."""
    seller, teammate = crew
    friday = datetime(2026, 11, 20, 17, 30, tzinfo=MOSCOW)
    monday = datetime(2026, 11, 23, 9, 20, tzinfo=MOSCOW)
    answered, waiting, other = (lead_of(seller, pipeline) for _ in range(3))
    for deal, owner in ((answered, seller), (waiting, seller), (other, teammate)):
        LeadAssignment.objects.create(deal=deal, owner=owner, assigned_at=friday)
    ActivityFactory(deal=answered, kind="note", happened_at=friday + timedelta(minutes=1))
    ActivityFactory(deal=answered, happened_at=monday)
    ActivityFactory(deal=answered, happened_at=monday + timedelta(hours=5))

    total, people = speeds(head, now=monday + timedelta(minutes=20))

    rows = {one.person: one for one in people}
    assert rows[seller].minutes == [20]
    assert (rows[seller].p50, rows[seller].p90) == (20, None)
    assert (rows[seller].waiting, rows[seller].late) == (1, 1)
    assert (total.count, total.waiting, total.late) == (3, 2, 2)
    assert speeds(seller, now=monday)[0].count == 2


def test_ten_answers_have_a_ninetieth(crew, head, pipeline):
    seller, _teammate = crew
    start = datetime(2026, 11, 23, 10, tzinfo=MOSCOW)
    for number in range(1, 11):
        deal = lead_of(seller, pipeline)
        LeadAssignment.objects.create(deal=deal, owner=seller, assigned_at=start)
        ActivityFactory(deal=deal, happened_at=start + timedelta(minutes=number))

    total, _people = speeds(head, now=start + timedelta(hours=1))

    assert (total.p50, total.p90) == (5, 9)
