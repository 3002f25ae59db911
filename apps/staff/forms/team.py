"""Whom the team page shows, and what leads, heads and HR write about people."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout, Submit
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.versions import remember_initial
from apps.staff.choices import AbsenceKind, NodeKind
from apps.staff.models import Absence, Position, TeamNode, User


class State(models.TextChoices):
    WORKING = "", _("all who work here")
    AWAY = "away", _("away today")
    RAMPING = "ramping", _("newcomers")
    READY = "ready", _("may receive clients")
    GONE = "gone", _("dismissed")


class TeamFilter(forms.Form):
    q = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    team = forms.ModelChoiceField(
        TeamNode.objects.kept(), label=_("Team"), required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("Who"), required=False, choices=State.choices)


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def buttons(text: Any, css_class: str = "btn p") -> Div:
    """The act and the way back; the page gives `cancel`, the address to go back to."""
    return Div(
        Submit("", text, css_class=css_class, css_id=""),
        HTML('{% load i18n %}<a class="btn" href="{{ cancel }}">{% translate "Cancel" %}</a>'),
        css_class="form-buttons",
    )


class CapacityForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ("hours_per_day", "ramp_share", "may_receive_clients")
        help_texts = {
            "may_receive_clients": _("Set by hand until certification decides it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["ramp_share"].widget.attrs["step"] = "0.05"
        remember_initial(self)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            Div("hours_per_day", "ramp_share", css_class="fline"),
            "may_receive_clients",
            buttons(_("Save")),
        )


class AbsenceForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=AbsenceKind.choices)

    class Meta:
        model = Absence
        fields = ("kind", "starts_on", "ends_on", "note")
        widgets = {"starts_on": day_input(), "ends_on": day_input()}
        labels = {"starts_on": _("First day away"), "ends_on": _("Back at work on")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        if self.instance.pk:
            remember_initial(self)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            "kind",
            Div("starts_on", "ends_on", css_class="fline"),
            "note",
            HTML("{% idempotency_key %}"),
            buttons(_("Save")),
        )

    def _post_clean(self) -> None:
        """Whether the days are free is asked by the action, under a lock."""


class MoveForm(forms.Form):
    """A new place in a team."""

    node = forms.ModelChoiceField(
        TeamNode.objects.kept().exclude(kind=NodeKind.COMPANY), label=_("Team")
    )
    on = forms.DateField(label=_("From"), widget=day_input())
    position = forms.ModelChoiceField(Position.objects.kept(), label=_("Position"), required=False)
    mentor = forms.ModelChoiceField(
        User.objects.working().in_name_order(), label=_("Mentor"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Div("node", "on", css_class="fline"),
            Div("position", Field("mentor", data_select=""), css_class="fline"),
            buttons(_("Move")),
        )


class DismissForm(forms.Form):
    on = forms.DateField(label=_("Last day"), widget=day_input())
    to = forms.ModelChoiceField(
        User.objects.working().selling().in_name_order(),
        label=_("Who takes over the open work"),
        required=False,
        help_text=_("Empty: the leader of the person's team."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = self.fields["to"].queryset.exclude(pk=person.pk)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "on",
            Field("to", data_select=""),
            buttons(_("Dismiss"), "btn p d"),
        )
