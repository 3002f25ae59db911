"""Whose value stays, field by field; and which client the other one is."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, Consent
from apps.core.shown import label_of, names_of, shown
from apps.core.widgets import RemoteSelect
from apps.staff.models import User

KEPT, GONE = "kept", "gone"


@dataclass(frozen=True)
class Choice:
    """A field in which the two differ, with both values in words and the one offered first."""

    name: str
    label: str
    kept: str
    gone: str
    chosen: str

    @property
    def input_name(self) -> str:
        return f"use_{self.name}"


class MergeForm(forms.Form):
    """A field `use_<name>` for each difference; an empty value of the kept row gives way."""

    def __init__(
        self, *args: Any, kept: Any, gone: Any, names: list[str], viewer: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields = [kept._meta.get_field(name) for name in names]
        differing = [one for one in fields if value(kept, one) != value(gone, one)]
        pairs = [(one, value(row, one)) for one in differing for row in (kept, gone)]
        known = names_of(pairs, viewer)
        self.choices = []
        for one in differing:
            name = f"use_{one.name}"
            first = GONE if is_empty(value(kept, one)) else KEPT
            self.fields[name] = forms.ChoiceField(
                label=label_of(one), choices=[(KEPT, ""), (GONE, "")], initial=first
            )
            chosen = self.data.get(name, first) if self.is_bound else first
            of_kept, of_gone = (shown(one, value(row, one), known) for row in (kept, gone))
            self.choices.append(Choice(one.name, label_of(one), of_kept, of_gone, chosen))

    def take(self) -> list[str]:
        """The fields whose value comes from the row that goes."""
        return [
            name.removeprefix("use_") for name, side in self.cleaned_data.items() if side == GONE
        ]


def value(row: Any, field: models.Field) -> Any:
    return getattr(row, field.attname)


def is_empty(stored: Any) -> bool:
    return stored is None or stored == "" or stored is False


class OtherForm(forms.Form):
    """Which client is the same as the one of the page."""

    other = forms.ModelChoiceField(label=_("The same client"), queryset=Client.objects.none())

    def __init__(self, *args: Any, client: Client, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        field.queryset = Client.objects.kept().visible_to(viewer).exclude(pk=client.pk)  # type: ignore[attr-defined]
        field.widget = RemoteSelect("clients:client_options")
        field.widget.choices = field.choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ConsentForm(forms.ModelForm):
    class Meta:
        model = Consent
        fields = ("contact", "kind", "text_version", "given_on", "source")
        widgets = {"given_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = client.contacts.kept()  # type: ignore[attr-defined]
        self.fields["contact"].empty_label = _("the client himself")  # type: ignore[attr-defined]
        self.fields["text_version"].help_text = _("As written on the signed text: “2026-03”.")
        self.fields["source"].help_text = _(
            "Where the proof lies: paper, e-mail, form on the site."
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class WithdrawalForm(forms.Form):
    on = forms.DateField(
        label=_("Withdrawn on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=_("How it was withdrawn"), max_length=255, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
