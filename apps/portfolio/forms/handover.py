"""Handing a base over."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.portfolio.actions.eligibility import obstacles_to_base
from apps.portfolio.choices import HandoverCause
from apps.portfolio.forms.distribution import inner_helper
from apps.staff.models import User


class GiverForm(forms.Form):
    """Whose base it is: chosen first, then his clients are shown."""

    giver = forms.ModelChoiceField(
        label=_("Who hands over"), queryset=User.objects.none(), empty_label=_("choose")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.work_visible_to(viewer).filter(clients__archived_at=None)
        owning = people.exclude(clients=None).values("pk")
        self.fields["giver"].queryset = User.objects.filter(pk__in=owning).in_name_order()


class HandoverForm(forms.Form):
    """To whom, why, and which clients; no client ticked is the whole base."""

    receiver = forms.ModelChoiceField(
        label=_("Who receives"),
        queryset=User.objects.none(),
        help_text=_("Who is away, not certified or has left is not offered."),
    )
    cause = forms.ChoiceField(label=_("Why"), choices=HandoverCause.choices)
    whole = forms.BooleanField(
        label=_("The whole base, with deals and tasks that belong to no client"),
        required=False,
        initial=True,
    )
    clients = forms.ModelMultipleChoiceField(
        label=_("Or only these clients"),
        queryset=Client.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("What the receiver must know"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, viewer: User, giver: User, shown: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = receivers(viewer, giver)
        self.fields["clients"].queryset = Client.objects.kept().filter(owner=giver)
        self.shown = shown
        self.helper = inner_helper(Div("receiver", "cause", css_class="fline"), "note", "whole")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("whole") and not said.get("clients"):
            self.add_error("whole", _("Tick the clients to be handed over, or the whole base."))
        return said


def receivers(viewer: User, giver: User) -> Any:
    """Colleagues in the sight of `viewer` who may receive a base today."""
    seen = User.objects.work_visible_to(viewer).working().selling().exclude(pk=giver.pk)
    people = list(seen)
    obstacles = obstacles_to_base(people)
    able = [person.pk for person in people if not obstacles[person.pk]]
    return User.objects.filter(pk__in=able).in_name_order()
