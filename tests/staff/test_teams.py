"""Places in teams: one after another, never two at a time."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from apps.staff.actions import create_company_node, create_node, join_team, set_leader
from apps.staff.choices import NodeKind
from apps.staff.models import TeamNode, User
from tests.factories.staff import PositionFactory, UserFactory

MARCH = date(2025, 3, 1)


def places(user):
    return [
        (place.node.name, place.started_on, place.ended_on)
        for place in user.memberships.order_by("started_on")
    ]


def test_join_team_ends_the_earlier_place_on_that_day(seller, team_b):
    join_team(seller, team_b, MARCH)

    seller.refresh_from_db()
    assert places(seller) == [
        ("Команда А", date(2024, 1, 9), MARCH),
        ("Команда Б", MARCH, None),
    ]
    assert seller.team == team_b


def test_the_same_place_again_changes_nothing(seller, team_a):
    join_team(seller, team_a, MARCH)

    assert places(seller) == [("Команда А", date(2024, 1, 9), None)]


def test_a_new_position_begins_a_new_place(seller, team_a):
    position = PositionFactory(name="Старший менеджер")

    join_team(seller, team_a, MARCH, position=position)

    assert seller.memberships.get(ended_on=None).position == position
    assert seller.memberships.count() == 2


def test_a_place_that_began_on_the_day_is_corrected(seller, team_b):
    join_team(seller, team_b, date(2024, 1, 9))

    assert places(seller) == [("Команда Б", date(2024, 1, 9), None)]


def test_join_team_refuses_a_day_before_a_later_place(seller, team_b):
    with pytest.raises(ValidationError) as refusal:
        join_team(seller, team_b, date(2023, 1, 1))

    assert refusal.value.code == "later_place"
    assert seller.memberships.count() == 1


def test_join_team_refuses_the_dismissed_and_own_mentors(seller, team_b):
    with pytest.raises(ValidationError) as refusal:
        join_team(seller, team_b, MARCH, mentor=seller)
    assert refusal.value.code == "own_mentor"

    User.objects.filter(pk=seller.pk).update(dismissed_on=MARCH)
    with pytest.raises(ValidationError) as refusal:
        join_team(seller, team_b, MARCH)
    assert refusal.value.code == "dismissed"


def test_the_tree_has_one_company(company_node):
    assert create_company_node() == company_node
    with pytest.raises(ValidationError) as refusal:
        create_node("Вторая", kind=NodeKind.COMPANY)
    assert refusal.value.code == "second_root"


def test_a_node_knows_its_path(company_node, department, team_a):
    assert team_a.path == f"/{company_node.pk}/{department.pk}/{team_a.pk}/"
    assert list(TeamNode.objects.below(department).order_by("path")) == [department, team_a]


def test_a_leader_leads_what_is_below(head, lead, director, team_a, team_b, department):
    assert set(TeamNode.objects.led_by(head)) == {department, team_a, team_b}
    assert set(TeamNode.objects.led_by(lead)) == {team_a}
    assert TeamNode.objects.led_by(director).count() == 4


def test_set_leader_refuses_the_dismissed(team_a):
    gone = UserFactory(dismissed_on=MARCH)

    with pytest.raises(ValidationError) as refusal:
        set_leader(team_a, gone)

    assert refusal.value.code == "dismissed"
    assert TeamNode.objects.get(pk=team_a.pk).leader is None
