"""What lists may be narrowed by; a name that is not here is refused, never ignored."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.choices import ClientKind, ClientLevel
from apps.clients.models import Client, Contact
from apps.deals.choices import ActivityKind, Outcome
from apps.deals.models import Activity, Deal, Receipt, ScheduleLine

LARGEST_ID = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1990, 2100


class NumberField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


class IdFilter(django_filters.Filter):
    """The number of a row; of one that the owner does not see it finds nothing."""

    field_class = NumberField


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("A day from 1990 to 2100."), "range")
        return day


class DayFilter(django_filters.Filter):
    field_class = DayField


def since(column: str) -> DayFilter:
    return DayFilter(field_name=column, lookup_expr="gte")


def before(column: str) -> DayFilter:
    """Periods are half-open: the day itself is not in it."""
    return DayFilter(field_name=column, lookup_expr="lt")


class Text(django_filters.CharFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=100, **kwargs)


class SearchedSet(django_filters.FilterSet):
    search = Text(method="find", label=_("name, INN, phone or e-mail"))

    def find(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text) if hasattr(rows, "matching") else rows.said_by(text)


class ClientSet(SearchedSet):
    kind = django_filters.ChoiceFilter(choices=ClientKind.choices)
    level = django_filters.ChoiceFilter(choices=[one for one in ClientLevel.choices if one[0]])
    inn = Text()
    city = Text(lookup_expr="iexact")
    owner = IdFilter()
    source = IdFilter()

    class Meta:
        model = Client
        fields: list[str] = []


class ContactSet(SearchedSet):
    client = IdFilter()

    class Meta:
        model = Contact
        fields: list[str] = []


class DealSet(django_filters.FilterSet):
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    pipeline = IdFilter()
    stage = IdFilter()
    client = IdFilter()
    owner = IdFilter()
    source = IdFilter()
    opened_from = since("opened_on")
    opened_before = before("opened_on")
    closed_from = since("closed_on")
    closed_before = before("closed_on")

    class Meta:
        model = Deal
        fields: list[str] = []


class ActivitySet(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=ActivityKind.choices)
    deal = IdFilter()
    client = IdFilter()
    user = IdFilter()
    happened_from = since("happened_on")
    happened_before = before("happened_on")

    class Meta:
        model = Activity
        fields: list[str] = []


class ReceiptSet(django_filters.FilterSet):
    client = IdFilter()
    received_from = since("received_on")
    received_before = before("received_on")

    class Meta:
        model = Receipt
        fields: list[str] = []


class ScheduleSet(django_filters.FilterSet):
    deal = IdFilter()
    due_from = since("due_on")
    due_before = before("due_on")

    class Meta:
        model = ScheduleLine
        fields: list[str] = []
