import pytest

from apps.clients.calculations import (
    bare_name,
    digits_of,
    meant_beginnings,
    normal_phone,
    phone_beginnings,
)
from apps.core.phones import shown_phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("8 (916) 123-45-67", "+79161234567"),
        ("+7 916 123 45 67", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("+49 30 123456", "+4930123456"),
        ("  ", ""),
    ],
)
def test_a_phone_in_its_stored_form(typed, stored):
    assert normal_phone(typed) == stored


@pytest.mark.parametrize(
    "typed", ["12", "звонить Ивану", "8 916 123-45-67 доб. 12", "1" * 30, "\x00"]
)
def test_what_is_not_one_whole_number(typed):
    with pytest.raises(ValueError, match=r"."):
        normal_phone(typed)


def test_a_phone_for_people():
    assert shown_phone("+79161234567") == "+7 916 123-45-67"
    assert shown_phone("сто") == "сто"


@pytest.mark.parametrize(
    ("digits", "stored"),
    [
        ("8916", "+79161234567"),
        ("7916", "+79161234567"),
        ("916123", "+79161234567"),
        ("79161234567", "+79161234567"),
        ("4930", "+4930123456"),
    ],
)
def test_a_number_is_found_however_it_begins(digits, stored):
    assert any(stored.startswith(beginning) for beginning in phone_beginnings(digits))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("рамашка", "ром"), ("раомшка", "рао"), ("ормашка", "ром"), ("ррмашка", "рма"),
     ("васелек", "вас"), ("фасилек", "вас"), ("стрйовектор", "стр")],
)  # fmt: skip
def test_how_a_misspelt_word_may_begin(typed, meant):
    assert meant in meant_beginnings(typed)


def test_short_words_and_signs_are_not_guessed():
    assert meant_beginnings("оао 5 a'b:*") == set()
    assert all(len(start) == 3 for start in meant_beginnings("снабжение урал"))


@pytest.mark.parametrize(
    ("text", "digits"),
    [("+7 (916) 12", "791612"), ("7707083893", "7707083893"), ("дом 5", ""), ("", ""), ("- -", "")],
)
def test_what_is_a_number(text, digits):
    assert digits_of(text) == digits


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("ООО «Ромашка»", "ромашка"),
        ('Общество с ограниченной ответственностью "Ромашка"', "ромашка"),
        ("ромашка, ооо", "ромашка"),
        ("Ёлка-Сервис АО", "елка сервис"),
        ("Acme GmbH", "acme"),
        # Latin letters that only look Russian.
        ("ООО Pомaшкa", "ромашка"),
    ],
)
def test_a_name_without_its_dress(name, bare):
    assert bare_name(name) == bare
