"""Asking for a distribution, applying it, the norms it is counted by, the focus of a seller."""

from decimal import Decimal
from functools import partial
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.choices import ClientLevel
from apps.core import numerals
from apps.core.calendars import company_today
from apps.core.versions import remember_initial
from apps.deals.forms.fields import DayField
from apps.portfolio.actions.applying import WATCHED
from apps.portfolio.choices import DistributionScope, MoveState
from apps.portfolio.models import LoadNorms, SellerFocus
from apps.staff.models import TeamNode, User

LEVELS = [one for one in ClientLevel.choices if one[0]]
TOLERANCES = ("0.05", "0.10", "0.15", "0.25")
SHARES = ("0.05", "0.10", "0.20", "0.40", "1.00")


def shares(*values: str) -> list[tuple[str, str]]:
    """Choices in the words of the language: "10 %", in English "10%"."""
    return [(value, numerals.percent(Decimal(value), 0)) for value in values]


def inner_helper(*rows: Any) -> FormHelper:
    """Crispy inside a form tag of the template's own."""
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    helper.layout = Layout(*rows)
    return helper


class DistributionForm(forms.Form):
    """Every choice lies within the teams that `viewer` leads."""

    node = forms.ModelChoiceField(
        label=_("Team or department"), queryset=TeamNode.objects.none(), empty_label=None
    )
    scope = forms.ChoiceField(
        label=_("Which clients"),
        choices=DistributionScope.choices,
        initial=DistributionScope.ALL,
        help_text=_("Only these clients may change hands; the work of the others counts as load."),
    )
    person = forms.ModelChoiceField(
        label=_("Whose clients"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("For the clients of one person: he leaves, or is to be relieved of all."),
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=LEVELS, required=False, help_text=_("For clients of one level.")
    )
    tolerance = forms.TypedChoiceField(
        label=_("Load may differ from the common level by"),
        choices=partial(shares, *TOLERANCES),
        coerce=Decimal,
        initial="0.10",
    )
    most_moved = forms.TypedChoiceField(
        label=_("Move at most"),
        choices=partial(shares, *SHARES),
        coerce=Decimal,
        initial="0.20",
        help_text=_("Of the clients who have an owner. The limits of load come first."),
    )
    with_deals = forms.BooleanField(
        label=_("Deals, debts and tasks go along"), required=False, initial=True
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = TeamNode.objects.kept().led_by(viewer).order_by("path")
        self.fields["node"].queryset = nodes
        self.fields["node"].initial = nodes.first()
        people = User.objects.work_visible_to(viewer).selling().in_name_order()
        self.fields["person"].queryset = people
        self.helper = inner_helper(
            Div("node", "scope", css_class="fline"),
            Div("person", "level", css_class="fline"),
            Div("tolerance", "most_moved", css_class="fline"),
            "with_deals",
        )


class ApplyForm(forms.Form):
    """What goes along, and what the decision should move."""

    with_deals = forms.BooleanField(
        label=_("Give the deals, debts and tasks along"),
        required=False,
        help_text=_("Otherwise the former owner finishes what he has begun."),
    )
    expected = forms.DecimalField(
        label=_("What it should bring: won revenue, change in %"),
        required=False,
        min_value=-100,
        max_value=1000,
        decimal_places=1,
    )
    until = DayField(label=_("Look at the effect on"), required=False)
    note = forms.CharField(
        label=_("Why so"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = company_today() + WATCHED
        self.helper = inner_helper(
            "with_deals", Div("expected", "until", css_class="fline"), "note"
        )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until <= company_today():
            raise forms.ValidationError(_("The day must lie ahead."), "past")
        return until


class MoveFilter(forms.Form):
    """The moves of one person, or those that were not made."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), required=False, empty_label=_("any")
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        self.fields["state"].choices = [("", _("any")), *MoveState.choices]


class NormsForm(forms.ModelForm):
    class Meta:
        model = LoadNorms
        fields = (
            "minutes_a", "minutes_b", "minutes_c", "touches_other", "minutes_other", "minutes_lead",
            "minutes_deal", "minutes_task", "client_time_share", "absence_days",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = 0 if self.instance._state.adding else self.instance.version
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=stored)
        remember_initial(self)
        self.helper = inner_helper(
            "version",
            Div("minutes_a", "minutes_b", "minutes_c", css_class="fline"),
            Div("touches_other", "minutes_other", css_class="fline"),
            Div("minutes_lead", "minutes_deal", "minutes_task", css_class="fline"),
            Div("client_time_share", "absence_days", css_class="fline"),
        )


class FocusForm(forms.ModelForm):
    class Meta:
        model = SellerFocus
        fields = ("cities", "industries")
        labels = {"cities": _("Cities"), "industries": _("Industries")}
        help_texts = {
            "cities": _("With commas. Empty: his clients so far speak for him."),
            "industries": _("With commas, as on the cards of clients."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = 0 if self.instance._state.adding else self.instance.version
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=stored)
        remember_initial(self)
        self.helper = inner_helper("version", "cities", "industries")
