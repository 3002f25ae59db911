"""Dismissal: date, place, sessions and open work at once, or nothing."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.core.calendars import company_today
from apps.staff import leaving
from apps.staff.actions import dismiss, rehire, successor_of
from apps.staff.models import TeamNode, User
from tests.factories.staff import UserFactory

LAST_DAY = date(2026, 3, 31)


@pytest.fixture
def boxes(monkeypatch):
    """A room above with three boxes of every leaver; says who got them."""
    moved = []

    def move(person, *, to, by):
        moved.append((person.pk, to.pk, by.pk))
        return 3

    monkeypatch.setattr(leaving, "_handovers", {})
    leaving.register("boxes", "коробки", count=lambda person: 3, move=move)
    return moved


def refusal_of(user, **arguments):
    with pytest.raises(ValidationError) as refusal:
        dismiss(user, **arguments)
    assert User.objects.get(pk=user.pk).dismissed_on is None
    return refusal.value.code


def test_dismissal_ends_place_and_sessions_and_moves_the_work(client, seller, lead, hr, boxes):
    client.force_login(seller)

    dismiss(seller, LAST_DAY, by=hr)

    seller.refresh_from_db()
    assert (seller.dismissed_on, seller.is_active) == (LAST_DAY, False)
    assert seller.memberships.get().ended_on == LAST_DAY
    assert seller.sessions.count() == 0
    assert boxes == [(seller.pk, lead.pk, hr.pk)]


def test_a_second_dismissal_changes_nothing(seller, lead, hr, boxes):
    dismiss(seller, LAST_DAY, by=hr)

    dismiss(seller, LAST_DAY + timedelta(days=1), by=hr)

    assert User.objects.get(pk=seller.pk).dismissed_on == LAST_DAY
    assert len(boxes) == 1


def test_the_leader_leaves_his_team_without_a_leader(lead, head, hr, team_a, boxes):
    assert successor_of(lead) == head

    dismiss(lead, LAST_DAY, by=hr)

    assert TeamNode.objects.get(pk=team_a.pk).leader is None


def test_the_work_may_go_to_somebody_named(seller, teammate, lead, hr, boxes):
    dismiss(seller, LAST_DAY, by=hr, to=teammate)

    assert boxes == [(seller.pk, teammate.pk, hr.pk)]


def test_open_work_needs_somebody_to_take_it(seller, hr, boxes):
    """Team A and all above it have no leader here."""
    assert refusal_of(seller, on=LAST_DAY, by=hr) == "no_successor"
    assert seller.memberships.get().ended_on is None


def test_nobody_to_take_over_is_no_matter_without_open_work(seller, hr):
    dismiss(seller, LAST_DAY, by=hr)

    assert User.objects.get(pk=seller.pk).dismissed_on == LAST_DAY


def test_what_dismissal_refuses(seller, lead, head, hr, admin):
    assert refusal_of(seller, on=company_today() + timedelta(days=1), by=hr) == "future"
    assert refusal_of(seller, on=date(2020, 1, 1), by=hr) == "before_hiring"
    assert refusal_of(seller, on=LAST_DAY, by=head) == "not_allowed"
    assert refusal_of(hr, on=LAST_DAY, by=hr) == "not_allowed"
    assert refusal_of(admin, on=LAST_DAY, by=hr) == "last_admin"


def test_the_last_administrator_stays(admin):
    second = UserFactory(role="admin")
    dismiss(second, LAST_DAY, by=admin)

    assert refusal_of(admin, on=LAST_DAY, by=second) == "last_admin"


def test_a_dismissed_person_may_come_back(seller, lead, hr, team_b):
    dismiss(seller, LAST_DAY, by=hr)

    rehire(seller, by=hr, node=team_b, on=date(2026, 6, 1))

    seller.refresh_from_db()
    assert (seller.dismissed_on, seller.team) == (None, team_b)
    assert [place.ended_on for place in seller.memberships.order_by("started_on")] == [
        LAST_DAY,
        None,
    ]


def test_a_dismissed_person_cannot_log_in(client, seller, lead, hr):
    dismiss(seller, LAST_DAY, by=hr)

    response = client.post(
        reverse("staff:log_in"), {"username": seller.email, "password": "long-enough-phrase"}
    )

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
