"""Requisites and names in the one form in which they are stored and compared."""

import re

import phonenumbers

COUNTRY = "RU"
# Digits of a Russian number without its country code.
NATIONAL_LENGTH = 10

_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|акционерное общество|ооо|оао|зао|пао|ао|ип|"
    r"ltd|llc|gmbh|inc|филиал)\b"
)
_NUMBER = re.compile(r"[\d\s()+.\-–]*\d[\d\s()+.\-–]*", re.ASCII)
_NOT_LETTERS = re.compile(r"[^\w]+")
# Letters that look the same in both alphabets.
_LOOKALIKE = str.maketrans("aceopxykmhtb", "асеорхукмнтв")


def bare_name(name: str) -> str:
    """A company's name without its legal form, quotes and look-alike Latin letters."""
    text = _FORMS.sub(" ", name.lower().replace("ё", "е"))
    text = _NOT_LETTERS.sub(" ", text).strip()
    cyrillic = sum("а" <= char <= "я" for char in text)
    return text.translate(_LOOKALIKE) if cyrillic > len(text) / 3 else text


def normal_phone(text: str) -> str:
    """+79161234567 for "8 (916) 123-45-67"; "" for a blank.

    A number without a country is Russian. Raises ValueError for what is not one whole number.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException as fault:
        raise ValueError(text) from fault
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_beginnings(digits: str) -> list[str]:
    """How a stored number may begin when a person types `digits`, with 8, +7 or without."""
    beginnings = [f"+{digits}"]
    if digits.startswith("8"):
        beginnings.append(f"+7{digits[1:]}")
    elif not digits.startswith("7") or len(digits) <= NATIONAL_LENGTH:
        beginnings.append(f"+7{digits}")
    return beginnings


def digits_of(text: str) -> str:
    """The digits of `text` when it holds nothing but a number as people type it, else ""."""
    return re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else ""
