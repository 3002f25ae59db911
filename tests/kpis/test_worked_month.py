"""The last chapter of apps/kpis/FORMULAS.md, number by number."""

from decimal import Decimal

import pytest
import time_machine

from apps.core.metrics import find_metric
from apps.core.periods import month_of
from apps.kpis.choices import GapBase, GapBy
from apps.kpis.gap import GapScope, read_gap
from apps.kpis.measuring import measured
from apps.kpis.models import NightRun
from apps.kpis.snapshots import current_snapshot
from tests.factories.kpis import morning_after
from tests.kpis.worked_month import NOVEMBER, SEEN, build_worked_month

D = Decimal


@pytest.fixture
def month(db):
    return build_worked_month()


def payload(kind, scope):
    with time_machine.travel(morning_after(SEEN)):
        return current_snapshot(kind, scope.pk).payload


def test_the_plan_goes_to_people_by_ramp(month):
    plans = {name: payload("person", one)["plan"]["plan"] for name, one in month.people.items()}

    assert plans == dict.fromkeys(month.people, D("1200000.00")) | {"Egor": D("600000.00")}
    assert payload("team", month.teams["North"])["plan"]["plan"] == D("3600000.00")
    assert payload("team", month.teams["South"])["plan"]["plan"] == D("3000000.00")
    assert payload("department", month.department)["plan"]["plan"] == D("6600000.00")


def test_revenue_follows_the_shares_and_the_count_the_owner(month):
    people = {name: payload("person", one) for name, one in month.people.items()}

    assert {name: one["result"]["fact"] for name, one in people.items()} == {
        "Anna": D("823330.00"),
        "Boris": D("710000.00"),
        "Vera": D("450000.00"),
        "Gleb": D("733330.00"),
        "Dina": D("980000.00"),
        "Egor": D("153340.01"),
    }
    assert {name: one["deals"]["won_count"] for name, one in people.items()} == {
        "Anna": 3,
        "Boris": 3,
        "Vera": 1,
        "Gleb": 2,
        "Dina": 2,
        "Egor": 1,
    }
    assert payload("team", month.teams["North"])["result"]["fact"] == D("1983330.00")
    assert payload("team", month.teams["South"])["result"]["fact"] == D("1866670.01")
    assert payload("department", month.department)["result"]["fact"] == D("3850000.01")


def test_the_catalogue_says_the_same(month):
    revenue = measured(find_metric("revenue"), month_of(NOVEMBER))

    assert revenue[month.people["Anna"].pk].value == D("823330.00")
    assert sum(one.value for one in revenue.values()) == D("3850000.01")


def test_attainment_of_people(month):
    found = {
        name: payload("person", one)["result"]["attainment"] for name, one in month.people.items()
    }

    assert found == {
        "Anna": D("0.6861"),
        "Boris": D("0.5917"),
        "Vera": D("0.375"),
        "Gleb": D("0.6111"),
        "Dina": D("0.8167"),
        "Egor": D("0.2556"),
    }


def test_pace_and_what_is_needed_at_working_day_14(month):
    whole = payload("department", month.department)
    result = whole["result"]

    assert (whole["period"]["days_done"], whole["period"]["days_total"]) == (14, 20)
    assert result["share_expected"] == D("0.7")
    assert result["expected"] == D("4620000.00")
    assert result["gap"] == D("-769999.99")
    assert result["pace"] == D("0.8333")
    assert result["attainment"] == D("0.5833")
    assert result["run_rate"] == D("5500000.01")
    assert result["needed_per_day"] == D("458333.33")
    assert result["current_per_day"] == D("275000.00")


def test_the_waterfall_against_the_plan(month):
    gap = read_gap(
        GapScope(month.head, month.department),
        run=NightRun.objects.current(),
        period=month_of(NOVEMBER),
        base=GapBase.PLAN,
        by=GapBy.PIPELINE,
    )
    terms = gap.whole.terms

    assert gap.whole.before.revenue == D("4620000.00")
    assert (gap.whole.after.leads, gap.whole.after.won) == (25, 12)
    assert gap.whole.change == terms.total == D("-769999.99")
    # L(3,900,000.01; 4,620,000) = 4,249,839.78
    assert terms.leads == D("335920.97")  # × ln(25 ÷ 23.1)
    assert terms.mix == 0
    assert terms.conversion == D("-173486.94")  # × ln(0.48 ÷ 0.50)
    assert terms.average_deal == D("-882434.02")  # × ln(325,000 ÷ 400,000)
    assert terms.corrections == D("-50000.00")


def test_hygiene(month):
    whole = payload("department", month.department)["quality"]
    assert (whole["n"], whole["hygiene"]) == (12, D("0.75"))
    assert (whole["no_step"], whole["close_passed"]) == (1, 1)

    # Four of the six of North, five of the six of South: too few for a rate to be shown.
    teams = [payload("team", team)["quality"] for team in month.teams.values()]
    assert [(one["n"], one["hygiene"]) for one in teams] == [(6, D("0.6667")), (6, D("0.8333"))]


def test_receivables(month):
    debts = payload("department", month.department)["receivables"]

    assert (debts["total"], debts["overdue"]) == (D("800000.00"), D("400000.00"))
    assert debts["overdue_share"] == D("0.5")
    assert debts["dso_days"] == D("15.5")
    assert {row["code"]: row["amount"] for row in debts["rows"] if row["amount"]} == {
        "not_due": D("400000.00"),
        "1_30": D("100000.00"),
        "31_60": D("300000.00"),
    }
    received = {
        name: payload("person", one)["result"]["received"] for name, one in month.people.items()
    }
    assert {name: sum_ for name, sum_ in received.items() if sum_} == {
        "Anna": D("200000.00"),
        "Dina": D("350000.00"),
    }
