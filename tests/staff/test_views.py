"""The team page and what leads, heads and HR write on a person's card."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse

from apps.core.calendars import company_today
from apps.core.outbox import send_due
from apps.staff.models import Absence, User
from tests.factories.staff import AbsenceFactory, UserFactory

TEAM = reverse("staff:team")


def names(response):
    return [person.last_name for person in response.context["page"]]


def away_today(user, kind="sick"):
    today = company_today()
    return AbsenceFactory(
        user=user, kind=kind, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=2)
    )


def test_the_tree_counts_people_and_who_is_away(client, seller, teammate, other_seller, lead):
    away_today(seller)
    client.force_login(lead)

    branches = client.get(TEAM).context["branches"]

    assert [(one.node.name, one.depth, one.people, one.away) for one in branches] == [
        ("Ромашка", 0, 4, 1),
        ("Отдел продаж", 1, 4, 1),
        ("Команда А", 2, 3, 1),
        ("Команда Б", 2, 1, 0),
    ]


def test_people_are_filtered(client, seller, teammate, other_seller, team_b):
    away_today(seller)
    User.objects.filter(pk=teammate.pk).update(ramp_share=Decimal("0.5"))
    UserFactory(last_name="Ушедший", dismissed_on=date(2026, 1, 1))
    client.force_login(seller)

    assert names(client.get(TEAM)) == ["Дроздов", "Селин", "Тихонов"]
    assert names(client.get(TEAM, {"team": team_b.pk})) == ["Дроздов"]
    assert names(client.get(TEAM, {"q": "сели"})) == ["Селин"]
    assert names(client.get(TEAM, {"state": "away"})) == ["Селин"]
    assert names(client.get(TEAM, {"state": "ramping"})) == ["Тихонов"]
    assert names(client.get(TEAM, {"state": "gone"})) == ["Ушедший"]


def test_why_somebody_is_away_is_known_to_those_who_lead(client, seller, other_seller, lead):
    away_today(seller, kind="sick")
    for viewer, knows in ((lead, True), (seller, True), (other_seller, False)):
        client.force_login(viewer)
        for page in (TEAM, reverse("staff:person", args=[seller.pk])):
            assert ("больничный" in client.get(page).content.decode().lower()) is knows


@pytest.mark.parametrize("count", [1, 12])
def test_the_team_page_asks_the_base_the_same_for_many_people(
    client, team_a, head, count, django_assert_num_queries
):
    for person in UserFactory.create_batch(count, team=team_a):
        away_today(person)
    client.force_login(head)
    client.get(TEAM)

    with django_assert_num_queries(12):
        response = client.get(TEAM)

    assert len(names(response)) == count + 1


def test_a_colleagues_card_hides_his_terms(client, seller, other_seller):
    client.force_login(other_seller)

    text = client.get(reverse("staff:person", args=[seller.pk])).content.decode()

    assert seller.email in text
    assert "Доля полного плана" not in text
    assert reverse("core:history", args=["staff.user", seller.pk]) not in text


def test_a_head_changes_capacity_and_sees_a_conflict(client, head, seller):
    client.force_login(head)
    path = reverse("staff:capacity", args=[seller.pk])
    data = {"hours_per_day": "7.5", "ramp_share": "0.5", "version": seller.version}

    first = client.post(path, data | {"may_receive_clients": "on"})
    second = client.post(path, data | {"ramp_share": "0.75"})

    seller.refresh_from_db()
    assert first.url == reverse("staff:person", args=[seller.pk])
    assert second.status_code == 409
    assert (seller.ramp_share, seller.may_receive_clients) == (Decimal("0.50"), True)


def test_a_lead_writes_changes_and_removes_an_absence(client, lead, seller):
    client.force_login(lead)
    create = reverse("staff:absence_create", args=[seller.pk])
    data = {"kind": "vacation", "starts_on": "2026-07-06", "ends_on": "2026-07-20"}

    client.post(create, data)
    again = client.post(create, data)
    absence = Absence.objects.get()
    change = reverse("staff:absence_change", args=[absence.pk])
    client.post(change, data | {"ends_on": "2026-07-13", "version": absence.version})

    assert "уже записано" in again.content.decode()
    absence.refresh_from_db()
    assert absence.ends_on == date(2026, 7, 13)
    client.post(reverse("staff:absence_remove", args=[absence.pk]))
    assert not Absence.objects.exists()


def test_an_absence_must_last(client, lead, seller):
    client.force_login(lead)

    response = client.post(
        reverse("staff:absence_create", args=[seller.pk]),
        {"kind": "vacation", "starts_on": "2026-07-20", "ends_on": "2026-07-20"},
    )

    assert response.context["form"].has_error("ends_on", "ends_before")
    assert not Absence.objects.exists()


def test_hr_moves_invites_and_dismisses(client, hr, lead, seller, team_b):
    client.force_login(hr)
    today = company_today()

    client.post(
        reverse("staff:person_move", args=[seller.pk]), {"node": team_b.pk, "on": today.isoformat()}
    )
    client.post(reverse("staff:person_invite", args=[seller.pk]))
    send_due()
    client.post(reverse("staff:person_dismiss", args=[seller.pk]), {"on": today.isoformat()})

    seller.refresh_from_db()
    assert seller.team == team_b
    assert [letter.to for letter in mail.outbox] == [[seller.email]]
    assert seller.dismissed_on == today


def test_a_person_sets_his_own_preferences_and_nothing_else(client, seller):
    client.force_login(seller)
    data = {
        "phone": "+7 900 000-00-01",
        "language": "en",
        "theme": "dark",
        "time_zone": "Asia/Omsk",
        "quiet_from": "21:00",
        "quiet_until": "07:30",
        "last_name": "Другой",
        "role": "admin",
        "ramp_share": "0",
    }

    response = client.post(reverse("staff:profile"), data)

    seller.refresh_from_db()
    assert response.status_code == 302
    assert (seller.language, seller.theme, seller.time_zone) == ("en", "dark", "Asia/Omsk")
    assert (seller.last_name, seller.role, seller.ramp_share) == (
        "Селин",
        "seller",
        Decimal("1.00"),
    )


def test_search_finds_colleagues(client, seller, other_seller):
    client.force_login(other_seller)

    response = client.get(reverse("core:search"), {"q": "Селин"})

    assert reverse("staff:person", args=[seller.pk]) in response.content.decode()
