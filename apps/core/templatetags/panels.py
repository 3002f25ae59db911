"""{% panels "deals.deal" deal %}: what higher rooms add to the page of an object."""

from typing import Any

from django import template

from apps.core.panels import panels_of

register = template.Library()


@register.inclusion_tag("components/_panels.html", takes_context=True)
def panels(context: template.Context, page: str, obj: Any) -> dict[str, Any]:
    return {"panels": panels_of(page, obj, context["request"].user)}
