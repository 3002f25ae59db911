"""What the pages of this room may say."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deals.forms.fields import AmountField, DayField
from apps.kpis.choices import DiffBy, GapBase, GapBy, GapSpan, PlanLevel

MAX_GROWTH = 1000
MAX_WORDS = 4000


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


class VersionChoice(forms.Form):
    """What a version is compared with, and how the differences are put together."""

    against = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    by = forms.ChoiceField(choices=DiffBy.choices, required=False)
    level = forms.ChoiceField(choices=PlanLevel.choices, required=False)


class PlanWords(forms.Form):
    """What is said with a step; an answer and a withdrawal may go without."""

    words = forms.CharField(
        label=_("Comment"),
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp ar", "rows": 3}),
    )


class PlanComment(PlanWords):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = True


class PlanSubmission(PlanWords):
    answer_by = DayField(label=_("Answer by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer_by"].widget.attrs["class"] = "inp"
        self.fields["words"].label = _("What has changed and why (optional)")


class PlanFile(forms.Form):
    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    file = forms.FileField(label=_("File"), max_length=1000, allow_empty_file=True)
