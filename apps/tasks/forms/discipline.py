"""Over what time and whose discipline is looked at; why a task was late."""

import re
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.periods import Period, month_of, quarter_of, year_of
from apps.staff.choices import Role
from apps.staff.forms.team import buttons
from apps.staff.models import TeamNode, User
from apps.tasks.models import DelayCause

LEADING = (Role.LEAD, Role.HEAD, Role.DIRECTOR, Role.ADMIN)
PERIOD = re.compile(r"(?P<year>20\d\d)(-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?")


def period_named(text: str, today: date) -> Period:
    """2026-11, 2026-Q4 or 2026; anything else is the current month."""
    named = PERIOD.fullmatch(text)
    if named is None:
        return month_of(today)
    year = int(named["year"])
    if named["month"]:
        return month_of(date(year, int(named["month"]), 1))
    if named["quarter"]:
        return quarter_of(date(year, int(named["quarter"]) * 3, 1))
    return year_of(date(year, 1, 1))


def name_of_period(period: Period) -> str:
    if period.months == 1:
        return f"{period.start:%Y-%m}"
    if period.months == 3:
        return f"{period.start.year}-Q{(period.start.month + 2) // 3}"
    return str(period.start.year)


class DisciplineFilter(forms.Form):
    period = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    team = forms.ModelChoiceField(
        TeamNode.objects.none(), label=_("Team"), required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = TeamNode.objects.led_by(viewer).kept()
        self.fields["team"].queryset = nodes
        if viewer.role not in LEADING:
            del self.fields["team"]


class ExplainForm(forms.Form):
    cause = forms.ModelChoiceField(DelayCause.objects.kept())
    comment = forms.CharField(required=False, max_length=255)


class CauseForm(forms.ModelForm):
    class Meta:
        model = DelayCause
        fields = ("name", "needs_comment", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if self.instance.pk:
            self.initial["name"] = str(self.instance)
        self.helper = FormHelper()
        self.helper.layout = Layout("name", "needs_comment", "order", buttons(_("Save")))

    def clean_name(self) -> str:
        """A name left as the product gave it stays in the reader's language."""
        name = self.cleaned_data["name"].strip()
        built_in = str(self.instance.get_code_display()) if self.instance.code else ""
        return "" if name == built_in else name
