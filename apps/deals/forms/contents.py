"""Rows of products and of shares."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deals.actions import Line
from apps.deals.forms.fields import AmountField, PersonField, boxed
from apps.deals.models import Product
from apps.staff.models import User

HUNDRED = Decimal(100)


class LineForm(forms.Form):
    """A product of the deal; without prices those of the price list are taken."""

    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=_("Product"),
        required=False,
        widget=forms.Select(attrs={"data-select": ""}),
    )
    quantity = AmountField(
        label=_("Quantity"), required=False, max_digits=12, decimal_places=3, initial=1
    )
    list_price = AmountField(label=_("List price"), required=False)
    sold_price = AmountField(label=_("Sold at"), required=False)

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products
        boxed(self.fields.values())

    @property
    def line(self) -> Line | None:
        given = self.cleaned_data
        if not (product := given.get("product")):
            return None
        list_price = given.get("list_price")
        if list_price is None:
            list_price = product.list_price
        sold_price = given.get("sold_price")
        return Line(
            product=product,
            quantity=given.get("quantity") or Decimal(1),
            list_price=list_price,
            sold_price=list_price if sold_price is None else sold_price,
            vat_rate=product.vat_rate,
            cost=product.cost,
        )


class ShareForm(forms.Form):
    """A person's share in percent."""

    user = PersonField(label=_("Person"), required=False)
    percent = AmountField(label=_("Share, %"), required=False, max_value=100, max_digits=5)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people
        boxed(self.fields.values())

    @property
    def share(self) -> tuple[User, Decimal] | None:
        given = self.cleaned_data
        if not (given.get("user") and given.get("percent")):
            return None
        return given["user"], given["percent"] / HUNDRED


LineFormSet = forms.formset_factory(LineForm, extra=3, max_num=100, absolute_max=200)
ShareFormSet = forms.formset_factory(ShareForm, extra=2, max_num=20, absolute_max=30)
