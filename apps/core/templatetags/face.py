"""Filters and tags of every template (builtins): numbers, dates, icons, small marks."""

from typing import Any
from uuid import uuid4

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.core import charts, numerals
from apps.core.company_currency import company_currency
from apps.core.icons import icon_svg
from apps.core.phones import shown_phone

register = template.Library()

# A rate over fewer cases says nothing: its count is shown instead.
ENOUGH_CASES = 10


@register.filter
def money(value: Any, currency: str | None = None) -> str:
    return numerals.money(value, currency or company_currency())


@register.filter
def money_exact(value: Any, currency: str | None = None) -> str:
    """With cents: for documents and payments that must agree to the cent."""
    return numerals.money(value, currency or company_currency(), 2)


@register.filter
def money_signed(value: Any, currency: str | None = None) -> str:
    return numerals.money(value, currency or company_currency(), signed=True)


@register.filter
def money_short(value: Any, currency: str | None = None) -> str:
    return numerals.money_short(value, currency or company_currency())


@register.filter
def money_short_signed(value: Any, currency: str | None = None) -> str:
    return numerals.money_short(value, currency or company_currency(), signed=True)


@register.filter
def millions(value: Any, decimals: int = 2) -> str:
    return numerals.millions(value, decimals)


@register.simple_tag
def millions_unit() -> str:
    """ "млн ₽" for the heading of a column of `millions`."""
    return numerals.millions_unit(company_currency())


@register.filter
def phone(stored: str) -> str:
    """+7 916 123-45-67; nothing for nobody's number."""
    return shown_phone(stored) if stored else ""


@register.filter
def typed(value: Any) -> str:
    """A stored number as it stands in a field; nothing for what is unknown."""
    return "" if value is None else numerals.typed(value)


@register.filter
def millions_signed(value: Any, decimals: int = 2) -> str:
    return numerals.millions(value, decimals, signed=True)


@register.filter
def thousands(value: Any, decimals: int = 0) -> str:
    return numerals.thousands(value, decimals)


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    return numerals.number(value, decimals)


@register.filter
def number_signed(value: Any, decimals: int = 0) -> str:
    return numerals.number(value, decimals, signed=True)


@register.filter
def percent(share: Any, decimals: int = 1) -> str:
    return numerals.percent(share, decimals)


@register.filter
def percent_signed(share: Any, decimals: int = 1) -> str:
    return numerals.percent(share, decimals, signed=True)


@register.filter
def points(difference: Any, decimals: int = 1) -> str:
    return numerals.points(difference, decimals)


@register.filter
def points_signed(difference: Any, decimals: int = 1) -> str:
    return numerals.points(difference, decimals, signed=True)


@register.filter
def day(value: Any) -> str:
    return numerals.day(value)


@register.filter
def day_short(value: Any) -> str:
    return numerals.day_short(value, today=timezone.localdate())


@register.filter
def moment(value: Any) -> str:
    return numerals.moment(value, today=timezone.localdate())


@register.filter
def width(share: Any) -> str:
    """A fraction as the percent of a `data-w` or `data-l` attribute, kept within 0..100."""
    if numerals.is_unknown(share):
        return "0"
    return str(numerals.rounded(min(max(float(share), 0.0), 1.0) * 100, 1))


@register.filter
def initials(name: Any) -> str:
    """ВС for "Виктор Сафронов"; ? for nobody."""
    words = str(name or "").split()
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon "telephone" %}; with `label` it speaks for itself, otherwise it is decoration."""
    drawing = icon_svg(name)
    if not label:
        return drawing
    return format_html(
        '<span role="img" aria-label="{}" title="{}">{}</span>', label, label, drawing
    )


@register.simple_tag
def rate(share: Any, n: int, decimals: int = 1) -> SafeString | str:
    """{% rate conversion n=deals %}: the percentage, or a grey "few, n=7" below ten cases."""
    if n is not None and n < ENOUGH_CASES:
        return format_html('<span class="tag">{}</span>', _("few, n=%(n)s") % {"n": n})
    return numerals.percent(share, decimals)


@register.simple_tag
def idempotency_key() -> SafeString:
    """A hidden field that makes a repeated POST of one page harmless."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4())


@register.filter
def clock(value: Any) -> str:
    """14:05, whatever the day."""
    return numerals.UNKNOWN if numerals.is_unknown(value) else numerals.clock(value)


@register.simple_tag
def page_numbers(page: Page) -> list[int | str]:
    """1 2 … 8 9 [10] 11 12 … 40, for the pager."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag(takes_context=True)
def sort_link(context: Context, name: str) -> dict[str, str]:
    """The address that sorts by `name` (again: the other way), and how it is sorted now.

    The filters of the address stay; the page is dropped.
    """
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    states = {name: "ascending", f"-{name}": "descending"}
    query["sort"] = f"-{name}" if now == name else name
    for place in ("page", "after", "before"):
        query.pop(place, None)
    return {"url": f"?{query.urlencode()}", "state": states.get(now, "")}


@register.simple_tag
def job_percent(job: Any) -> str:
    return width(job.done / job.total) if job.total else "0"


@register.simple_tag
def chart_table(kind: str, data: dict[str, Any]) -> charts.Table:
    return charts.table(kind, data)
