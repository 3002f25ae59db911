"""The page of a version: what it changes, its evidence, its buttons; attacks on the approval."""

import logging
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.core.models import Decision
from apps.kpis.actions.approval import return_plan
from apps.kpis.actions.plans import save_plan
from apps.kpis.evidence import read_evidence
from apps.kpis.models import DealFact, PlanVersion
from apps.staff.choices import Role
from tests.factories.deals import DealFactory
from tests.factories.staff import AbsenceFactory
from tests.kpis.plan_steps import approved, submitted

pytestmark = pytest.mark.django_db
JANUARY, MARCH, APRIL = date(2027, 1, 1), date(2027, 3, 1), date(2027, 4, 1)
D = Decimal


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-26 09:00:00+03:00", tick=False):
        yield


def save(head, amounts, base=None, year=2027):
    return save_plan(by=head, year=year, level="plan", amounts=amounts, base=base)


@pytest.fixture
def in_force(head, director, seller, teammate, other_seller):
    amounts = {
        (seller.pk, MARCH): D(1000),
        (teammate.pk, MARCH): D(2000),
        (other_seller.pk, APRIL): D(500),
    }
    return approved(save(head, amounts), by=director)


@pytest.fixture
def waiting(in_force, head, seller, other_seller):
    """The seller gets 100 more in March and 250 in April, the other one loses a half."""
    amounts = {
        (seller.pk, MARCH): D(1100),
        (seller.pk, APRIL): D(250),
        (other_seller.pk, APRIL): D(250),
    }
    return submitted(save(head, amounts, base=in_force), words="новый склад")


def get(client, user, version, name="kpis:plan_version", **query):
    client.force_login(user)
    return client.get(reverse(name, args=[version.pk]), query)


def post(client, user, version, name, **data):
    client.force_login(user)
    return client.post(reverse(f"kpis:{name}", args=[version.pk]), data)


def rows(response):
    return [
        (row.name, row.change.old, row.change.new, row.change.difference, row.change.share)
        for row in response.context["diff"].rows
    ]


def test_the_page_names_only_what_changes_the_biggest_first(client, director, waiting, in_force):
    response = get(client, director, waiting, by="person")

    assert response.context["diff"].before == in_force
    assert rows(response) == [
        ("Семён Селин", D(1000), D(1350), D(350), D("0.3500")),
        ("Денис Дроздов", D(500), D(250), D(-250), D("-0.5000")),
    ]
    whole = response.context["diff"].whole
    assert (whole.old, whole.new, whole.difference, whole.share) == (3500, 3600, 100, D("0.0286"))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            "team",
            [
                ("Команда А", D(350)),
                ("Команда Б", D(-250)),
                ("Отдел продаж", D(100)),
                ("Ромашка", D(100)),
            ],
        ),
        ("month", [("Март", D(100))]),
        ("cell", [("Семён Селин", D(250)), ("Денис Дроздов", D(-250)), ("Семён Селин", D(100))]),
    ],
)
def test_differences_by_team_month_and_cell(client, director, waiting, by, expected):
    shown = [
        (name, difference)
        for name, _, _, difference, _ in rows(get(client, director, waiting, by=by))
    ]

    assert sorted(shown) == sorted(expected)
    assert [abs(difference) for _, difference in shown] == sorted(
        (abs(difference) for _, difference in expected), reverse=True
    )


def test_any_other_version_may_be_compared_with(client, head, director, seller, waiting, in_force):
    third = save(head, {(seller.pk, MARCH): D(1200)}, base=waiting)

    assert rows(get(client, head, third, by="person", against=waiting.pk)) == [
        ("Семён Селин", D(1350), D(1450), D(100), D("0.0741"))
    ]
    assert get(client, head, third, against=third.pk).status_code == 404
    assert get(client, head, third, against=10**6).status_code == 404


def test_a_head_sees_the_lines_of_his_people_only(client, waiting, department, company_node):
    from apps.staff.actions import set_leader
    from tests.factories.staff import TeamNodeFactory, UserFactory

    node = TeamNodeFactory(kind="department", name="Опт", parent=company_node)
    stranger = UserFactory(role=Role.HEAD, team=node)
    set_leader(node, stranger)
    response = get(client, stranger, waiting, by="person")

    assert rows(response) == []
    assert response.context["diff"].whole.new == 0


@pytest.mark.parametrize(
    "query", [{"by": "sum"}, {"level": "best"}, {"against": "-1"}, {"against": "x"}]
)
def test_nonsense_in_the_address_is_not_found(client, head, waiting, query):
    """T22"""
    assert get(client, head, waiting, **query).status_code == 404


@pytest.mark.parametrize(
    ("role", "buttons"),
    [
        ("director", {"plan_approve", "plan_return", "plan_comment"}),
        ("head", {"plan_withdraw", "plan_comment"}),
        ("hr", set()),
    ],
)
def test_buttons_follow_right_and_state(client, people, waiting, role, buttons):
    page = get(client, people[role], waiting).content.decode()
    acts = {"plan_approve", "plan_return", "plan_withdraw", "plan_submit", "plan_comment"}

    assert {act for act in acts if reverse(f"kpis:{act}", args=[waiting.pk]) in page} == buttons


