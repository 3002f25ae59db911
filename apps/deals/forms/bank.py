"""Forms over bank statements: the file, whose payment it is, why a booking is taken back."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.deals.choices import PaymentState
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import ClientField
from apps.deals.models import BankPayment, Receipt


class StatementForm(forms.Form):
    """The page writes the form tag and the button."""

    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=1000)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        return helper


class PayerForm(RoomForm):
    """Whose payment it is, where the bank's words did not tell."""

    button = _("Next: what it pays for")
    client = ClientField(label=_("Whose payment is it?"))

    def __init__(self, *args: Any, person: Any, payment: BankPayment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = Client.objects.visible_to(person).kept()
        self.fields["client"].for_person(person)
        if payment.payer_inn and not kwargs.get("initial"):
            known = alike.filter(inn=payment.payer_inn).order_by("pk").first()
            self.fields["client"].initial = known and known.pk


class TakeBackForm(RoomForm):
    button = _("Take the booking back")
    reason = forms.CharField(label=_("Why"), max_length=255)


class StateFilter(forms.Form):
    """What the page of a statement is narrowed to."""

    state = forms.ChoiceField(choices=[("", ""), *PaymentState.choices], required=False)


def receipts_alike(payment: BankPayment, client: Client) -> Any:
    """Receipts recorded by hand that may be this very payment."""
    standing = Receipt.objects.standing().filter(client=client, bank_payment=None)
    return standing.filter(amount=payment.amount, currency=payment.currency)
