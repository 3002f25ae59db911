"""Telephone numbers as people read them."""

import phonenumbers

# So many digits make the beginning of a number that means somebody: a country and an operator.
LEAST_DIGITS = 4


def is_code_of_country(text: str) -> bool:
    """Whether `text` is the beginning of a phone that far too many have: "+7", "+7 91"."""
    text = text.strip()
    return text.startswith("+") and sum(char.isdigit() for char in text) < LEAST_DIGITS


def shown_phone(stored: str) -> str:
    """+7 916 123-45-67 for a stored number; anything else as it is."""
    try:
        number = phonenumbers.parse(stored, None)
    except phonenumbers.NumberParseException:
        return stored
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
