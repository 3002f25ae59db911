"""What pages of higher rooms say about a bonus."""

from django import template

from apps.bonuses.models import Statement
from apps.bonuses.words import next_words

register = template.Library()


@register.simple_tag
def next_step(statement: Statement) -> str:
    return next_words(statement)
