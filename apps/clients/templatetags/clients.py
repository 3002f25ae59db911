"""How the requisites of clients are written."""

from django import template
from django.utils.translation import pgettext

from apps.clients.choices import ClientLevel
from apps.core.phones import shown_phone

register = template.Library()


@register.filter
def phone_number(stored: str) -> str:
    """+7 916 123-45-67"""
    return shown_phone(stored) if stored else ""


@register.filter
def level_mark(level: str) -> str:
    """The level as it stands in its mark: a letter, in the reader's alphabet for new clients."""
    return pgettext("mark of a new client", "N") if level == ClientLevel.NEW else level
