"""KPI schemes: rules that cannot be wrong, versions that do not change, starts that are decisions."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import translation

from apps.core.models import Decision, Notification
from apps.core.periods import month_of
from apps.kpis.actions.schemes import (
    GateDraft,
    create_scheme,
    end_scheme,
    keep_scheme,
    save_version,
    start_version,
    try_again,
)
from apps.kpis.models import DealFact, KpiScheme, SchemeItem, SchemeVersion
from apps.kpis.scheme_places import read_places, ruling
from apps.staff.actions import join_team
from tests.factories.deals import staged_pipeline
from tests.factories.schemes import GATE, RECEIVED, REVENUE, put_in_force, scheme_of
from tests.factories.staff import PositionFactory, UserFactory
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def november():
    with at_work(date(2026, 11, 16)), translation.override("en"):
        yield


def refusal(act, *args, **named):
    with pytest.raises(ValidationError) as refused:
        act(*args, **named)
    return refused.value


def codes(error):
    return sorted({one.code for one in error.error_list})


@pytest.mark.parametrize(
    ("items", "code", "text"),
    [
        ([], "nothing", "at least one line"),
        ([REVENUE], "weights", "make 60"),
        ([REVENUE, replace(RECEIVED, weight=Decimal("40.01"))], "weights", "make 100.01"),
        (
            [REVENUE, replace(RECEIVED, floor=Decimal("1.3"))],
            "floor_above_cap",
            "Payments received",
        ),
        ([REVENUE, replace(REVENUE, weight=Decimal(40))], "twice", "Won revenue"),
        ([REVENUE, replace(RECEIVED, formula="profit")], "formula", "there is no metric “profit”"),
        ([REVENUE, replace(RECEIVED, formula="a.b")], "formula", "Sign 2"),
        ([REVENUE, replace(RECEIVED, target_kind="plan", target=None)], "plan_target", "Payments"),
        ([REVENUE, replace(RECEIVED, target=None)], "target", "Give a target"),
        ([REVENUE, replace(RECEIVED, target=Decimal(0))], "target", "Payments received"),
        ([REVENUE, replace(RECEIVED, curve="steps")], "steps", "Payments received"),
    ],
)
def test_wrong_rules_are_refused_in_words_that_name_the_line(head, department, items, code, text):
    error = refusal(create_scheme, by=head, name="Новая", node=department, items=items)
    assert code in codes(error)
    assert any(text in message for message in error.messages)
    assert not KpiScheme.objects.exists()


def test_everything_wrong_is_said_at_once(head, department):
    items = [replace(REVENUE, floor=Decimal(2)), replace(RECEIVED, target=None)]
    gates = [GateDraft("x", "at_most", Decimal(1), Decimal("0.5"))]
    error = refusal(create_scheme, by=head, name="Новая", node=department, items=items, gates=gates)
    assert codes(error) == ["floor_above_cap", "formula", "target"]


def test_the_same_formula_written_otherwise_is_the_same(head, department):
    half = replace(RECEIVED, weight=Decimal(50))
    items = [
        replace(half, formula="revenue/won_deals"),
        replace(half, formula="revenue ÷ won_deals"),
    ]
    assert codes(refusal(create_scheme, by=head, name="Новая", node=department, items=items)) == [
        "twice"
    ]


def test_two_schemes_do_not_fit_one_person_at_the_same_level(head, department, team_a):
    first = scheme_of(head, node=department, role="seller")
    error = refusal(scheme_of, head, node=department, role="seller", name="Вторая")
    assert (error.code, "Продавцы" in error.messages[0]) == ("same_place", True)
    assert [scheme_of(head, node=team_a, role="seller").number, first.number] == [1, 1]


def test_a_scheme_can_follow_one_that_ended(head, department):
    first = scheme_of(head, node=department, starts_on=NOVEMBER)
    end_scheme(first.scheme, by=head, ends_on=DECEMBER)
    second = scheme_of(head, node=department, name="Вторая")
    assert refusal(start_version, second, by=head, starts_on=NOVEMBER).code == "same_place"
    start_version(second, by=head, starts_on=DECEMBER)
    names = [v.scheme.name for m in (NOVEMBER, DECEMBER) for v in SchemeVersion.objects.in_force(m)]
    assert names == ["Продавцы", "Вторая"]


def test_an_ending_can_be_taken_back_until_it_comes(head, department):
    scheme = scheme_of(head, node=department, starts_on=NOVEMBER).scheme
    assert refusal(end_scheme, scheme, by=head, ends_on=NOVEMBER).code == "past_month"
    for _ in range(2):
        end_scheme(scheme, by=head, ends_on=DECEMBER)
    assert keep_scheme(scheme, by=head).ends_on is None
    end_scheme(scheme, by=head, ends_on=DECEMBER)
    scheme_of(head, node=department, name="Вторая")
    assert refusal(keep_scheme, scheme, by=head).code == "same_place"
    with at_work(date(2026, 12, 1)):
        assert refusal(keep_scheme, scheme, by=head).code == "ended"
    scheme.refresh_from_db()
    assert scheme.ends_on == DECEMBER


def test_the_most_specific_scheme_rules(
    head, department, team_a, team_b, seller, teammate, other_seller
):
    hunter = PositionFactory(name="Охотник")
    scout = UserFactory(team=team_a)
    scout.memberships.update(position=hunter)
    wanted = {
        "все": {"node": department},
        "роль": {"node": department, "role": "seller"},
        "должность": {"node": department, "position": hunter},
        "команда": {"node": team_a},
        "человек": {"user": teammate},
    }
    for name, place in wanted.items():
        scheme_of(head, name=name, starts_on=NOVEMBER, **place)
    versions = list(SchemeVersion.objects.in_force(NOVEMBER).with_rules())
    places = read_places(month_of(NOVEMBER))
    found = {
        person: ruling(versions, places[person.pk]).scheme.name
        for person in (head, seller, teammate, other_seller, scout)
    }
    assert found == {
        head: "все",
        seller: "команда",
        teammate: "человек",
        other_seller: "роль",
        scout: "должность",
    }


def test_who_changed_the_team_is_judged_by_the_last_one(head, team_a, team_b, seller):
    join_team(seller, team_b, date(2026, 11, 10))
    assert read_places(month_of(date(2026, 10, 1)))[seller.pk].path == team_a.path
    assert read_places(month_of(NOVEMBER))[seller.pk].path == team_b.path


def test_a_version_in_force_never_changes(head, department):
    version = scheme_of(head, node=department, starts_on=NOVEMBER)
    for change in (
        lambda: SchemeVersion.objects.filter(pk=version.pk).update(starts_on=DECEMBER),
        lambda: SchemeVersion.objects.filter(pk=version.pk).update(trial=None),
        lambda: SchemeItem.objects.filter(version=version).update(weight=50),
        lambda: SchemeItem.objects.filter(version=version).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    version.refresh_from_db()
    assert (version.starts_on, version.items.count()) == (NOVEMBER, 2)


def test_a_change_is_a_new_version(head, department):
    first = scheme_of(head, node=department, starts_on=NOVEMBER)
    other = [replace(REVENUE, weight=Decimal(100))]
    second = save_version(first.scheme, by=head, base=first, items=other)
    assert refusal(save_version, first.scheme, by=head, base=first, items=other).code == "stale"
    start_version(second, by=head, starts_on=DECEMBER)
    in_force = [
        SchemeVersion.objects.in_force(month).get().number for month in (NOVEMBER, DECEMBER)
    ]
    assert (in_force, first.items.count(), second.items.count()) == ([1, 2], 2, 1)


@pytest.mark.parametrize("month", [date(2026, 10, 1), date(2026, 11, 2)])
def test_a_scheme_starts_with_a_month_that_is_open(head, department, month):
    version = scheme_of(head, node=department)
    assert refusal(start_version, version, by=head, starts_on=month).code == "past_month"
    version.refresh_from_db()
    assert (version.starts_on, Decision.objects.count()) == (None, 0)


def test_an_older_draft_and_an_earlier_start_are_refused(head, department):
    first = scheme_of(head, node=department)
    second = save_version(
        first.scheme, by=head, base=first, items=[replace(REVENUE, weight=Decimal(100))]
    )
    assert refusal(start_version, first, by=head, starts_on=NOVEMBER).code == "not_newest"
    start_version(second, by=head, starts_on=DECEMBER)
    third = save_version(first.scheme, by=head, base=second, items=[REVENUE, RECEIVED])
    assert refusal(start_version, third, by=head, starts_on=NOVEMBER).code == "later_exists"
    start_version(third, by=head, starts_on=DECEMBER)
    assert SchemeVersion.objects.in_force(DECEMBER).get() == third


def test_a_start_is_a_decision_about_those_whom_it_judges(head, department, seller, teammate):
    scheme_of(head, user=teammate, name="Своя", starts_on=NOVEMBER)
    version = scheme_of(head, node=department, role="seller", note="Больше о деньгах")
    for _ in range(2):
        start_version(version, by=head, starts_on=DECEMBER)
    decision = Decision.objects.get()
    assert (decision.kind, decision.metric, decision.starts_on, decision.author) == (
        "kpi_scheme",
        "revenue",
        DECEMBER,
        head,
    )
    assert (decision.subject, decision.note) == (version.scheme, "Больше о деньгах")
    assert list(decision.people.all()) == [seller]
    told = Notification.objects.get()
    assert (told.user, told.body, told.url) == (
        seller,
        "Больше о деньгах",
        reverse("kpis:scheme", args=[version.scheme_id]),
    )
    assert told.title == "Декабрь 2026: ваши KPI считаются по новым правилам"


def test_nobody_makes_rules_out_of_his_scope(head, lead, seller, department, company_node, hr):
    for by, place in (
        (lead, {"node": department}),
        (seller, {"user": seller}),
        (hr, {"node": company_node}),
        (head, {"node": company_node}),
        (head, {"user": head}),
    ):
        with pytest.raises(PermissionDenied):
            scheme_of(by, **place)
    version = scheme_of(head, node=department)
    for act in (
        lambda: start_version(version, by=lead, starts_on=DECEMBER),
        lambda: save_version(version.scheme, by=lead, base=version, items=[REVENUE, RECEIVED]),
        lambda: end_scheme(version.scheme, by=hr, ends_on=DECEMBER),
        lambda: try_again(version, by=seller),
    ):
        with pytest.raises(PermissionDenied):
            act()
    version.refresh_from_db()
    assert (version.starts_on, version.scheme.ends_on, SchemeVersion.objects.count()) == (
        None,
        None,
        1,
    )


def test_the_trial_asks_both_rules_about_the_same_months(head, department, seller, teammate):
    """Of 100,000 planned by "received": the old rules want 80,000 sold a month, the new ones 100,000."""
    pipeline = staged_pipeline()
    for month, amount in ((9, 60_000), (10, 120_000)):
        DealFact.objects.create(
            user=seller,
            day=date(2026, month, 10),
            pipeline=pipeline,
            won_count=1,
            won_amount=amount,
        )
    whole = replace(RECEIVED, formula="revenue", weight=Decimal(100), cap=Decimal("1.1"))
    old = scheme_of(
        head, node=department, items=[replace(whole, target=Decimal(80_000))], starts_on=NOVEMBER
    )
    new = save_version(old.scheme, by=head, base=old, items=[whole])

    trial = new.trial
    assert (trial["on"], trial["months"][0], trial["months"][-1]) == (
        "2026-11-16",
        "2026-05-01",
        "2026-10-01",
    )
    mine = next(row for row in trial["people"] if row["person"] == seller.pk)
    assert mine["old"] == ["0", "0", "0", "0", "75", "110"]
    assert mine["new"] == ["0", "0", "0", "0", "60", "110"]
    assert len(trial["people"]) == 3


def test_months_before_a_person_came_are_not_counted_against_him(head, department, team_a):
    newcomer = UserFactory(team=team_a, hired_on=date(2026, 9, 14))
    version = scheme_of(head, user=newcomer, items=[replace(RECEIVED, weight=Decimal(100))])
    assert version.trial["people"][0]["new"] == [None, None, None, None, "0", "0"]
    assert version.trial["people"][0]["old"] == [None] * 6


def test_a_draft_is_tried_again_what_is_in_force_is_not(head, department, seller):
    version = scheme_of(head, node=department, gates=[GATE])
    with at_work(date(2026, 12, 3)):
        assert try_again(version, by=head).trial["on"] == "2026-12-03"
        put_in_force(version, DECEMBER)
        with at_work(date(2027, 1, 3)):
            assert try_again(version, by=head).trial["on"] == "2026-12-03"
