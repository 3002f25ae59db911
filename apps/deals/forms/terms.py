"""The usual terms of payment: asked where a deal is won, and offered where it has none."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import WorkCalendar, company_today
from apps.deals.actions import Terms
from apps.deals.choices import PaymentTerms
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import DayField

NAMES = ("terms", "pay_on", "rest_on")
SOON, LATER = timedelta(days=7), timedelta(days=30)


def usual_day(after: timedelta) -> Any:
    """A working day about `after` from now."""

    def day() -> date:
        return WorkCalendar().next_working(company_today() + after)

    return day


def terms_fields(*, is_needed: bool) -> dict[str, forms.Field]:
    """Payments to choose from; "later" is no choice where the stages ask for a schedule."""
    choices = [
        choice for choice in PaymentTerms.choices if not (is_needed and choice[0] == "later")
    ]
    return {
        "terms": forms.ChoiceField(
            label=_("How the client pays"),
            choices=choices,
            initial=PaymentTerms.FULL,
            required=False,
            widget=forms.RadioSelect,
        ),
        "pay_on": DayField(label=_("First payment by"), required=False, initial=usual_day(SOON)),
        "rest_on": DayField(
            label=_("The rest by"), required=False, initial=usual_day(SOON + LATER)
        ),
    }


def terms_of(given: Mapping[str, Any]) -> Terms | None:
    """What was chosen; None where nothing was asked or answered."""
    if not given.get("terms"):
        return None
    return Terms(given["terms"], given.get("pay_on"), given.get("rest_on"))


def with_terms_at_the_end(names: Any) -> list[Any]:
    """Layout rows: the days of payment in one line, the second one only for two parts."""
    rows: list[Any] = [name for name in names if name not in NAMES]
    if "terms" in names:
        days = Div("pay_on", Div("rest_on", css_class="two-parts"), css_class="fline days")
        rows.append(Div("terms", days, css_class="terms1"))
    return rows


class TermsForm(RoomForm):
    """The same as a form of its own."""

    button = _("Plan the payments")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= terms_fields(is_needed=True)

    def rows(self) -> list[Any]:
        return with_terms_at_the_end(self.fields)

    @property
    def given(self) -> Terms | None:
        return terms_of(self.cleaned_data)
