"""Fields that several forms of the room share."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.numerals import typed
from apps.staff.models import User

# Without scripts a person picks among his latest clients; with them the server is asked.
OFFERED = 30


class DayInput(forms.DateInput):
    """The browser's own calendar; it takes ISO dates only."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def boxed(fields: Iterable[forms.Field]) -> None:
    """The look of fields that stand in a table or a menu, where crispy does not draw them."""
    for field in fields:
        is_select = isinstance(field.widget, forms.Select)
        kind = "form-select" if is_select else "form-control"
        field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} {kind}".strip()
        field.widget.attrs["aria-label"] = field.label


class DayField(forms.DateField):
    widget = DayInput


class MomentField(forms.DateTimeField):
    widget = MomentInput


class AmountField(forms.DecimalField):
    """Money as people type it: "4 850 000,50" is as good as 4850000.50."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 2, "min_value": 0, **kwargs})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """What is stored is shown as it is typed; what was typed stays as it is."""
        return typed(value) if isinstance(value, Decimal) else value


class FewOptions(forms.Select):
    """A select over a long table: draws the chosen row and a few offered ones, not all of them."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        rows = self.choices.queryset
        chosen = [str(one) for one in value if str(one).isdigit()]
        drawn = list(rows.filter(pk__in=chosen)) if chosen else []
        drawn += [row for row in rows.order_by("-pk")[:OFFERED] if row not in drawn]
        options = [(row.pk, str(row), str(row.pk) in chosen) for row in drawn]
        if not (self.is_required and chosen):
            options.insert(0, ("", "---------", not chosen))
        return [
            (None, [self.create_option(name, pk, text, is_chosen, index)], index)
            for index, (pk, text, is_chosen) in enumerate(options)
        ]


class ClientField(forms.ModelChoiceField):
    """A client in the person's scope; set `queryset` by `for_person`."""

    widget = FewOptions(
        attrs={
            "data-select": reverse_lazy("deals:client_choices"),
            "data-placeholder": _("Name, INN, phone"),
        }
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Client.objects.none(), **{"label": _("Client"), **kwargs})

    def for_person(self, person: Any) -> None:
        self.queryset = Client.objects.visible_to(person).kept()


class PersonField(forms.ModelChoiceField):
    """A person who sells and works, in the scope of `person`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            User.objects.none(),
            **{"label": _("Owner"), "empty_label": _("Choose a person"), **kwargs},
        )

    def for_person(self, person: Any) -> None:
        self.queryset = User.objects.work_visible_to(person).working().selling().in_name_order()

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.last_name} {obj.first_name}"
