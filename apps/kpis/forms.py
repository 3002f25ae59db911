"""What the pages of this room may say."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.money import CENT
from apps.core.numerals import typed
from apps.deals.forms.fields import AmountField, DayField
from apps.kpis.choices import (
    DiffBy,
    GapBase,
    GapBy,
    GapSpan,
    PlanFillKind,
    PlanLevel,
    SeasonSource,
)
from apps.kpis.models import PlanVersion

MAX_GROWTH = 1000
MAX_WORDS = 4000
DEFAULT_POTENTIAL = Decimal("0.5")
# Shares of the plan that the other levels are, unless told otherwise.
DEFAULT_LEVELS = {
    PlanLevel.MINIMUM.value: Decimal("0.875"),
    PlanLevel.STRETCH.value: Decimal("1.125"),
}


class PlanGrid(forms.Form):
    """An amount per person and month; an empty cell is no plan.

    Boxes named `keep` say what a filling leaves as it is: "r7" the row of the person 7, "m3" March,
    "c7-3" his March.
    """

    def __init__(self, *args: Any, people: list[Any], months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.months = people, months
        self.keep = set(self.data.getlist("keep")) if hasattr(self.data, "getlist") else set()
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

    def kept(self) -> dict[tuple[int, date], Decimal]:
        """The amounts that a filling leaves as they are."""
        return {key: amount for key, amount in self.amounts().items() if self.keeps(*key)}

    def keeps(self, person: int, month: date) -> bool:
        return self.keeps_cell(person, month) or self.keeps_row(person) or self.keeps_month(month)

    def keeps_row(self, person: int) -> bool:
        return f"r{person}" in self.keep

    def keeps_month(self, month: date) -> bool:
        return f"m{month.month}" in self.keep

    @property
    def kept_months(self) -> set[int]:
        return {month.month for month in self.months if self.keeps_month(month)}

    def keeps_cell(self, person: int, month: date) -> bool:
        return f"c{person}-{month.month}" in self.keep


def cell_name(person: int, month: date) -> str:
    return f"a-{person}-{month.month}"


class PlanChoice(forms.Form):
    """Which plan to show."""

    year = forms.IntegerField(min_value=2000, max_value=2100, required=False)
    team = forms.IntegerField(min_value=1, required=False)
    level = forms.ChoiceField(choices=PlanLevel.choices, required=False)
    metric = forms.SlugField(max_length=30, required=False)


class PlanMonthChoice(forms.Form):
    """Which month of the plan, of which team or person."""

    year = forms.IntegerField(min_value=2000, max_value=2100, required=False)
    month = forms.IntegerField(min_value=1, max_value=12, required=False)
    team = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    person = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class PercentField(forms.DecimalField):
    """Percent as people type them: "87,5" as well as "87.5"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_digits": 6, "decimal_places": 2, **kwargs})

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class PlanFill(forms.Form):
    """The ways to fill the grid."""

    STEPS = ((1, "1"), (1000, "1 000"), (10000, "10 000"))

    fill = forms.ChoiceField(choices=PlanFillKind.choices)
    total = AmountField(required=False, label=_("total of the year"), max_digits=16)
    growth = PercentField(label=_("growth, %"), min_value=-100, max_value=MAX_GROWTH)
    season = forms.ChoiceField(
        choices=SeasonSource.choices, required=False, label=_("season of the months")
    )
    potential = PercentField(label=_("weight of past sales, %"), min_value=0, max_value=100)
    step = forms.TypedChoiceField(
        choices=STEPS, required=False, coerce=Decimal, empty_value=CENT, label=_("round to")
    )
    version = forms.ModelChoiceField(PlanVersion.objects.none(), required=False)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = {"potential": typed(DEFAULT_POTENTIAL * 100), "step": 1000}
        self.initial = {**usual, **self.initial}
        known = PlanVersion.objects.filter(year__in=(year, year - 1))
        self.fields["version"].queryset = known  # type: ignore[attr-defined]

    def clean_potential(self) -> Decimal:
        given = self.cleaned_data["potential"]
        return DEFAULT_POTENTIAL if given is None else given / 100

    def clean_growth(self) -> Decimal:
        return self.cleaned_data["growth"] or Decimal(0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_total = data.get("fill") == PlanFillKind.TOTAL
        if is_total and "total" not in self.errors and not data.get("total"):
            self.add_error("total", _("Give the total to be distributed."))
        return data


class PlanSave(forms.Form):
    """What goes with the amounts into a new version."""

    note = forms.CharField(max_length=255, required=False)
    derive = forms.BooleanField(required=False)
    minimum = PercentField(label=_("minimum, %"), min_value=0, max_value=100)
    stretch = PercentField(label=_("stretch, %"), min_value=100, max_value=MAX_GROWTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = {level: typed(share * 100) for level, share in DEFAULT_LEVELS.items()}
        self.initial = {**levels, **self.initial}

    def derived(self) -> dict[str, Decimal]:
        """The other levels as shares of the plan, when they are asked for."""
        if not self.cleaned_data["derive"]:
            return {}
        given = {level: self.cleaned_data[level] for level in DEFAULT_LEVELS}
        return {
            level: DEFAULT_LEVELS[level] if percent is None else percent / 100
            for level, percent in given.items()
        }


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


class PlanOfferForm(forms.Form):
    """What a person expects to win in a month."""

    amount = AmountField(label=_("Will be won, with VAT"), min_value=0)
    words = forms.CharField(
        label=_("On what it rests"),
        max_length=300,
        required=False,
        help_text=_("Deals that will be closed, an agreement for a year, a season."),
    )
