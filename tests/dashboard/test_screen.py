from decimal import Decimal

import pytest
from django.utils import translation

from apps.dashboard import tones
from apps.dashboard.comparison import change
from apps.dashboard.screen import Screen
from apps.kpis.choices import ScopeKind
from apps.kpis.snapshots import KpiScore
from tests.factories.dashboard import payload, row

NBSP = "\u00a0"


def screen(**parts):
    return Screen(payload(**parts))


def test_verdict_says_how_far_behind_the_pace_we_are(settings):
    text = screen().verdict.replace(NBSP, " ")

    assert text == "Отстаём от темпа на 2,04 млн ₽. Так выйдет 44,91 млн ₽ при плане 48,00 млн ₽."


@pytest.mark.parametrize(
    ("parts", "begins"),
    [
        ({"result": {"gap": Decimal(2_040_000)}}, "Опережаем темп на 2,04 млн ₽."),
        ({"result": {"fact": Decimal(48_000_000)}}, "План выполнен: 48,00 млн ₽"),
        ({"period": {"is_over": True}}, "План выполнен на 61,8 %"),
        ({"plan": {"plan": None}}, "Заработано 29,64 млн ₽; плана для сравнения нет."),
        ({"result": {"gap": None}}, "Пока 29,64 млн ₽ из 48,00 млн ₽."),
    ],
)
def test_verdict_follows_the_situation(parts, begins):
    assert screen(**parts).verdict.replace(NBSP, " ").startswith(begins)


def test_english_verdict_puts_the_currency_first():
    with translation.override("en"):
        shown = screen()
        text, unit = shown.verdict.replace(NBSP, " "), shown.unit

    assert text.startswith("RUB 2.04m behind the pace.")
    assert unit == f"RUB{NBSP}m"


def test_small_department_counts_in_thousands():
    small = screen(
        plan={"plan": Decimal(900_000), "minimum": None}, result={"fact": Decimal(310_500)}
    )

    assert small.unit == f"тыс.{NBSP}₽"
    assert small.fact_text == "311"
    assert small.chart["plan"][0] == 12000.0


def test_plan_bar_is_as_long_as_its_furthest_mark():
    bar = screen().plan_bar

    assert [mark["label"] for mark in bar["marks"]] == ["к сегодня", "минимум", "план"]
    assert [mark.get("lean") for mark in bar["marks"]] == [None, "end", "st"]
    assert round(bar["fact"], 4) == round(Decimal("29.64") / (Decimal(48) * Decimal("1.16")), 4)


def test_chart_breaks_the_fact_off_at_the_day_of_the_run():
    chart = screen().chart

    assert chart["fact"] == [9.0, 20.0, 29.64]
    assert chart["forecast"]["middle"] == [29.64, 44.909]
    assert chart["forecast"]["low80"] == [29.64, 40.0]
    # 44.909 - (44.909 - 40) x 0.674 / 1.2816
    assert chart["forecast"]["low50"] == [29.64, 42.327]


def test_forecast_without_an_interval_draws_its_line_alone():
    chart = screen(forecast={"low": [None] * 4, "high": [None] * 4}).chart

    assert chart["forecast"]["low80"] == chart["forecast"]["middle"]


def test_numbers_lead_to_their_rows():
    shown = screen(scope={"kind": ScopeKind.TEAM, "id": 4})

    assert shown.won_url == "/deals/?team=4&outcome=won&closed_from=2026-11-01&closed_to=2026-11-30"
    assert shown.funnel[0]["stuck_url"] == "/deals/?team=4&stage=11&outcome=open&stuck=1"
    assert shown.quality[0] == ("нет следующего шага", 8, "/deals/?team=4&outcome=open&no_step=1")


def test_team_row_links_to_the_person_and_to_his_deals():
    first, second = screen().team

    assert first["url"] == "/employees/1/?month=2026-11"
    assert first["won"].startswith("/deals/?owner=1&outcome=won")
    assert (first["pace_tone"], second["pace_tone"]) == (tones.GOOD, tones.BAD)
    assert first["late_url"] == "/tasks/?whose=team&state=overdue&assignee=" + str(first["id"])
    # Three cases are too few to tint, however low the rate.
    assert second["conversion_tone"] == tones.PLAIN


def test_a_person_has_the_score_of_his_card_and_a_team_has_none():
    people = payload()["team"]
    shown = Screen(payload(), {people[0]["id"]: KpiScore(Decimal(84), "warn")})

    assert shown.team[0]["score"].value == 84
    assert shown.team[0]["score_url"] == "/plan/scorecards/1/?month=2026-11"
    assert (shown.team[1]["score"], shown.total["score"]) == (None, None)


def test_comparison_compares_with_the_same_working_day():
    won = screen().compared[0]

    assert (won["then"], won["now"], won["change"]) == ("24,70", "29,64", Decimal("0.2"))


def test_change_of_nothing_is_unknown():
    assert change(0, 5) is None
    assert change(None, 5) is None
    assert change(4, 5) == Decimal("0.25")


@pytest.mark.parametrize(
    ("share", "tone"),
    [
        ("1.05", "good"),
        ("1.04", ""),
        ("0.95", ""),
        ("0.94", "warn"),
        ("0.75", "warn"),
        ("0.74", "bad"),
    ],
)
def test_pace_is_tinted_at_its_edges_only(share, tone):
    assert tones.pace(Decimal(share)) == tone


def test_coverage_is_measured_by_what_the_win_rate_asks_for():
    assert tones.coverage(Decimal("3.45"), Decimal("2.3")) == tones.GOOD
    assert tones.coverage(Decimal("2.2"), Decimal("2.3")) == tones.WARN
    assert tones.coverage(Decimal("1.3"), Decimal("2.3")) == tones.BAD
    assert tones.coverage(None, Decimal("2.3")) == tones.PLAIN


def test_row_without_a_plan_has_no_bar():
    shown = screen(team=[row(plan=None, attainment=None)])

    assert shown.team[0]["share"] == 0
