from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from apps.core import numerals

TODAY = date(2026, 11, 23)


@pytest.fixture
def russian():
    with translation.override("ru"):
        yield


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (4850000, "RUB", "4\xa0850\xa0000\xa0₽"),
        (Decimal("0.5"), "RUB", "1\xa0₽"),
        (Decimal("-0.4"), "RUB", "0\xa0₽"),
        (0, "RUB", "0\xa0₽"),
        (-1180, "EUR", "−1\xa0180\xa0€"),
        (12, "GBP", "12\xa0GBP"),
        (None, "RUB", "–"),
        ("", "RUB", "–"),
    ],
)
def test_money_in_russian(russian, value, currency, text):
    assert numerals.money(value, currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(4850000, "RUB\xa04,850,000"), (-1180, "−RUB\xa01,180"), (0, "RUB\xa00"), (None, "–")],
)
def test_money_in_english(english, value, text):
    assert numerals.money(value, "RUB") == text


def test_exact_and_signed_money(russian):
    assert numerals.money(Decimal("1697500.505"), "RUB", 2) == "1\xa0697\xa0500,51\xa0₽"
    assert numerals.money(640000, "RUB", signed=True) == "+640\xa0000\xa0₽"
    assert numerals.money(0, "RUB", signed=True) == "0\xa0₽"


@pytest.mark.parametrize(
    ("value", "russian_text", "english_text"),
    [
        (29_640_000, "29,64\xa0млн\xa0₽", "RUB\xa029.64m"),
        (1_234_567_890, "1,23\xa0млрд\xa0₽", "RUB\xa01.23bn"),
        (781_400, "781\xa0тыс.\xa0₽", "RUB\xa0781k"),
        (999, "999\xa0₽", "RUB\xa0999"),
        (-2_040_000, "−2,04\xa0млн\xa0₽", "−RUB\xa02.04m"),
        (None, "–", "–"),
    ],
)
def test_short_money(value, russian_text, english_text):
    with translation.override("ru"):
        assert numerals.money_short(value, "RUB") == russian_text
    with translation.override("en"):
        assert numerals.money_short(value, "RUB") == english_text


def test_millions_and_thousands_stand_without_their_unit(russian):
    assert numerals.millions(29_640_000) == "29,64"
    assert numerals.millions(-2_040_000, 1, signed=True) == "−2,0"
    assert numerals.thousands(5_910_499) == "5\xa0910"


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (Decimal("0.618"), 1, "61,8\xa0%"),
        (1.24, 0, "124\xa0%"),
        (Decimal(12), 0, "1\xa0200\xa0%"),
        (0, 1, "0,0\xa0%"),
        (None, 1, "–"),
    ],
)
def test_percent_goes_on_past_a_hundred(russian, share, decimals, text):
    assert numerals.percent(share, decimals) == text


def test_percent_and_points_in_english(english):
    assert numerals.percent(Decimal("0.618")) == "61.8%"
    assert numerals.points(Decimal("-0.064"), signed=True) == "−6.4\xa0pp"


def test_points_in_russian(russian):
    assert numerals.points(Decimal("0.064"), signed=True) == "+6,4\xa0п.п."
    assert numerals.points(None) == "–"


def test_numbers_round_half_up(russian):
    assert numerals.number(Decimal("2.5")) == "3"
    assert numerals.number(0.125, 2) == "0,13"
    assert numerals.number(12345.678, 1) == "12\xa0345,7"


@pytest.mark.parametrize(
    ("language", "full", "short", "older"),
    [
        ("ru", "23.11.2026", "23.11", "23.11.2025"),
        ("en", "23\xa0Nov\xa02026", "23\xa0Nov", "23\xa0Nov\xa02025"),
    ],
)
def test_days(language, full, short, older):
    with translation.override(language):
        assert numerals.day(TODAY) == full
        assert numerals.day_short(TODAY, today=TODAY) == short
        assert numerals.day_short(date(2025, 11, 23), today=TODAY) == older
        assert numerals.day(None) == "–"


def test_moments_are_told_in_the_readers_zone():
    late_in_london = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Moscow")), translation.override("ru"):
        assert numerals.moment(late_in_london, today=TODAY) == "02:30"
        assert numerals.moment(late_in_london, today=date(2026, 11, 24)) == "23.11\xa002:30"
        assert numerals.day(late_in_london) == "23.11.2026"
    with timezone.override(UTC), translation.override("en"):
        assert numerals.moment(late_in_london, today=TODAY) == "22\xa0Nov,\xa023:30"
