"""Three fields make a task; the rest is optional."""

from datetime import datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.versions import remember_initial
from apps.staff.forms.team import buttons, day_input
from apps.staff.models import User
from apps.tasks.choices import Repeats
from apps.tasks.models import EscalationLadder, Task

END_OF_DAY = time(18)


class Whose(models.TextChoices):
    MINE = "mine", _("Mine")
    SET = "set", _("Set by me")
    TEAM = "team", _("Team")


class TaskFilter(forms.Form):
    whose = forms.ChoiceField(choices=Whose.choices, required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", pgettext_lazy("tasks", "open")),
            ("overdue", pgettext_lazy("tasks", "overdue")),
            ("awaiting", pgettext_lazy("tasks", "awaiting acceptance")),
            ("done", pgettext_lazy("tasks", "done")),
            ("unsaid", _("late, cause not named")),
        ],
    )
    day = forms.DateField(label=_("Day"), required=False, widget=day_input())
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=_("Who does it"), required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.work_visible_to(viewer).working().in_name_order()
        if self.data.get("whose") == Whose.TEAM:
            self.fields["assignee"].queryset = people
        else:
            del self.fields["assignee"]


class TaskForm(forms.ModelForm):
    due_on = forms.DateField(label=_("By"), widget=day_input())
    due_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: 18:00."),
    )
    repeats = forms.ChoiceField(
        label=_("Repeats"), required=False, choices=[("", _("no")), *Repeats.choices]
    )
    until = forms.DateField(
        label=_("Repeats until"),
        required=False,
        widget=day_input(),
        help_text=_(
            "Empty: until somebody stops it. A day off moves the term to the next working day."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Task
        fields = ("title", "assignee", "acceptance", "priority", "hours", "helpers", "text")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "hours": forms.NumberInput(attrs={"min": "0.25", "max": "200", "step": "0.25"}),
        }

    field_order = ("title", "assignee", "due_on", "due_time")

    def __init__(self, *args: Any, can_repeat: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_repeat:
            del self.fields["repeats"], self.fields["until"]
        repetition = [Div("repeats", "until", css_class="fline")] if can_repeat else []
        self.fields["assignee"].queryset = User.objects.working().in_name_order()
        self.fields["assignee"].empty_label = None
        self.fields["helpers"].queryset = self.fields["assignee"].queryset
        self.fields["helpers"].help_text = _(
            "They see the task; the one who does it answers for it."
        )
        self.initial["version"] = self.instance.version
        if self.instance.pk:
            due = timezone.localtime(self.instance.due_at)
            self.initial.update(due_on=due.date(), due_time=due.time())
            remember_initial(self)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            Field("title", autofocus=""),
            Div(Field("assignee", data_select=""), "due_on", css_class="fline"),
            HTML("{% include 'tasks/_load_place.html' %}"),
            HTML("{% include 'tasks/_more_begins.html' %}"),
            Div("due_time", "priority", "hours", css_class="fline"),
            *repetition,
            "acceptance",
            Field("helpers", data_select=""),
            "text",
            HTML("</details>{% idempotency_key %}"),
            buttons(_("Save") if self.instance.pk else _("Set the task")),
        )

    def task_fields(self) -> dict[str, Any]:
        """What the actions take; the moment is read by the person's own clock."""
        data = dict(self.cleaned_data)
        data.pop("version")
        clock = data.pop("due_time") or END_OF_DAY
        due = datetime.combine(data.pop("due_on"), clock)
        data["due_at"] = timezone.make_aware(due)
        return data


class ReturnForm(forms.Form):
    reason = forms.CharField(label=_("What is missing"), max_length=255)


class LadderForm(forms.ModelForm):
    class Meta:
        model = EscalationLadder
        fields = ("opens_at", "closes_at", "remind_hours", "lead_hours", "head_hours")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("opens_at", "closes_at")
        }
        help_texts = {"remind_hours": _("0: no reminder.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Div("opens_at", "closes_at", css_class="fline"),
            "remind_hours",
            "lead_hours",
            "head_hours",
            buttons(_("Save")),
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        opens, closes = said.get("opens_at"), said.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The day ends after it has begun."))
        lead, head = said.get("lead_hours"), said.get("head_hours")
        if lead is not None and head is not None and head < lead:
            self.add_error("head_hours", _("The head is told no earlier than the lead."))
        return said