def test_hr_sees_no_evidence(client, hr, waiting):
    assert reverse("kpis:plan_evidence", args=[waiting.pk]) not in (
        get(client, hr, waiting).content.decode()
    )
    assert get(client, hr, waiting, "kpis:plan_evidence").status_code == 403


def test_a_head_submits_from_the_page(client, head, seller, director):
    version = save(head, {(seller.pk, MARCH): D(10)})
    assert (
        reverse("kpis:plan_submit", args=[version.pk])
        in get(client, head, version).content.decode()
    )
    empty = post(client, head, version, "plan_submit", answer_by="", words="")
    over = post(client, head, version, "plan_submit", answer_by="2026-11-25", words="весна")

    assert (empty.status_code, over.status_code) == (422, 422)
    assert "Этот день уже прошёл" in over.content.decode()
    assert "весна" in over.content.decode()
    post(client, head, version, "plan_submit", answer_by="2026-12-01", words="весна")
    version.refresh_from_db()
    assert (version.status, version.answer_by) == ("submitted", date(2026, 12, 1))


def test_a_director_returns_and_must_say_why(client, director, waiting):
    silent = post(client, director, waiting, "plan_return", words="")
    waiting.refresh_from_db()
    assert (silent.status_code, waiting.status) == (422, "submitted")

    post(client, director, waiting, "plan_return", words="апрель мал")
    waiting.refresh_from_db()
    assert waiting.status == "returned"
    assert "апрель мал" in get(client, director, waiting).content.decode()


def test_who_comes_second_reads_what_happened(client, director, waiting):
    return_plan(waiting, by=director, words="мало")
    client.force_login(director)
    response = client.post(
        reverse("kpis:plan_approve", args=[waiting.pk]), {"words": ""}, follow=True
    )

    waiting.refresh_from_db()
    assert waiting.status == "returned"
    assert "Эта версия возвращена" in response.content.decode()
    assert "Дмитрий Директоров" in response.content.decode()


@pytest.mark.parametrize("column", ["author", "submitted_by"])
@pytest.mark.parametrize("act", ["plan_approve", "plan_return"])
def test_nobody_answers_his_own_plan(client, director, waiting, act, column, caplog):
    """T17"""
    PlanVersion.objects.filter(pk=waiting.pk).update(**{column: director})
    before = PlanVersion.objects.filter(pk=waiting.pk).values().get()
    steps, decisions = waiting.steps.count(), Decision.objects.count()
    with caplog.at_level(logging.WARNING, "sales.security"):
        response = post(client, director, waiting, act, words="да")

    assert response.status_code == 403
    assert PlanVersion.objects.filter(pk=waiting.pk).values().get() == before
    assert (waiting.steps.count(), Decision.objects.count()) == (steps, decisions)
    assert "of one's own refused" in caplog.text


@pytest.mark.parametrize("act", ["plan_approve", "plan_return"])
@pytest.mark.parametrize("more", ["a-{seller}-3", "amount", "level", "status", "lines", "author"])
def test_an_answer_that_carries_sums_changes_nothing(client, director, seller, waiting, act, more):
    """T18"""
    sums = list(waiting.lines.order_by("pk").values())
    steps, decisions = waiting.steps.count(), Decision.objects.count()
    data = {"words": "да", more.format(seller=seller.pk): "999999"}
    response = post(client, director, waiting, act, **data)

    assert response.status_code == 400
    waiting.refresh_from_db()
    assert waiting.status == "submitted"
    assert list(waiting.lines.order_by("pk").values()) == sums
    assert (waiting.steps.count(), Decision.objects.count()) == (steps, decisions)


def test_words_of_a_comment_are_text(client, head, director, waiting):
    """T29"""
    post(client, director, waiting, "plan_comment", words="<script>alert(1)</script>")

    assert "<script>alert(1)" not in get(client, head, waiting).content.decode()
    assert "&lt;script&gt;alert(1)" in get(client, head, waiting).content.decode()


def test_the_plan_page_leads_the_director_to_what_waits(client, director, head, waiting):
    client.force_login(director)
    page = client.get(reverse("kpis:plan"), {"year": 2026}).content.decode()
    assert "План 2027, версия 2 ждёт вас" in page
    assert waiting.get_absolute_url() in page
    client.force_login(head)
    assert "ждёт вас" not in client.get(reverse("kpis:plan"), {"year": 2026}).content.decode()


def test_the_menu_counts_what_waits_for_the_director(client, director, head, waiting):
    counts = get(client, director, waiting).context["frame"].counts
    assert counts["kpis:plan"] == 1
    assert "kpis:plan" not in get(client, head, waiting).context["frame"].counts


@pytest.mark.parametrize("count", [1, 3])
def test_the_version_page_asks_the_same_number_of_questions(
    client, head, director, seller, teammate, other_seller, count, django_assert_max_num_queries
):
    people = [seller, teammate, other_seller][:count]
    version = save(head, {(one.pk, MARCH): D(10) for one in people})
    submitted(version)
    get(client, director, version)
    with django_assert_max_num_queries(12):
        client.get(version.get_absolute_url())


