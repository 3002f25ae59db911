"""Leads go by the rules to people who may get them today; the clock runs in working minutes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from apps.api.actions import Inquiry, receive_inquiry
from apps.clients.models import AnswerNorm
from apps.core.calendars import company_today
from apps.deals.lead_owners import Lead, next_owner
from apps.deals.models import StageMove
from apps.portfolio.actions.leads import archive_rule, by_the_rules, shift_rule
from apps.portfolio.lead_speed import given, speeds
from apps.portfolio.models import LeadAssignment, LeadRule
from apps.staff.models import User
from tests.factories.api import IntakeFormFactory
from tests.factories.clients import ClientFactory, SourceFactory
from tests.factories.deals import ActivityFactory, DealFactory, staged_pipeline
from tests.factories.distribution import certify
from tests.factories.staff import AbsenceFactory

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")
NORM = AnswerNorm()


@pytest.fixture
def pipeline(db):
    return staged_pipeline(is_default=True)


@pytest.fixture
def crew(seller, teammate, other_seller, lead, head):
    certify(seller, teammate, other_seller)
    return seller, teammate


@pytest.fixture
def form(head):
    return IntakeFormFactory()


def rule(node, **fields):
    fields = {"name": "Правило", "order": LeadRule.objects.count() + 1, **fields}
    return LeadRule.objects.create(node=node, **fields)


def ask(pipeline, **marks):
    return by_the_rules(Lead("Заявка", pipeline, **marks))


def take(pipeline, **marks):
    """Ask, and make a deal of the lead, as the intake does."""
    choice = next_owner(Lead("Заявка", pipeline, **marks))
    choice.keep(DealFactory(owner=choice.person, pipeline=pipeline))
    return choice.person


def inquiry(form, key, **fields):
    fields = {"name": "Пётр", "phone": f"+7916123450{key}", "consent": True} | fields
    return receive_inquiry(form, Inquiry(**fields), key=str(key), address="10.0.0.1").deal


def test_inquiries_from_outside_go_in_turn_and_are_written_down(crew, team_a, form):
    seller, teammate = crew
    made = rule(team_a)

    deals = [inquiry(form, key) for key in range(4)]

    assert [deal.owner for deal in deals] == [seller, teammate, seller, teammate]
    assert [deal.client.owner for deal in deals] == [seller, teammate, seller, teammate]
    written = LeadAssignment.objects.order_by("pk")
    assert [(one.deal, one.owner, one.rule) for one in written] == [
        (deal, deal.owner, made) for deal in deals
    ]


def test_an_inquiry_of_a_town_goes_to_the_people_of_its_rule(crew, team_a, team_b, form):
    rule(team_b, cities=["Казань"])
    rule(team_a)

    there, elsewhere = inquiry(form, 1, city="казань"), inquiry(form, 2, city="Пермь")

    assert there.owner.team == team_b
    assert elsewhere.owner.team == team_a


def test_the_same_inquiry_again_takes_no_turn(crew, team_a, form):
    rule(team_a)

    assert inquiry(form, 1) == inquiry(form, 1)

    assert LeadAssignment.objects.count() == 1
    assert inquiry(form, 2).owner == crew[1]


def test_a_choice_that_is_kept_twice_is_written_once(crew, team_a, head, pipeline):
    rule(team_a)
    choice = ask(pipeline)
    deal = DealFactory(owner=choice.person, pipeline=pipeline)

    assert choice.keep(deal) == choice.keep(deal)
    assert LeadAssignment.objects.count() == 1


@pytest.mark.parametrize("method", ["round_robin", "least_load"])
@pytest.mark.parametrize("trouble", ["uncertified", "away", "dismissed"])
def test_who_may_not_receive_gets_no_lead(crew, team_a, pipeline, trouble, method):
    seller, teammate = crew
    today = company_today()
    if trouble == "uncertified":
        User.objects.filter(pk=seller.pk).update(may_receive_clients=False)
    elif trouble == "away":
        AbsenceFactory(user=seller, starts_on=today, ends_on=today + timedelta(days=1))
    else:
        User.objects.filter(pk=seller.pk).update(dismissed_on=today)
    rule(team_a, method=method)

    assert {take(pipeline) for _ in range(3)} == {teammate}


def test_a_rule_without_anybody_leaves_the_lead_to_the_next_one_and_then_to_the_head(
    crew, team_a, team_b, other_seller, head, pipeline
):
    rule(team_a, name="Первое")
    rule(team_b, name="Второе")
    User.objects.filter(team=team_a).update(may_receive_clients=False)

    assert take(pipeline) == other_seller

    User.objects.filter(pk=other_seller.pk).update(may_receive_clients=False)
    assert take(pipeline) == head
    assert LeadAssignment.objects.count() == 1


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({"cities": ["казань "]}, True),
        ({"cities": ["Пермь"]}, False),
        ({"industries": ["Металлы"]}, True),
        ({"industries": ["Пищевая"]}, False),
        ({"level": "A"}, True),
        ({"level": "B"}, False),
        ({"cities": ["Казань"], "level": "B"}, False),
        ({"is_on": False}, False),
    ],
)
def test_conditions_on_a_known_client(crew, team_a, head, pipeline, conditions, fits):
    client = ClientFactory(city="Казань", industry="металлы", level="A", owner=head)
    rule(team_a, **conditions)

    assert (ask(pipeline, client=client) is not None) == fits


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [({"cities": ["Казань"]}, True), ({"industries": ["Металлы"]}, False), ({"level": "A"}, False)],
)
def test_what_is_unknown_about_a_stranger_fits_no_condition(
    crew, team_a, pipeline, conditions, fits
):
    rule(team_a, **conditions)

    assert (ask(pipeline, city="Казань") is not None) == fits


def test_a_rule_of_a_source(crew, team_a, pipeline):
    site = SourceFactory()
    rule(team_a, source=site)

    assert ask(pipeline, source=site).person == crew[0]
    assert ask(pipeline, source=SourceFactory()) is None
    assert ask(pipeline) is None


def test_the_least_loaded_gets_it(crew, team_a, pipeline):
    seller, teammate = crew
    DealFactory(owner=seller, pipeline=pipeline)
    rule(team_a, method="least_load")

    assert ask(pipeline).person == teammate


def test_an_archived_rule_is_not_asked(crew, team_a, head, pipeline):
    archive_rule(rule(team_a), by=head)

    assert ask(pipeline) is None


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
    assert list(LeadRule.objects.in_force()) == [first]


def came(person, pipeline, moment):
    """A lead of `person` that came at `moment`."""
    deal = DealFactory(owner=person, pipeline=pipeline)
    StageMove.objects.create(
        deal=deal,
        to_stage=deal.stage,
        owner=person,
        happened_on=moment.date(),
        happened_at=moment,
    )
    return deal


def at(hour, minute=0):
    """A moment of the last working day before today, by the company's clock."""
    day = company_today() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MOSCOW)


