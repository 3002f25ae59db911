"""The filters of the debtors, and a call to one of them in three fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Contact
from apps.deals.actions import Debt
from apps.deals.choices import AgeBucket, DebtCallResult, PromiseState
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import AmountField, DayField
from apps.deals.forms.filters import ScopeForm


class DebtorFilter(ScopeForm):
    q = forms.CharField(required=False, max_length=100, label=_("Search"))
    bucket = forms.ChoiceField(
        required=False, label=_("Age of the debt"), choices=[("", _("All")), *AgeBucket.choices]
    )
    promise = forms.ChoiceField(
        required=False,
        label=_("Last promise"),
        choices=[("", _("All")), *PromiseState.choices, ("none", _("no promise"))],
    )
    overdue = forms.BooleanField(required=False, label=_("Overdue only"))
    call = forms.BooleanField(required=False, label=_("To call today"))
    field_order = ["q", "bucket", "promise", "overdue", "call", "team", "owner"]

    @property
    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class DebtCallForm(RoomForm):
    """How the talk ended, what was promised, when to call again; the rest may stay folded."""

    button = _("Save the call")
    result = forms.ChoiceField(
        label=_("Result"),
        choices=DebtCallResult.choices,
        initial=DebtCallResult.PROMISED,
        widget=forms.RadioSelect,
    )
    amount = AmountField(label=_("How much"), required=False)
    promised_on = DayField(label=_("By which day"), required=False)
    next_call_on = DayField(
        label=_("Next call"),
        required=False,
        help_text=_("Empty: the working day after the promised one, or tomorrow."),
    )
    said_by = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Who promised"), required=False
    )
    text = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, debt: Debt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        result = self.data.get("result", DebtCallResult.PROMISED)
        for name in ("amount", "promised_on"):
            self.fields[name].required = result == DebtCallResult.PROMISED
        self.fields["said_by"].queryset = Contact.objects.kept().filter(client=debt.client)

    def clean(self) -> dict[str, Any]:
        """What was typed for a promise counts only where one was made."""
        given = super().clean() or self.cleaned_data
        if given.get("result") != DebtCallResult.PROMISED:
            given |= {"amount": None, "promised_on": None}
        return given
