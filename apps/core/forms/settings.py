"""The company, its calendar and its rates."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.models import CalendarDay, Company, ExchangeRate
from apps.core.zones import zone_choices


def helper(*parts: Any, button: Any) -> FormHelper:
    made = FormHelper()
    save = Submit("", button, css_class="btn p", css_id="")
    made.layout = Layout(*parts, Div(save, css_class="form-buttons"))
    return made


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CompanyForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Which day an event belongs to is decided by this zone."),
    )

    class Meta:
        model = Company
        fields = (
            "name",
            "time_zone",
            "currency",
            "fiscal_year_start_month",
            "counts_with_vat",
            "night_starts_at",
        )
        widgets = {"night_starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["time_zone"].widget.attrs["data-select"] = ""
        if self.instance.set_up_at:
            currency = self.fields["currency"]
            currency.disabled = True
            currency.help_text = _("Fixed since the set-up: all amounts are counted in it.")
        self.helper = helper(
            "version",
            "name",
            Div("time_zone", "currency", css_class="fline"),
            Div("fiscal_year_start_month", "night_starts_at", css_class="fline"),
            "counts_with_vat",
            button=_("Save"),
        )


class CalendarDayForm(forms.ModelForm):
    is_working = forms.TypedChoiceField(
        label=_("Becomes"),
        choices=[("no", _("a day off")), ("yes", _("a working day"))],
        coerce=lambda value: value == "yes",
    )

    class Meta:
        model = CalendarDay
        fields = ("day", "is_working", "note")
        widgets = {"day": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = Div("day", "is_working", css_class="fline")
        self.helper = helper(row, "note", button=_("Write down"))


class RateForm(forms.ModelForm):
    class Meta:
        model = ExchangeRate
        fields = ("currency", "starts_on", "rate")
        widgets = {"starts_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        base = Company.current().currency
        currency = self.fields["currency"]
        currency.choices = [pair for pair in currency.choices if pair[0] not in ("", base)]
        self.fields["rate"].help_text = _("How many %(currency)s one unit costs.") % {
            "currency": base
        }
        row = Div("currency", "starts_on", "rate", css_class="fline")
        self.helper = helper(row, button=_("Write down"))