# --- Evidence --------------------------------------------------------------------------------


def fact(seller, stages, day, *, won=0, count=0, created=0):
    DealFact.objects.create(
        day=day,
        user=seller,
        team=seller.team,
        pipeline=stages.pipeline,
        won_amount=won,
        won_count=count,
        created_count=created,
    )


def month_of(evidence, number):
    return evidence.months[number - 1]


def test_history_stands_beside_the_plan(head, director, seller, stages, waiting):
    approved(save(head, {(seller.pk, date(2026, 3, 1)): D(800)}, year=2026), by=director)
    fact(seller, stages, date(2026, 3, 10), won=1000)
    fact(seller, stages, date(2026, 11, 10), won=70)
    fact(seller, stages, date(2025, 3, 10), won=500)
    evidence = read_evidence(director, waiting)
    march, november = month_of(evidence, 3), month_of(evidence, 11)

    # Planned: 1100 of the seller and 2000 of his teammate.
    assert march.plan == 3100
    assert [(one.fact, one.plan, one.attainment) for one in march.past] == [
        (D(1000), D(800), D("1.2500")),
        (D(500), None, None),
    ]
    assert march.growth == D("2.1000")
    # November 2026 is not over: its fact is shown, but neither compared nor an attainment.
    assert (november.past[0].fact, november.past[0].is_partial) == (70, True)
    assert (november.past[0].attainment, november.growth) == (None, None)
    assert (evidence.plan, evidence.past[0].fact, evidence.growth) == (3600, 1070, None)
    # The last twelve whole months brought 1000: 3600 / 1000 - 1.
    assert evidence.growth_on_usual == D("2.6000")


def test_the_pipeline_stands_in_the_month_it_should_close(director, seller, stages, waiting):
    DealFactory(
        owner=seller,
        pipeline=stages.pipeline,
        stage=stages.quote,
        amount=D(1000),
        expected_close_on=date(2027, 3, 15),
    )
    DealFactory(
        owner=seller,
        pipeline=stages.pipeline,
        stage=stages.quote,
        amount=None,
        expected_close_on=date(2027, 3, 20),
    )
    evidence = read_evidence(director, waiting)
    march = month_of(evidence, 3)

    assert (march.pipeline.count, march.pipeline.amount) == (2, 1000)
    assert march.pipeline.weighted == 1000 * stages.quote.probability
    assert march.coverage == D("0.3226")
    assert evidence.pipeline == march.pipeline


def test_capacity_knows_absences_and_newcomers(director, seller, teammate, waiting):
    AbsenceFactory(user=seller, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 8))
    teammate.ramp_share = D("0.5")
    teammate.save()
    evidence = read_evidence(director, waiting)
    march = month_of(evidence, 3)
    rows = {row.person: row for row in evidence.people}

    assert march.working_days == 22
    # 22 - 5 days away, half of 22 and the whole 22 of the third seller.
    assert march.person_days == 17 + 11 + 22
    assert march.per_person_day == D(3100) / 50
    assert rows[seller].days_away == 5
    assert rows[seller].asked == (D(1350) / (rows[seller].days - 5)).quantize(D("0.01"))


def test_needs_read_the_funnel_backwards(director, seller, stages, waiting):
    fact(seller, stages, date(2026, 3, 10), won=2000, count=10, created=40)
    needs = read_evidence(director, waiting).needs

    # 3600 / 200 an average deal = 18 won deals; a quarter of new deals was won: 72.
    assert (needs.average_deal, needs.conversion) == (200, D("0.2500"))
    assert (needs.won_needed, needs.new_needed) == (18, 72)


def test_few_deals_say_nothing_of_needs(director, seller, stages, waiting):
    fact(seller, stages, date(2026, 3, 10), won=2000, count=9, created=40)
    needs = read_evidence(director, waiting).needs

    assert (needs.average_deal, needs.won_needed, needs.new_needed) == (None, None, None)


def test_evidence_is_of_people_in_sight(client, head, director, waiting, stages, company_node):
    from tests.factories.staff import UserFactory

    stranger = UserFactory(role=Role.SELLER, team=company_node)
    fact(stranger, stages, date(2026, 3, 10), won=700)

    assert month_of(read_evidence(director, waiting), 3).past[0].fact == 700
    assert month_of(read_evidence(head, waiting), 3).past[0].fact is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_evidence_asks_the_same_number_of_questions(
    client, director, waiting, seller, teammate, other_seller, stages, count,
    django_assert_max_num_queries,
):  # fmt: skip
    for one in [seller, teammate, other_seller][:count]:
        fact(one, stages, date(2026, 3, 10), won=700)
    get(client, director, waiting, "kpis:plan_evidence")
    with django_assert_max_num_queries(15):
        page = client.get(reverse("kpis:plan_evidence", args=[waiting.pk]))
    with django_assert_max_num_queries(13):
        part = client.get(
            reverse("kpis:plan_evidence", args=[waiting.pk]), headers={"HX-Request": "true"}
        )

    assert b"<html" in page.content
    assert b"<html" not in part.content
