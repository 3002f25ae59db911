from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from apps.core.currencies import to_base
from apps.core.models import Company, ExchangeRate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rates():
    Company.objects.create(pk=1, name="Ромашка", currency="RUB")
    ExchangeRate.objects.create(currency="USD", starts_on=date(2026, 1, 1), rate=Decimal("80.005"))
    ExchangeRate.objects.create(currency="USD", starts_on=date(2026, 2, 1), rate=Decimal("90"))


def test_the_own_currency_is_only_rounded():
    assert to_base(Decimal("10.005"), "RUB", date(2020, 1, 1)) == Decimal("10.01")


@pytest.mark.parametrize(
    ("on", "amount"),
    [(date(2026, 1, 1), "80.01"), (date(2026, 1, 31), "80.01"), (date(2026, 2, 1), "90.00")],
)
def test_the_latest_rate_by_the_day_counts(on, amount):
    assert to_base(Decimal(1), "USD", on) == Decimal(amount)


@pytest.mark.parametrize(
    ("currency", "on"), [("USD", date(2025, 12, 31)), ("EUR", date(2026, 5, 1))]
)
def test_without_a_rate_there_is_no_amount(currency, on):
    with pytest.raises(ValidationError) as error:
        to_base(Decimal(1), currency, on)
    assert error.value.code == "no_rate"
