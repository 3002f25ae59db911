"""Hiring and later changes of the card."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from apps.core.versions import Conflict
from apps.staff.actions import change_capacity, change_person, create_first_admin, hire
from apps.staff.choices import Role
from apps.staff.models import User
from tests.factories.staff import UserFactory

ON = date(2026, 2, 2)


def code_of(error):
    """The code of the one error inside."""
    (inner,) = (
        error.value.error_list
        if hasattr(error.value, "error_list")
        else [one for many in error.value.error_dict.values() for one in many]
    )
    return inner.code


def test_hire_gives_role_place_and_no_password(hr, team_a):
    user = hire(
        by=hr, last_name="Новиков", first_name="Никита", email="N@Example.com", node=team_a, on=ON
    )

    assert (user.email, user.role, user.hired_on) == ("n@example.com", Role.SELLER, ON)
    assert user.team == team_a
    assert user.memberships.get().started_on == ON
    assert not user.has_usable_password()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DIRECTOR])
def test_hr_gives_no_role_above_its_own(hr, role):
    before = User.objects.count()

    with pytest.raises(ValidationError) as refusal:
        hire(by=hr, last_name="А", first_name="Б", role=role, on=ON)

    assert code_of(refusal) == "role_not_given"
    assert User.objects.count() == before


def test_an_email_belongs_to_one_person(hr, seller):
    with pytest.raises(ValidationError) as refusal:
        hire(by=hr, last_name="А", first_name="Б", email=seller.email.upper(), on=ON)

    assert code_of(refusal) == "email_taken"


def test_change_person_is_refused_to_a_stale_card(hr, seller):
    change_person(seller, by=hr, expected_version=1, phone="+7 900 000-00-01")

    with pytest.raises(Conflict) as conflict:
        change_person(seller, by=hr, expected_version=1, phone="+7 900 000-00-02")

    assert conflict.value.current.phone == "+7 900 000-00-01"


def test_a_new_email_ends_the_sessions(client, hr, seller):
    client.force_login(seller)

    change_person(seller, by=hr, expected_version=1, email="other@example.com")

    assert seller.sessions.count() == 0


def test_hr_cannot_take_over_an_administrator(hr, admin):
    with pytest.raises(ValidationError) as refusal:
        change_person(admin, by=hr, expected_version=1, email="mine@example.com")

    assert code_of(refusal) == "not_allowed"
    assert User.objects.get(pk=admin.pk).email == admin.email


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DIRECTOR])
def test_hr_cannot_raise_a_role(hr, seller, role):
    with pytest.raises(ValidationError) as refusal:
        change_person(seller, by=hr, expected_version=1, role=role)

    assert code_of(refusal) == "role_not_given"
    assert User.objects.get(pk=seller.pk).role == Role.SELLER


def test_nobody_changes_his_own_role(admin):
    UserFactory(role=Role.ADMIN)

    with pytest.raises(ValidationError) as refusal:
        change_person(admin, by=admin, expected_version=1, role=Role.DIRECTOR)

    assert code_of(refusal) == "role_not_given"


def test_change_capacity(seller):
    change_capacity(
        seller,
        expected_version=1,
        hours_per_day=Decimal("6.5"),
        ramp_share=Decimal("0.50"),
        may_receive_clients=True,
    )

    seller.refresh_from_db()
    assert (seller.hours_per_day, seller.ramp_share) == (Decimal("6.50"), Decimal("0.50"))
    assert (seller.may_receive_clients, seller.version) == (True, 2)


def test_the_first_administrator_is_the_only_one_made_so(db):
    create_first_admin(email="a@example.com", password="a-long-password")

    with pytest.raises(ValidationError) as refusal:
        create_first_admin(email="b@example.com", password="a-long-password")

    assert code_of(refusal) == "admin_exists"


def test_the_command_makes_the_first_administrator_and_keeps_the_secret(db, capsys):
    call_command("create_first_admin", email="Boss@example.com", password="correct-horse-99")

    user = User.objects.get()
    assert (user.email, user.role) == ("boss@example.com", Role.ADMIN)
    assert user.check_password("correct-horse-99")
    assert "correct-horse-99" not in "".join(capsys.readouterr())


def test_the_command_refuses_a_short_password(db):
    with pytest.raises(CommandError):
        call_command("create_first_admin", email="boss@example.com", password="short")

    assert not User.objects.exists()
