"""Attacks from inside the admin panel: HR among business rows, roles raised, accounts taken over."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin as panel
from django.urls import NoReverseMatch, reverse

from apps.core.models import CalendarDay
from apps.staff.models import Absence, Position, TeamNode, User
from tests.factories.staff import AbsenceFactory, PositionFactory, UserFactory

FIELDS = ("last_name", "first_name", "middle_name", "email", "phone", "role", "hired_on",
          "hours_per_day", "ramp_share")  # fmt: skip


def card(user, **changes):
    data = {name: getattr(user, name) or "" for name in FIELDS} | {"seen_version": user.version}
    places = user.memberships.count()
    inline = {
        "memberships-TOTAL_FORMS": places,
        "memberships-INITIAL_FORMS": places,
    }
    return data | inline | changes


@pytest.fixture
def as_hr(client, hr):
    client.force_login(hr)
    return client


def change(client, user, **changes):
    return client.post(reverse("admin:staff_user_change", args=[user.pk]), card(user, **changes))


def test_rows_of_the_business_are_not_registered():
    rooms = {model._meta.app_label for model in panel.site._registry}

    assert rooms <= {"staff", "core"}
    assert {model.__name__ for model in panel.site._registry} == {
        "Absence",
        "CalendarDay",
        "Position",
        "TeamNode",
        "User",
    }


@pytest.mark.parametrize("label", ["deals.deal", "clients.client", "core.company", "auth.group"])
def test_a_guessed_address_of_another_model_is_not_there(as_hr, label):
    """T70"""
    model = apps.get_model(label)
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

    assert as_hr.get(path).status_code == 404
    assert as_hr.post(f"{path}add/", {"name": "x"}).status_code == 404


def test_hr_may_not_touch_the_administrators_models(as_hr):
    """T70"""
    day = CalendarDay.objects.create(day=date(2026, 5, 4), is_working=False)
    fields = {"day": "2026-05-05", "note": "x"}
    paths = [
        reverse("admin:core_calendarday_changelist"),
        reverse("admin:core_calendarday_add"),
        reverse("admin:core_calendarday_change", args=[day.pk]),
        reverse("admin:core_calendarday_delete", args=[day.pk]),
    ]

    assert [as_hr.get(path).status_code for path in paths] == [403] * 4
    assert [as_hr.post(path, fields).status_code for path in paths] == [403] * 4
    action = {"action": "delete_selected", "_selected_action": day.pk, "post": "yes"}
    assert as_hr.post(paths[0], action).status_code == 403
    assert list(CalendarDay.objects.values_list("day", "note")) == [(date(2026, 5, 4), "")]


def test_the_administrator_may_not_touch_hrs_absences(client, admin, seller):
    absence = AbsenceFactory(user=seller)
    client.force_login(admin)

    path = reverse("admin:staff_absence_delete", args=[absence.pk])

    assert client.post(path, {"post": "yes"}).status_code == 403
    assert Absence.objects.filter(pk=absence.pk).exists()


def test_people_teams_and_positions_are_never_deleted(as_hr, seller, team_a):
    position = PositionFactory()
    for model, row in (("user", seller), ("teamnode", team_a), ("position", position)):
        path = reverse(f"admin:staff_{model}_delete", args=[row.pk])
        assert as_hr.post(path, {"post": "yes"}).status_code == 403
        listing = reverse(f"admin:staff_{model}_changelist")
        as_hr.post(
            listing, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        )

    assert User.objects.filter(pk=seller.pk).exists()
    assert TeamNode.objects.filter(pk=team_a.pk).exists()
    assert Position.objects.filter(pk=position.pk).exists()


@pytest.mark.parametrize("role", ["admin", "director"])
def test_hr_does_not_raise_a_role(as_hr, hr, seller, role):
    for person in (seller, hr):
        change(as_hr, person, role=role)

    assert User.objects.get(pk=seller.pk).role == "seller"
    assert User.objects.get(pk=hr.pk).role == "hr"


def test_hr_does_not_take_over_an_administrator(as_hr, admin):
    response = change(as_hr, admin, email="mine@example.com")

    assert response.status_code == 200
    assert User.objects.get(pk=admin.pk).email == admin.email


def test_extra_fields_are_ignored(as_hr, seller):
    """T19: Mass assignment: what the form does not offer is not written."""
    change(
        as_hr,
        seller,
        password="x",
        is_superuser="on",
        dismissed_on="2020-01-01",
        team="",
        version="99",
        phone="+7 900 000-00-01",
    )

    after = User.objects.get(pk=seller.pk)
    assert after.phone == "+7 900 000-00-01"
    assert (after.is_superuser, after.dismissed_on, after.team) == (False, None, seller.team)
    assert (after.password, after.version) == (seller.password, seller.version + 1)


def test_a_stale_card_changes_nothing(as_hr, seller):
    User.objects.filter(pk=seller.pk).update(version=7, phone="+7 900 000-00-02")

    response = change(as_hr, seller, phone="+7 900 000-00-03")

    assert response.status_code == 302
    assert User.objects.get(pk=seller.pk).phone == "+7 900 000-00-02"


def test_the_last_administrator_cannot_be_removed(client, admin):
    client.force_login(admin)

    change(client, admin, role="seller")
    client.post(reverse("staff:person_dismiss", args=[admin.pk]), {"on": "2026-01-01"})

    after = User.objects.get(pk=admin.pk)
    assert (after.role, after.dismissed_on) == ("admin", None)


def test_hr_hires_through_the_action(as_hr, team_a):
    data = {
        "last_name": "Новиков",
        "first_name": "Никита",
        "email": "New@Example.com",
        "role": "seller",
        "node": team_a.pk,
        "on": "2026-02-02",
        "hours_per_day": "8",
        "ramp_share": "0.25",
    }

    response = as_hr.post(reverse("admin:staff_user_add"), data)

    user = User.objects.get(email="new@example.com")
    assert response.status_code == 302
    assert (user.team, user.hired_on) == (team_a, date(2026, 2, 2))
    assert user.memberships.get().started_on == date(2026, 2, 2)
    assert not user.has_usable_password()


def test_hr_writes_an_absence_once(as_hr, seller):
    data = {"user": seller.pk, "kind": "sick", "starts_on": "2026-03-02", "ends_on": "2026-03-06"}
    path = reverse("admin:staff_absence_add")

    first = as_hr.post(path, data)
    second = as_hr.post(path, data)

    assert (first.status_code, second.status_code) == (302, 200)
    assert Absence.objects.count() == 1


def test_the_panel_has_no_log_in_of_its_own(client, admin):
    response = client.post(
        "/admin/login/", {"username": admin.email, "password": "long-enough-phrase"}
    )

    assert response.url.startswith(reverse("staff:log_in"))
    assert "_auth_user_id" not in client.session


def test_a_script_in_a_name_is_text_in_the_panel(as_hr):
    """T32"""
    UserFactory(last_name="<script>alert(1)</script>", first_name="<img src=x onerror=alert(1)>")

    text = as_hr.get(reverse("admin:staff_user_changelist")).content.decode()

    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
