"""What the pages of statements may ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.bonuses.choices import StatementStatus
from apps.bonuses.words import roubles
from apps.deals.forms.fields import AmountField, boxed
from apps.deals.models import Deal

OFFERED = 50


class MonthChoice(forms.Form):
    """Which month, and which of its statements."""

    month = forms.DateField(required=False, input_formats=["%Y-%m-%d", "%Y-%m"])
    status = forms.ChoiceField(
        choices=[("", ""), *StatementStatus.choices, ("asked", "")], required=False
    )

    def clean_month(self) -> Any:
        month = self.cleaned_data["month"]
        return month and month.replace(day=1)


class BulkApproval(forms.Form):
    """The month and the sums that the confirming person has seen."""

    month = forms.DateField(widget=forms.HiddenInput)
    count = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    total = forms.DecimalField(max_digits=16, decimal_places=2, widget=forms.HiddenInput)


class WhatIfForm(forms.Form):
    """One of the person's open deals, or any amount."""

    deal = forms.ModelChoiceField(
        Deal.objects.none(), required=False, label=_("Deal"), empty_label=_("Choose a deal")
    )
    amount = AmountField(
        required=False, label=_("or an amount"), max_digits=14, min_value=Decimal("0.01")
    )

    def __init__(self, *args: Any, person: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deals = Deal.objects.visible_to(viewer).open().filter(owner=person, amount_base__gt=0)
        self.fields["deal"].queryset = deals.order_by("-amount_base", "pk")
        self.fields["deal"].label_from_instance = _label
        self.fields["deal"].choices = [
            ("", _("Choose a deal")),
            *((deal.pk, _label(deal)) for deal in deals.order_by("-amount_base", "pk")[:OFFERED]),
        ]
        boxed(self.fields.values())


def _label(deal: Deal) -> str:
    return f"{deal.title} · {roubles(deal.amount_base or Decimal(0))}"
