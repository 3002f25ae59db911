"""The cells of the list that are edited in place; each names the version it was opened at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deals.actions.places import step_mark
from apps.deals.forms.fields import AmountField, DayField, MomentField, PersonField, boxed
from apps.deals.models import Deal


class CellForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: Any, *, deal: Deal, person: Any) -> None:
        super().__init__(data, initial={"version": deal.version} | self.stored(deal), prefix=None)
        self.deal = deal
        self.for_person(person)
        boxed(field for name, field in self.fields.items() if name not in ("version", "was"))

    @staticmethod
    def stored(deal: Deal) -> dict[str, Any]:
        """What the cell holds now."""
        return {}

    def for_person(self, person: Any) -> None:
        """Narrow the choices to what the person may choose."""


class AmountCell(CellForm):
    amount = AmountField(label=_("Amount"), required=False)

    @staticmethod
    def stored(deal: Deal) -> dict[str, Any]:
        return {"amount": deal.amount}


class ExpectedCell(CellForm):
    expected_close_on = DayField(label=_("Expected close"), required=False)

    @staticmethod
    def stored(deal: Deal) -> dict[str, Any]:
        return {"expected_close_on": deal.expected_close_on}


class OwnerCell(CellForm):
    owner = PersonField()

    @staticmethod
    def stored(deal: Deal) -> dict[str, Any]:
        return {"owner": deal.owner_id}

    def for_person(self, person: Any) -> None:
        self.fields["owner"].for_person(person)  # type: ignore[attr-defined]


class StepCell(CellForm):
    """A step makes no version of the deal, so the cell names the step that it was opened at."""

    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=255)
    next_step_at = MomentField(label=_("When"), required=False)

    @staticmethod
    def stored(deal: Deal) -> dict[str, Any]:
        return {
            "was": step_mark(deal),
            "next_step": deal.next_step,
            "next_step_at": deal.next_step_at,
        }


CELL_FORMS: dict[str, type[CellForm]] = {
    "amount": AmountCell,
    "expected": ExpectedCell,
    "step": StepCell,
    "owner": OwnerCell,
}
