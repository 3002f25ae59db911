"""How the requisites of clients are written."""

from django import template

from apps.core.phones import shown_phone

register = template.Library()


@register.filter
def phone_number(stored: str) -> str:
    """+7 916 123-45-67"""
    return shown_phone(stored) if stored else ""
