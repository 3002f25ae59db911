"""Fields that our pages enrich by script."""

from typing import Any

from django import forms
from django.urls import reverse_lazy


class RemoteSelect(forms.Select):
    """A select whose options come from the server as one types; only the chosen one is rendered.

    `url_name` answers GET ?q= with {"results": [{"id": 1, "text": "…", "note": "…"}]}. The choice
    is still checked against the field's queryset.
    """

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-select": reverse_lazy(url_name), **(attrs or {})})

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list:
        every = self.choices
        rows = every.queryset.filter(pk__in=[one for one in value if str(one).isdecimal()])
        try:
            self.choices = [("", ""), *((str(row.pk), str(row)) for row in rows)]
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = every
