"""Amounts in other currencies, brought to the company's."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.models import Company, ExchangeRate
from apps.core.money import round_money


def rate_on(currency: str, on: date) -> Decimal:
    """What one unit of `currency` costs in the company's currency on the day `on`.

    Raises ValidationError "no_rate" when no rate holds by then.
    """
    if currency == Company.current().currency:
        return Decimal(1)
    rates = ExchangeRate.objects.filter(currency=currency, starts_on__lte=on)
    rate = rates.order_by("-starts_on").values_list("rate", flat=True).first()
    if rate is None:
        raise ValidationError(
            _("There is no rate of %(currency)s for %(day)s. Ask the administrator to add it.")
            % {"currency": currency, "day": date_format(on)},
            code="no_rate",
        )
    return rate


def to_base(amount: Decimal, currency: str, on: date) -> Decimal:
    """`amount` in the company's currency at the rate of the day `on`, rounded to cents.

    Raises ValidationError "no_rate" when no rate holds by then.
    """
    return round_money(amount * rate_on(currency, on))
