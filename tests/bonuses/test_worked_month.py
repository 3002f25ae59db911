"""The worked month of apps/kpis/FORMULAS.md goes on: scores, bonuses and what is taken back."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.actions.approval import approve_statement
from apps.bonuses.choices import Kind
from apps.bonuses.models import Statement
from apps.kpis.actions.schemes import ItemDraft
from apps.kpis.models import Scorecard
from tests.bonuses.conftest import said
from tests.factories.bonuses import started_version
from tests.factories.kpis import do_night_of, morning_after
from tests.factories.schemes import scheme_of
from tests.kpis.worked_month import NOVEMBER, OCTOBER, SEEN, at, build_worked_month

D = Decimal
END_OF_OCTOBER = date(2026, 10, 31)
STEPS = (("0", "0.03"), ("400000", "0.05"), ("800000", "0.08"))
ITEMS = (
    ItemDraft("revenue", D(60), "plan", floor=D("0.5"), cap=D("1.2")),
    ItemDraft("received", D(20), "fixed", D(500_000), floor=D(0), cap=D(1)),
    ItemDraft("win_rate", D(20), "fixed", D("0.5"), floor=D(0), cap=D("1.2")),
)


@pytest.fixture
def month(db):
    return build_worked_month(night=False)


def bonuses(month, kind):
    """October counted and locked, November counted on the morning of the 23rd; by person's name."""
    started_version(
        author=month.head, started_by=month.director, starts_on=OCTOBER, kind=kind, steps=STEPS
    )
    people = [one.pk for one in month.people.values()]
    with time_machine.travel(morning_after(END_OF_OCTOBER), tick=False):
        accrue_people(people, END_OF_OCTOBER)
        for statement in Statement.objects.filter(month=OCTOBER):
            approve_statement(statement, by=month.director, digest=statement.digest)
    with time_machine.travel(morning_after(SEEN), tick=False):
        accrue_people(people, SEEN)
    return {
        name: {row.month: row for row in Statement.objects.filter(person=one)}
        for name, one in month.people.items()
    }


def test_the_score_of_each_seller(month):
    with at(date(2026, 11, 2)):
        scheme_of(month.head, node=month.department, role="seller", items=ITEMS, starts_on=NOVEMBER)
    do_night_of(SEEN)

    cards = {name: Scorecard.objects.shown().get(user=one) for name, one in month.people.items()}
    assert {name: card.score for name, card in cards.items()} == {
        "Anna": D("61.5"),
        "Boris": D("44.4"),
        "Vera": D("0.0"),
        "Gleb": D("45.8"),
        "Dina": D("78.8"),
        "Egor": D("0.0"),
    }
    assert [line["off"] for line in cards["Anna"].items] == ["", "", "few"]


def test_the_marginal_bonus_and_what_is_taken_back(month):
    found = bonuses(month, Kind.MARGINAL)

    assert found["Anna"][OCTOBER].total == D("17000.00")
    assert found["Gleb"][OCTOBER].total == D("9000.00")
    anna = found["Anna"][NOVEMBER]
    assert (anna.base, anna.earned, anna.total) == (D("873330.00"), D("37866.40"), D("36166.40"))
    assert [line for line in said(anna) if line[2] < 0] == [
        ("taken_back", D("-50000.00"), D("-1700.00"))
    ]
    assert found["Gleb"][NOVEMBER].total == D("28666.50")
    assert found["Egor"][NOVEMBER].total == D("4600.20")
    for statements in found.values():
        statement = statements[NOVEMBER]
        assert statement.total == sum(amount for _kind, _base, amount in said(statement))


def test_the_retroactive_bonus_pays_the_rate_reached_on_everything(month):
    found = bonuses(month, Kind.RETROACTIVE)

    assert found["Anna"][OCTOBER].total == D("25000.00")
    anna = found["Anna"][NOVEMBER]
    assert (anna.earned, anna.total) == (D("69866.40"), D("67366.40"))
    assert found["Gleb"][NOVEMBER].total == D("36666.50")
