"""Which days are looked at, and where a task is moved."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.staff.forms.team import day_input
from apps.staff.models import TeamNode, User
from apps.tasks.discipline import people_of


class LoadForm(forms.Form):
    """What the form of a task says so far."""

    assignee = forms.ModelChoiceField(User.objects.working())
    due_on = forms.DateField()
    hours = forms.DecimalField(required=False, min_value=0, max_value=200)
    task = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class TeamFilter(forms.Form):
    team = forms.ModelChoiceField(
        TeamNode.objects.none(), label=_("Team"), required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = TeamNode.objects.led_by(viewer).kept()


class Face(models.TextChoices):
    MONTH = "month", _("Month")
    WEEK = "week", _("Week")


class CalendarFilter(forms.Form):
    face = forms.ChoiceField(choices=Face.choices, required=False, widget=forms.HiddenInput)
    whose = forms.CharField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(required=False, widget=forms.HiddenInput)
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=_("Who does it"), required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, viewer: User, is_team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people_of(viewer).working().in_name_order()
        if not is_team:
            del self.fields["assignee"]


class MoveForm(forms.Form):
    day = forms.DateField(label=_("To which day"), widget=day_input())
    version = forms.IntegerField(widget=forms.HiddenInput)
