"""What may be written into a client or a contact, and in which form."""

import re
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.ru import inn as inn_number
from stdnum.ru import ogrn as ogrn_number

from apps.clients.calculations import normal_phone

CLIENT_FIELDS = (
    "kind", "name", "inn", "kpp", "ogrn", "phone", "email", "site", "city", "address", "industry",
    "employees", "parent", "source", "level", "potential", "note",
)  # fmt: skip
CONTACT_FIELDS = ("name", "position", "phone", "email", "is_decision_maker", "note")

_BLANKS = re.compile(r"\s+")
_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}", re.ASCII)


def checked(fields: dict[str, Any], allowed: Collection[str]) -> dict[str, Any]:
    """`fields` in the form in which they are stored; a name outside `allowed` is a mistake in code.

    Raises ValidationError by field, with codes.
    """
    if unknown := set(fields) - set(allowed):
        raise TypeError(f"not to be written here: {sorted(unknown)}")
    values, errors = dict(fields), {}
    for name, clean in CLEANERS.items():
        if values.get(name):
            try:
                values[name] = clean(values[name])
            except ValidationError as error:
                errors[name] = error
    if errors:
        raise ValidationError(errors)
    return values


def clean_name(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def clean_inn(text: str) -> str:
    number = _BLANKS.sub("", text)
    if not (number.isascii() and number.isdigit()):
        raise ValidationError(_("An INN consists of digits only."), "inn_format")
    if len(number) not in (10, 12):
        raise ValidationError(
            _("The INN has %(count)d digits; a company has 10, a person 12."),
            "inn_length",
            {"count": len(number)},
        )
    if not number.strip("0") or not inn_number.is_valid(number):
        raise ValidationError(_("The check digit of the INN is wrong. Compare it."), "inn_digit")
    return number


def clean_kpp(text: str) -> str:
    number = _BLANKS.sub("", text).upper()
    if not _KPP.fullmatch(number):
        raise ValidationError(_("A KPP has 9 characters, like 770701001."), "kpp_format")
    return number


def clean_ogrn(text: str) -> str:
    number = _BLANKS.sub("", text)
    try:
        ogrn_number.validate(number)
    except NumberError:
        raise ValidationError(
            _("The OGRN is wrong: a company has 13 digits, an entrepreneur 15."), "ogrn_format"
        ) from None
    return number


def clean_phone(text: str) -> str:
    try:
        return normal_phone(text)
    except ValueError:
        raise ValidationError(
            _("This is not one whole number. Write it as +7 900 123-45-67."), "phone_format"
        ) from None


CLEANERS = {
    "name": clean_name,
    "inn": clean_inn,
    "kpp": clean_kpp,
    "ogrn": clean_ogrn,
    "phone": clean_phone,
    "email": lambda text: text.strip().lower(),
    "city": clean_name,
    "industry": clean_name,
}
