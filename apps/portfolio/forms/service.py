"""The norm of a class, the filter of broken norms, the potential of a client."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.versions import remember_initial
from apps.deals.forms.fields import AmountField
from apps.portfolio.choices import SERVED
from apps.portfolio.forms.segments import ANY, PeopleFilter
from apps.portfolio.models import ClientSegment, SegmentRun, ServiceNorm, ServiceState


class NormForm(forms.ModelForm):
    class Meta:
        model = ServiceNorm
        fields = ("touches", "days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["touches"].widget.attrs["autofocus"] = True
        stored = 0 if self.instance._state.adding else self.instance.version
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=stored)
        remember_initial(self)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("version", Div("touches", "days", css_class="fline"))


class ServiceFilter(PeopleFilter):
    """The list of clients whose norm is broken."""

    abc = forms.ChoiceField(
        label=_("ABC"), required=False, choices=[ANY, *((one.value, one.label) for one in SERVED)]
    )
    field_order = ["q", "abc", "owner", "team"]

    def rows(self) -> QuerySet[ServiceState]:
        rows = self.narrowed(ServiceState.objects.visible_to(self.viewer).broken())
        return rows.filter(abc=self.said["abc"]) if self.said.get("abc") else rows


class WalletFilter(PeopleFilter):
    """The list of potentials."""

    KNOWN, UNKNOWN = "known", "unknown"
    state = forms.ChoiceField(
        label=_("Potential"),
        required=False,
        choices=[ANY, (KNOWN, _("known")), (UNKNOWN, _("not asked yet"))],
    )
    field_order = ["q", "state", "owner", "team"]

    def rows(self, run: SegmentRun | None) -> QuerySet[ClientSegment]:
        rows = self.narrowed(ClientSegment.objects.visible_to(self.viewer).of(run))
        if self.said.get("state"):
            rows = rows.filter(client__potential__isnull=self.said["state"] == self.UNKNOWN)
        return rows


class PotentialForm(forms.Form):
    """How much the client could buy a year; an empty one means nobody knows."""

    potential = AmountField(label=_("Potential a year"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
