"""Requisites and names in the one form in which they are stored and compared."""

import re
from collections.abc import Iterator

import phonenumbers

COUNTRY = "RU"
# Digits of a Russian number without its country code.
NATIONAL_LENGTH = 10
# Fewer digits are the end of too many numbers.
LEAST_ENDING = 4
# No phone begins so.
NOTHING = "~"

_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|акционерное общество|ооо|оао|зао|пао|ао|ип|"
    r"ltd|llc|gmbh|inc|филиал)\b"
)
_NUMBER = re.compile(r"[\d\s()+.\-–]*\d[\d\s()+.\-–]*", re.ASCII)
_NOT_LETTERS = re.compile(r"[^\w]+")
# A word is known by so many letters, and so few are not enough to guess from.
_KNOWN_BY = 3
# Letters that are written one for another: by sound, and by haste.
_ALIKE = ("ао", "еиэыйя", "оеё", "уюо", "бп", "вф", "гкх", "дт", "зсц", "жшщч", "лр", "мн")
# Letters that look the same in both alphabets.
_LOOKALIKE = str.maketrans("aceopxykmhtb", "асеорхукмнтв")


def bare_name(name: str) -> str:
    """A company's name without its legal form, quotes and look-alike Latin letters."""
    text = _FORMS.sub(" ", name.lower().replace("ё", "е"))
    text = _NOT_LETTERS.sub(" ", text).strip()
    cyrillic = sum("а" <= char <= "я" for char in text)
    return text.translate(_LOOKALIKE) if cyrillic > len(text) / 3 else text


def meant_beginnings(bare: str) -> set[str]:
    """How the words of a misspelt bare name may begin: by three letters as typed, and with one slip.

    A slip is a letter for another that sounds like it, two that changed places, or one too many.
    Words of fewer than four letters are left alone.
    """
    words = [word for word in bare.split() if len(word) > _KNOWN_BY and word.isalnum()]
    return {start[:_KNOWN_BY] for word in words for start in _slips(word[: _KNOWN_BY + 1])}


def _slips(start: str) -> Iterator[str]:
    """`start` (four letters) and what it may have been."""
    yield start
    for place, letter in enumerate(start[:_KNOWN_BY]):
        before, after = start[:place], start[place + 1 :]
        yield before + after
        yield before + after[:1] + letter + after[1:]
        yield from (before + other + after for other in _sounding_like(letter))


def _sounding_like(letter: str) -> set[str]:
    return {other for group in _ALIKE if letter in group for other in group} - {letter}


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


def number_ways(digits: str) -> dict[str, str]:
    """What is looked for when a person types `digits`: `words` of a raw tsquery (an INN), `start` and
    `other_start` of a phone, its `ending` read backwards. What makes no sense is NOTHING."""
    start, other_start, *_ = [*phone_beginnings(digits), NOTHING, NOTHING]
    is_ending = LEAST_ENDING <= len(digits) <= NATIONAL_LENGTH
    return {
        "words": f"{digits}:*",
        "start": start,
        "other_start": other_start,
        "ending": digits[::-1] if is_ending else NOTHING,
    }


def phone_beginnings(digits: str) -> list[str]:
    """How a stored number may begin when a person types `digits`, with 8, +7 or without."""
    # The code of no country begins with a zero; an INN often does.
    beginnings = [] if digits.startswith("0") else [f"+{digits}"]
    if digits.startswith("8"):
        beginnings.append(f"+7{digits[1:]}")
    elif not digits.startswith("7") or len(digits) <= NATIONAL_LENGTH:
        beginnings.append(f"+7{digits}")
    return beginnings


def digits_of(text: str) -> str:
    """The digits of `text` when it holds nothing but a number as people type it, else ""."""
    return re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else ""
