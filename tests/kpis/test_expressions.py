"""Formulas of one's own: arithmetic over metrics, and nothing else (T28)."""

import time
from decimal import Decimal

import pytest

from apps.kpis.calculations.expressions import (
    DEEPEST,
    LONGEST,
    ExpressionError,
    evaluate,
    names,
    parse,
    settled,
)

CODES = {"revenue", "won_deals", "lost_deals"}
VALUES = {"revenue": Decimal(900_000), "won_deals": Decimal(6), "lost_deals": None}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("revenue", "900000"),
        ("revenue / won_deals", "150000"),
        ("revenue ÷ won_deals × 2", "300000"),
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("-won_deals + 10", "4"),
        ("2 − −3", "5"),
        ("min(won_deals, 4)", "4"),
        ("max(won_deals; 4, 10.5)", "10.5"),
        ("min(max(1, 2), 3)", "2"),
        ("0.1 + 0.2", "0.3"),
    ],
)
def test_arithmetic_comes_to_what_it_says(text, result):
    assert evaluate(parse(text, CODES), VALUES) == Decimal(result)


@pytest.mark.parametrize("text", ["revenue / 0", "1 / (won_deals - 6)", "lost_deals + 1"])
def test_what_is_not_known_is_not_a_number(text):
    assert evaluate(parse(text, CODES), VALUES) is None


def test_a_result_beyond_reason_is_none():
    text = "*".join(["999999999999"] * 15)
    assert evaluate(parse(text, CODES), VALUES) is None


def test_the_metrics_of_a_formula_are_known():
    assert names(parse("min(revenue, 2 * won_deals) + 1", CODES)) == {"revenue", "won_deals"}


def test_equal_formulas_are_kept_equal():
    assert settled(" revenue /  won_deals*2 ") == settled("revenue÷won_deals×2")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "empty", 1),
        ("   ", "empty", 1),
        ("__import__('os')", "sign", 1),
        ("a.b", "sign", 2),
        ("revenue.real", "sign", 8),
        ("9**9**9", "value", 3),
        ("9^9", "sign", 2),
        ("revenue[0]", "sign", 8),
        ("lambda: 1", "sign", 7),
        ("exec(1)", "unknown", 1),
        ("min", "unknown", 1),
        ("min()", "value", 5),
        ("profit + 1", "unknown", 1),
        ("revenue +", "value", 10),
        ("(revenue", "closing", 9),
        ("revenue)", "rest", 8),
        ("2 revenue", "rest", 3),
        ("0,5", "rest", 2),
        ("1234567890123", "big_number", 1),
        ("1e999", "rest", 2),
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "too_deep", DEEPEST + 1),
        ("-" * 150 + "1", "too_deep", DEEPEST + 1),
        ("1" + "+1" * 150, "too_long", LONGEST + 1),
        ("(" * 100_000, "too_long", LONGEST + 1),
        ("выручка", "sign", 1),
        ("revenue\x00", "sign", 8),
    ],
)
def test_whatever_else_is_refused_at_its_place_and_at_once(text, code, place):
    began = time.perf_counter()
    with pytest.raises(ExpressionError) as refusal:
        parse(text, CODES)
    assert time.perf_counter() - began < 0.1
    assert (refusal.value.code, refusal.value.place) == (code, place)


def test_the_longest_chain_is_evaluated():
    text = "1" + "+1" * ((LONGEST - 1) // 2)
    assert evaluate(parse(text, CODES), VALUES) == Decimal(100)
