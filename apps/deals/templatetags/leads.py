"""How long something waits, as people say it."""

from django import template
from django.utils.translation import gettext as _

from apps.core.numerals import number

register = template.Library()

HOUR = 60


@register.filter
def duration(minutes: float | None) -> str:
    """35 min, 2 h 05 min; – for None. Working time: a day of it is not 24 hours, so no days."""
    if minutes is None:
        return "–"
    hours, rest = divmod(round(minutes), HOUR)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)02d min") % {"hours": number(hours), "minutes": rest}
