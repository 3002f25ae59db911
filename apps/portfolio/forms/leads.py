"""A rule for leads."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Source
from apps.core.versions import remember_initial
from apps.portfolio.forms.distribution import inner_helper
from apps.portfolio.models import LeadRule
from apps.staff.models import TeamNode, User


class LeadRuleForm(forms.ModelForm):
    class Meta:
        model = LeadRule
        fields = (
            "name", "node", "method", "source", "level", "cities", "industries", "is_on",
        )  # fmt: skip
        help_texts = {
            "cities": _("With commas; empty fits all."),
            "industries": _("With commas; empty fits all."),
            "node": _("Who is away today or not certified gets none."),
        }

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = TeamNode.objects.kept().led_by(viewer).order_by("path")
        self.fields["source"].queryset = Source.objects.kept()
        stored = 0 if self.instance._state.adding else self.instance.version
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=stored)
        remember_initial(self)
        self.helper = inner_helper(
            "version",
            "name",
            Div("node", "method", css_class="fline"),
            Div("source", "level", css_class="fline"),
            Div("cities", "industries", css_class="fline"),
            "is_on",
        )
