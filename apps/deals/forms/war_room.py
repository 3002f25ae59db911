"""The forms of the room of a big deal: few fields each, in the modal."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Contact
from apps.core.calendars import company_today
from apps.deals.big_choices import Attitude, DealPart
from apps.deals.forms.base import RoomForm, RoomModelForm
from apps.deals.forms.fields import AmountField, DayField, DayInput
from apps.deals.models import Deal, DealRisk, PlanStep, Stakeholder
from apps.staff.leaders import leaders_above
from apps.staff.models import User


class WarForm(RoomForm):
    """Something new in the room of `deal`, written by `person`."""

    def __init__(self, *args: Any, deal: Deal, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal, self.person = deal, person
        self.prepare()

    def prepare(self) -> None:
        """Choices that hang on the deal."""


class WarEditForm(RoomModelForm):
    """An edit of a row, made from the version that the form carries."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.initial["version"] = self.instance.version
        self.prepare()

    def prepare(self) -> None:
        """Choices that hang on the deal."""


class StakeholderForm(WarForm):
    button = _("Add to the map")
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=_("Contact of the client"),
        help_text=_("New people are added on the page of the client."),
    )
    part = forms.ChoiceField(label=_("Part in the decision"), choices=DealPart.choices)
    attitude = forms.ChoiceField(
        label=_("Stands towards us"), choices=Attitude.choices, initial=Attitude.UNKNOWN
    )

    def prepare(self) -> None:
        on_map = self.deal.stakeholders.kept().values("contact")
        contacts = Contact.objects.filter(client=self.deal.client_id, archived_at=None)
        self.fields["contact"].queryset = contacts.exclude(pk__in=on_map)
        self.initial.setdefault("contact", self.deal.contact_id)


class StakeholderEditForm(WarEditForm):
    class Meta:
        model = Stakeholder
        fields = ["part", "attitude", "influence"]


RISK_FIELDS = ["title", "probability", "impact", "response", "person", "due_on"]


def people_of(person: User, deal: Deal) -> Any:
    """Who can answer for a risk: the owner, the one who writes it, those above him."""
    known = {deal.owner_id, person.pk, *(one.pk for one in leaders_above(person))}
    return User.objects.filter(pk__in=known).order_by("last_name", "first_name")


class RiskLook:
    def rows(self) -> list[Any]:
        return [
            "title",
            Div("probability", "impact", css_class="fline"),
            "response",
            Div("person", "due_on", css_class="fline"),
            *(["version"] if "version" in self.fields else []),  # type: ignore[attr-defined]
        ]


class RiskForm(RiskLook, RoomModelForm):
    button = _("Add the risk")

    class Meta:
        model = DealRisk
        fields = RISK_FIELDS
        widgets = {"due_on": DayInput}

    def __init__(self, *args: Any, deal: Deal, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_of(person, deal)
        self.fields["person"].initial = deal.owner_id


class RiskEditForm(RiskLook, WarEditForm):
    class Meta:
        model = DealRisk
        fields = RISK_FIELDS
        widgets = {"due_on": DayInput}

    def prepare(self) -> None:
        known = people_of(self.person, self.instance.deal)
        self.fields["person"].queryset = known | User.objects.filter(pk=self.instance.person_id)


class StepForm(RoomModelForm):
    button = _("Add the step")

    class Meta:
        model = PlanStep
        fields = ["title", "side", "due_on"]
        widgets = {"due_on": DayInput}

    def __init__(self, *args: Any, deal: Deal, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class StepEditForm(WarEditForm):
    class Meta:
        model = PlanStep
        fields = ["title", "side", "due_on"]
        widgets = {"due_on": DayInput}


class ConcessionForm(WarForm):
    button = _("Write it down")
    given = forms.CharField(label=_("What we gave"), max_length=255)
    worth = AmountField(label=_("Worth"), min_value=Decimal(0))
    in_return = forms.CharField(
        label=_("What we got in return"),
        max_length=255,
        required=False,
        help_text=_("Nothing is an answer too: then leave it empty."),
    )
    agreed_by = forms.ModelChoiceField(User.objects.none(), label=_("Agreed by"))
    given_on = DayField(label=_("Day"))

    def prepare(self) -> None:
        self.fields["agreed_by"].queryset = people_of(self.person, self.deal)
        self.fields["agreed_by"].initial = self.person.pk
        self.fields["given_on"].initial = company_today
        self.fields["worth"].label = _("Worth, %(currency)s") % {"currency": self.deal.currency}

    def rows(self) -> list[Any]:
        return ["given", Div("worth", "given_on", css_class="fline"), "in_return", "agreed_by"]


class MarkForm(RoomForm):
    """Big by a leader's word, not big by his word, or as the sum says."""

    BIG, NOT_BIG, BY_SUM = "big", "not_big", "by_sum"
    says = forms.ChoiceField(
        label=_("This deal"),
        choices=[
            (BIG, _("is big, whatever its sum")),
            (NOT_BIG, _("is not big, whatever its sum")),
            (BY_SUM, _("as the sum says")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Why"), max_length=255, required=False)
