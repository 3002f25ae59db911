"""Why an administrator reads business data, and for how long."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.staff.forms.accounts import helper

LENGTHS = ((30, _("30 minutes")), (60, _("1 hour")), (120, _("2 hours")), (240, _("4 hours")))


class ReadingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=_("What you look for and who asked for it. Heads and directors read it."),
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long"), choices=LENGTHS, coerce=int, initial=30
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("next", "reason", "minutes", button=_("Read with this reason"))
        assert isinstance(self.helper.layout, Layout)
