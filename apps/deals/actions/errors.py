"""Refusals that name their field."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.deals.choices import ExitField


def field_error(field: str, message: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(message, code=code)})


def missing_error(fields: Iterable[ExitField]) -> ValidationError:
    """Names what the move asks for; `params["fields"]` holds the codes."""
    fields = list(fields)
    names = ", ".join(str(field.label) for field in fields)
    return ValidationError(
        _("To go on, fill in: %(names)s."),
        code="missing_fields",
        params={"names": names, "fields": [field.value for field in fields]},
    )
