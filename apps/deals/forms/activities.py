"""Logging a call in three fields, and planning the next step in two."""

from datetime import datetime
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import usual_working_day_after
from apps.deals.choices import ActivityKind, ActivityOutcome, Outcome
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import ClientField, FewOptions, MomentField
from apps.deals.models import Deal
from apps.deals.next_steps import at_hour


def usual_moment() -> datetime:
    """The next working day at eleven in the reader's time: what people mostly mean by "later"."""
    now = timezone.localtime()
    return at_hour(usual_working_day_after(now.date()), now)


class StepFields(RoomForm):
    """What next and when; the day that is offered counts only with a step."""

    next_step = forms.CharField(
        label=_("What next"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"placeholder": _("For example: get the contract")}),
    )
    next_step_at = MomentField(label=_("When"), required=False, initial=usual_moment)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("next_step", "").strip() and "next_step_at" not in self.changed_data:
            given["next_step_at"] = None
        return given


class LogForm(StepFields):
    """Kind, outcome, what next, when; a note has words in place of an outcome."""

    button = _("Log")
    draft = "log"
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ActivityKind.choices,
        initial=ActivityKind.CALL,
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[choice for choice in ActivityOutcome.choices if choice[0]],
        initial=ActivityOutcome.AGREED,
        required=False,
    )
    text = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    # Stands where the outcome does, and becomes the text of a note.
    note = forms.CharField(
        label=_("Text of the note"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )

    field_order = ["kind", "outcome", "note", "next_step", "next_step_at", "text"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        note = given.pop("note", "").strip()
        if given.get("kind") == ActivityKind.NOTE:
            given |= {"outcome": "", "text": note or given.get("text", "")}
            if not given["text"].strip():
                self.add_error("note", forms.ValidationError(_("Write the note."), code="required"))
        return given


class QuickLogForm(LogForm):
    """From anywhere: a deal or a client as well."""

    draft = "quick-log"
    deal = forms.ModelChoiceField(
        Deal.objects.none(),
        label=_("Deal"),
        required=False,
        widget=FewOptions(
            attrs={
                "data-select": reverse_lazy("deals:deal_choices"),
                "data-placeholder": _("Title, client"),
            }
        ),
    )
    client = ClientField(label=_("or client"), required=False)
    field_order = ["deal", "client", *LogForm.field_order]

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Open deals are offered; a call about the debt of a won one names it.
        asked = Q(outcome=Outcome.OPEN) | Q(pk=self.named_deal)
        self.fields["deal"].queryset = Deal.objects.visible_to(person).kept().filter(asked)
        self.fields["client"].for_person(person)

    @property
    def named_deal(self) -> int | None:
        """The deal that the address or what was sent names, as it stands there."""
        named = str(self["deal"].value() or "")
        return int(named) if named.isdecimal() else None

    @cached_property
    def subject(self) -> Deal | None:
        """The named deal as the person may see it: it need not be chosen again."""
        if {"deal", "client"} & self.errors.keys() or self.named_deal is None:
            return None
        deals: Any = self.fields["deal"].queryset
        return deals.select_related("client", "contact", "stage").filter(pk=self.named_deal).first()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not (given.get("deal") or given.get("client") or self.errors):
            self.add_error(
                "deal", forms.ValidationError(_("Choose a deal or a client."), code="no_subject")
            )
        if given.get("client") and not given.get("deal") and given.get("next_step"):
            self.add_error(
                "next_step",
                forms.ValidationError(_("A step belongs to a deal: choose one."), code="no_deal"),
            )
        return given


class StepForm(StepFields):
    """The next step of a deal, with `suggestions` (apps.deals.next_steps) to tap."""

    button = _("Plan the step")
    suggestions: Any = None
    next_step = forms.CharField(
        label=_("What to do"),
        max_length=255,
        widget=forms.TextInput(attrs={"placeholder": _("For example: get the contract")}),
    )
    next_step_at = MomentField(label=_("When"), initial=usual_moment)

    def rows(self) -> list[Any]:
        return ["next_step", "next_step_at", HTML("{% include 'deals/_suggestions.html' %}")]
