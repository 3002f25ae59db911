from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.core.models import Company
from apps.kpis.choices import ScopeKind
from tests.factories.dashboard import publish

NOVEMBER_5 = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_november_5():
    with time_machine.travel(NOVEMBER_5, tick=False):
        yield


@pytest.fixture(autouse=True)
def company(db):
    return Company.objects.create(pk=1, name="Ромашка", set_up_at=NOVEMBER_5)


def page(client, person, url, **filters):
    client.force_login(person)
    return client.get(url, filters)


def test_today_leads_each_role_to_its_first_page(client, head, lead, director, seller, hr, admin):
    pages = {
        head: reverse("dashboard:department"),
        lead: reverse("dashboard:department"),
        director: reverse("dashboard:department"),
        seller: reverse("dashboard:my_day"),
        hr: reverse("staff:team"),
        admin: reverse("core:settings"),
    }

    for person, url in pages.items():
        assert page(client, person, reverse("dashboard:today")).url == url


def test_head_sees_his_department(client, head, department):
    publish(ScopeKind.DEPARTMENT, department.pk)

    response = page(client, head, reverse("dashboard:department"))

    assert "Отстаём от темпа на 2,04" in response.content.decode()


def test_who_may_not_act_is_offered_to_look(client, head, director, department):
    """The same cached snapshot: the head is told what to do, the director opens the deal."""
    publish(ScopeKind.DEPARTMENT, department.pk)
    url = reverse("dashboard:department")

    told = page(client, head, url, team=department.pk).content.decode()
    shown = page(client, director, url, team=department.pk).content.decode()

    assert ("Назначить шаг" in told, "Назначить шаг" in shown) == (True, False)
    assert '<a class="btn s p" href="/deals/77/">Открыть</a>' in shown


def test_page_before_the_first_night_says_so(client, head):
    response = page(client, head, reverse("dashboard:department"))

    assert "Первого расчёта ещё не было" in response.content.decode()


def test_lead_sees_his_team_and_no_other(client, lead, team_a, team_b, department):
    """T07"""
    for kind, node in (
        (ScopeKind.TEAM, team_a),
        (ScopeKind.TEAM, team_b),
        (ScopeKind.DEPARTMENT, department),
    ):
        publish(kind, node.pk, result={"fact": Decimal(node.pk * 1_000_000)})
    url = reverse("dashboard:department")

    assert page(client, lead, url).context["snapshot"].scope_id == team_a.pk
    assert page(client, lead, url, team=team_b.pk).status_code == 404
    assert page(client, lead, url, team=department.pk).status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "2099-01", "2020-01", "x", "2026-11-01' or 1=1"])
def test_month_outside_the_offered_ones_is_not_found(client, head, month):
    """T22"""
    assert page(client, head, reverse("dashboard:department"), month=month).status_code == 404


def test_cached_page_of_one_scope_never_shows_in_another(client, lead, other_lead, team_a, team_b):
    """T10"""
    publish(ScopeKind.TEAM, team_a.pk, result={"fact": Decimal(11_110_000)})
    publish(ScopeKind.TEAM, team_b.pk, result={"fact": Decimal(22_220_000)})
    url = reverse("dashboard:department")

    first = page(client, lead, url).content.decode()
    second = page(client, other_lead, url).content.decode()

    assert "11,11" in first
    assert "22,22" in second
    assert "11,11" not in second


def test_employee_page_is_for_those_who_see_his_work(
    client, seller, lead, head, other_seller, other_lead, hr
):
    url = reverse("dashboard:employee", args=[seller.pk])
    publish(ScopeKind.PERSON, seller.pk)

    answers = {
        p: page(client, p, url).status_code
        for p in (seller, lead, head, other_seller, other_lead, hr)
    }

    assert list(answers.values()) == [200, 200, 200, 404, 404, 403]


