"""Reading the requisites of a client from a cell: checked, never padded, never guessed."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from stdnum.ru import inn as inn_digits

from apps.core.importing.cells import Style, clean_text, text
from apps.core.importing.messages import explain
from apps.core.importing.problems import CellProblem
from apps.core.importing.records import Cell, Fault, as_text

explain(
    inn_format=(_("The INN does not consist of digits."), _("Write its 10 or 12 digits as text.")),
    inn_length=(
        _("The INN has %(found)s digits; a company has 10, a person 12."),
        _("Restore the lost digits (leading zeros too) and format the column as text."),
    ),
    inn_check_digit=(
        _("The check digit of the INN is wrong."),
        _("Compare it with the requisites."),
    ),
    phone_format=(
        _("This is not one whole phone number."),
        _("Write one number as +7 900 123-45-67, without an extension."),
    ),
    email_format=(_("This is not an e-mail address."), _("Write it as name@example.com.")),
)

_COUNTRY = "RU"
_BLANKS = re.compile(r"[\s\u00a0]+")
_PHONE = re.compile(r"^(tel:)?[+()\d\s\u00a0.\-–]+$", re.ASCII | re.IGNORECASE)


def inn(cell: Cell, style: Style) -> str:
    """Ten or twelve digits with the right check digit, "" for a blank."""
    value = _BLANKS.sub("", _plain(cell))
    if not value:
        return ""
    if not (value.isascii() and value.isdigit()):
        raise CellProblem("inn_format", cell)
    if len(value) not in (10, 12):
        raise CellProblem("inn_length", cell, found=len(value))
    if not value.strip("0") or not inn_digits.is_valid(value):
        raise CellProblem("inn_check_digit", cell)
    return value


def phone(cell: Cell, style: Style) -> str:
    """The number as +79001234567, "" for a blank; a number without a country is Russian."""
    value = _plain(cell)
    if not value:
        return ""
    if not _PHONE.match(value):
        raise CellProblem("phone_format", cell)
    try:
        number = phonenumbers.parse(value, _COUNTRY)
    except phonenumbers.NumberParseException as fault:
        raise CellProblem("phone_format", cell) from fault
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise CellProblem("phone_format", cell)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(cell: Cell, style: Style) -> str:
    """An e-mail in lower case, "" for a blank."""
    value = text(limit=254)(cell, style).lower()
    if not value:
        return ""
    try:
        validate_email(value)
    except ValidationError as fault:
        raise CellProblem("email_format", cell) from fault
    return value


def _plain(cell: Cell) -> str:
    if isinstance(cell, Fault):
        raise CellProblem(cell.code, cell.text)
    return clean_text(as_text(cell)).strip()