def test_the_clock_counts_working_minutes_to_the_first_contact(crew, head, pipeline):
    """Of a lead that came at seven, the minutes before nine do not count."""
    seller, teammate = crew
    answered, *_waiting = (came(one, pipeline, at(7)) for one in (seller, seller, teammate))
    ActivityFactory(deal=answered, user=seller, kind="note", happened_at=at(9, 1))
    ActivityFactory(deal=answered, user=seller, happened_at=at(9, 20))
    ActivityFactory(deal=answered, user=seller, happened_at=at(14))

    rows = {one.person: one for one in speeds(head, norm=NORM, now=at(9, 40))}

    assert rows[seller].minutes == [20]
    assert (rows[seller].count, rows[seller].waiting, rows[seller].late) == (2, 1, 1)
    assert rows[seller].median is None
    assert (rows[teammate].waiting, rows[teammate].late) == (1, 1)
    assert [one.person for one in speeds(seller, norm=NORM, now=at(9, 40))] == [seller]


def test_ten_answers_have_a_median_and_a_ninetieth(crew, head, pipeline):
    seller, _teammate = crew
    for number in range(1, 11):
        deal = came(seller, pipeline, at(10))
        ActivityFactory(deal=deal, user=seller, happened_at=at(10, number))

    [speed] = speeds(head, norm=NORM, now=at(11))

    assert (speed.median, speed.p90) == (5.5, 9.1)


def test_given_leads_are_seen_by_who_sees_their_owners(crew, head, team_a, pipeline, other_seller):
    made = rule(team_a)
    deal = DealFactory(owner=crew[0], pipeline=pipeline)
    row = LeadAssignment.objects.create(
        deal=deal, rule=made, owner=crew[0], assigned_at=timezone.now()
    )

    assert list(given(head)) == list(given(crew[0])) == [row]
    assert list(given(other_seller)) == []
