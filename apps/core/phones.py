"""Telephone numbers as people read them."""

import phonenumbers


def shown_phone(stored: str) -> str:
    """+7 916 123-45-67 for a stored number; anything else as it is."""
    try:
        number = phonenumbers.parse(stored, None)
    except phonenumbers.NumberParseException:
        return stored
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
