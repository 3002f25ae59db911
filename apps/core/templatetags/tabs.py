"""{% section_tabs "clients" %}: the tabs of a section that several rooms share."""

from typing import Any

from django import template
from django.urls import reverse

from apps.core.tabs import tabs_of

register = template.Library()


@register.inclusion_tag("components/_tabs.html", takes_context=True)
def section_tabs(context: template.Context, section: str) -> dict[str, Any]:
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    tabs = [
        {
            "label": tab.label,
            "url": reverse(tab.url_name),
            "count": None,
            "is_current": here == tab.url_name or here in tab.also,
        }
        for tab in tabs_of(section, request.user)
    ]
    return {"tabs": tabs if len(tabs) > 1 else []}
