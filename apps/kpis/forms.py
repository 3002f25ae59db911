"""What the pages of this room may say."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deals.forms.fields import AmountField
from apps.kpis.choices import GapBase, GapBy, GapSpan, PlanLevel

MAX_GROWTH = 1000


class PlanGrid(forms.Form):
    """An amount per person and month; an empty cell is no plan."""

    def __init__(self, *args: Any, people: list[Any], months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.months = people, months
        for person in people:
            for month in months:
                field = AmountField(required=False, max_digits=16)
                field.label = f"{person}, {month:%m.%Y}"
                self.fields[cell_name(person.pk, month)] = field

    def amounts(self) -> dict[tuple[int, date], Decimal]:
        """What was typed, 0 for an empty cell."""
        return {
            (person.pk, month): self.cleaned_data.get(cell_name(person.pk, month)) or Decimal(0)
            for person in self.people
            for month in self.months
        }


def cell_name(person: int, month: date) -> str:
    return f"a-{person}-{month.month}"


class PlanChoice(forms.Form):
    """Which plan to show."""

    year = forms.IntegerField(min_value=2000, max_value=2100, required=False)
    team = forms.IntegerField(min_value=1, required=False)
    level = forms.ChoiceField(choices=PlanLevel.choices, required=False)


class PlanFill(forms.Form):
    """The quick ways to fill the grid."""

    TOTAL, COPY = "total", "copy"

    fill = forms.ChoiceField(choices=[(TOTAL, TOTAL), (COPY, COPY)])
    total = AmountField(required=False, label=_("total of the year"), max_digits=16)
    growth = forms.DecimalField(
        required=False,
        label=_("growth, %"),
        min_value=-100,
        max_value=MAX_GROWTH,
        max_digits=6,
        decimal_places=2,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("fill") == self.TOTAL and "total" not in self.errors and not data.get("total"):
            self.add_error("total", _("Give the total to be distributed."))
        return data


class GapChoice(forms.Form):
    """What to compare with what; everything left out has its default."""

    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", required=False)
    span = forms.ChoiceField(choices=GapSpan.choices, required=False)
    base = forms.ChoiceField(choices=GapBase.choices, required=False)
    by = forms.ChoiceField(choices=GapBy.choices, required=False)
    team = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    person = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