def test_why_deals_are_lost_is_offered_to_those_who_lead(client, head, seller, department):
    publish(ScopeKind.DEPARTMENT, department.pk)
    publish(ScopeKind.PERSON, seller.pk)
    losses = f'<a class="r sm" href="{reverse("deals:losses")}"'

    led = page(client, head, reverse("dashboard:department")).content.decode()
    own = page(client, seller, reverse("dashboard:employee", args=[seller.pk])).content.decode()

    assert f"{losses}>Почему проигрываем</a>" in led
    assert "Причины отказов" in own
    assert losses not in own


def test_my_day_of_an_empty_seller_says_that_nothing_waits(client, seller):
    response = page(client, seller, reverse("dashboard:my_day"))

    assert "Ничего не ждёт" in response.content.decode()


@pytest.mark.parametrize("people", [1, 6])
def test_department_page_makes_a_fixed_number_of_queries(
    client, head, department, people, django_assert_max_num_queries
):
    from tests.factories.dashboard import row  # the number of rows is the point of this test

    publish(ScopeKind.DEPARTMENT, department.pk, team=[row(id=n) for n in range(people)])
    client.force_login(head)
    client.get(reverse("dashboard:department"))  # the first reader renders for the others

    with django_assert_max_num_queries(7):
        client.get(reverse("dashboard:department"))


def test_first_steps_greet_an_empty_installation(client, admin):
    Company.objects.all().delete()
    client.force_login(admin)

    assert client.get(reverse("dashboard:today")).url == reverse("dashboard:first_steps")


def test_company_name_is_asked_and_errors_name_the_field(client, admin):
    Company.objects.all().delete()
    client.force_login(admin)

    response = client.post(
        reverse("dashboard:name_company"), {"name": "", "time_zone": "Mars/Base"}
    )

    assert response.status_code == 422
    assert {"name", "time_zone", "currency"} <= set(response.context["company_form"].errors)
    assert not Company.objects.exists()


def test_department_is_founded_with_its_head(client, admin, django_user_model):
    client.force_login(admin)

    response = client.post(
        reverse("dashboard:found_department"),
        {
            "department": "Отдел продаж",
            "first_name": "Виктор",
            "last_name": "Сафронов",
            "email": "Head@Example.com",
            "password": "очень длинная фраза",
        },
    )

    head = django_user_model.objects.get(email="head@example.com")
    assert response.url == reverse("dashboard:first_steps")
    assert head.team.leader == head
    assert head.team.parent.kind == "company"
    assert head.check_password("очень длинная фраза")


def test_short_password_founds_nothing(client, admin, django_user_model):
    client.force_login(admin)
    before = django_user_model.objects.count()

    response = client.post(
        reverse("dashboard:found_department"),
        {
            "department": "Отдел",
            "first_name": "Виктор",
            "last_name": "Сафронов",
            "email": "head@example.com",
            "password": "short",
        },
    )

    assert response.status_code == 422
    assert "password" in response.context["department_form"].errors
    assert django_user_model.objects.count() == before


def test_a_long_table_of_people_opens_folded_and_unfolds(client, head, department):
    from tests.factories.dashboard import row  # people by pace, as the night leaves them

    people = [row(id=n, name=f"Продавец {n:02}", kind=ScopeKind.PERSON) for n in range(46)]
    publish(ScopeKind.DEPARTMENT, department.pk, team=people)
    url = reverse("dashboard:department")
    client.force_login(head)

    folded = client.get(url).content.decode()
    unfolded = client.get(url, {"everyone": 1}).content.decode()
    fragment = client.get(
        url, {"everyone": 1}, headers={"HX-Request": "true", "HX-Target": "team"}
    ).content.decode()

    shown = [n for n in range(46) if f"Продавец {n:02}" in folded]
    assert shown == [*range(8), *range(34, 46)]
    assert "Показать ещё 26 продавцов" in folded
    for text in (unfolded, fragment):
        assert all(f"Продавец {n:02}" in text for n in range(46))
        assert "Показать ещё" not in text
    assert "<html" not in fragment
