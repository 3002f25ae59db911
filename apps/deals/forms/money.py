"""Money received, the schedule of a deal, reasons of reversals."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.calendars import company_today
from apps.core.choices import Currency
from apps.deals.actions import Payment
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import AmountField, ClientField, DayField, boxed
from apps.deals.models import Deal, ScheduleLine

SPARE_ROWS = 3


class ReceiptForm(RoomForm):
    """Money that came; what it pays for is shown next, with a proposal."""

    button = _("Next: what it pays for")
    client = ClientField()
    amount = AmountField(label=_("Amount"), min_value=Decimal("0.01"))
    received_on = DayField(label=_("Received on"), initial=company_today)
    number = forms.CharField(label=_("Document number"), required=False, max_length=50)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Client.objects.visible_to(person).kept()
        through_deals = Deal.objects.visible_to(person).values("client")
        self.fields["client"].queryset = own | Client.objects.kept().filter(pk__in=through_deals)

    def rows(self) -> list[Any]:
        return [
            "client",
            Div("amount", "currency", css_class="fline"),
            Div("received_on", "number", css_class="fline"),
        ]


class PartsForm(forms.Form):
    """How much of a receipt each scheduled payment gets; proposed, and changed by hand."""

    def __init__(self, *args: Any, lines: dict[ScheduleLine, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line, part in lines.items():
            self.fields[f"part_{line.pk}"] = AmountField(
                label=str(line.deal),
                required=False,
                initial=part,
                max_value=line.amount - line.paid,
            )
        boxed(self.fields.values())

    def rows(self) -> list[tuple[ScheduleLine, forms.BoundField]]:
        return [(line, self[f"part_{line.pk}"]) for line in self.lines]

    @property
    def parts(self) -> list[tuple[ScheduleLine, Decimal]]:
        given = self.cleaned_data
        return [(line, given[name]) for line in self.lines if given.get(name := f"part_{line.pk}")]


class ReversalForm(RoomForm):
    button = _("Reverse the receipt")
    reason = forms.CharField(label=_("Why"), max_length=255)


class PaymentForm(forms.Form):
    """A row of the schedule; an empty one is no row."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    due_on = DayField(label=_("Due on"), required=False)
    title = forms.CharField(label=_("For what"), required=False, max_length=255)
    amount = AmountField(label=_("Amount"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxed(self.fields.values())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("amount") and not given.get("due_on"):
            self.add_error("due_on", forms.ValidationError(_("Say when."), code="required"))
        if given.get("due_on") and not given.get("amount") and "amount" not in self.errors:
            self.add_error("amount", forms.ValidationError(_("How much?"), code="required"))
        return given

    @property
    def payment(self) -> Payment | None:
        given = self.cleaned_data
        if not given.get("amount"):
            return None
        return Payment(given["due_on"], given["amount"], given["title"], given.get("pk"))


class BaseScheduleFormSet(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if index == 0:
            form.fields["due_on"].widget.attrs["autofocus"] = True


ScheduleFormSet = forms.formset_factory(
    PaymentForm, formset=BaseScheduleFormSet, extra=SPARE_ROWS, max_num=60, absolute_max=100
)
