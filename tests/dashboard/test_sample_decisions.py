"""The sample's decisions are measured by its first night, its contests end, run and wait."""

from datetime import date

import pytest

from apps.core.models import Decision
from apps.dashboard.sample.closed_months import close_history
from apps.dashboard.sample.decisions import make_decisions
from apps.dashboard.sample.department import Size, make_department
from apps.kpis.models import (
    ClosedMonth,
    Contest,
    ContestStanding,
    DealFact,
    DecisionEffect,
    LateEvent,
)
from apps.kpis.night.contests import store_standings
from apps.kpis.night.effects import store_effects
from tests.factories.kpis import do_night_of
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
YESTERDAY = date(2026, 11, 22)


def make(deals=800):
    size = Size(deals=deals, clients=150)
    make_department(seed=7, today=TODAY, size=size, password="north-wind-blows")


def test_the_first_night_finds_something_to_say_of_each_decision():
    make()
    do_night_of(YESTERDAY)

    rows = DecisionEffect.objects.select_related("decision")
    states = {row.decision.kind: row.state for row in rows.order_by("decision__starts_on")}
    assert states["training"] == states["script"] == "finished"
    assert states["contest"] == "measuring"
    assert Decision.objects.filter(kind="resolution").count() == 2
    told = rows.filter(state="finished").exclude(effect=None)
    assert told.exists()

    assert list(Contest.objects.order_by("starts_on").values_list("state", flat=True)) == [
        "finished",
        "launched",
        "draft",
    ]
    assert Contest.objects.get(state="draft").simulation["windows"] == 12
    finals = ContestStanding.objects.filter(is_final=True)
    assert sum(row.prize for row in finals) == 60_000

    # The next night has nothing left to say about what is over.
    before = list(told.order_by("pk").values())
    store_effects(TODAY)
    store_standings(TODAY)
    assert list(told.order_by("pk").values()) == before


def test_the_head_has_closed_all_months_but_the_last_two():
    make(deals=200)
    do_night_of(YESTERDAY)
    close_history(TODAY)

    months = list(ClosedMonth.objects.order_by("month").values_list("month", flat=True))
    assert months[0] == DealFact.objects.order_by("day").first().day.replace(day=1)
    assert months[-1] == date(2026, 9, 1)
    # Nothing of what the sample tells came late.
    do_night_of(TODAY)
    assert not LateEvent.objects.exists()


def test_a_department_too_small_to_compare_is_left_without(head, team_a):
    for _ in range(9):
        UserFactory(team=team_a, hired_on=date(2020, 1, 1))
    make_decisions(TODAY)
    assert not Decision.objects.exists()
    assert not Contest.objects.exists()

    UserFactory(team=team_a, hired_on=date(2020, 1, 1))
    make_decisions(TODAY)
    assert Decision.objects.count() == 7
