"""A new deal, an edit of one, and who gets it."""

from typing import Any

from crispy_forms.layout import HTML, Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Contact, Source
from apps.core.choices import Currency
from apps.core.versions import remember_initial
from apps.deals.actions.deals import EDITABLE
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import AmountField, ClientField, DayField, MomentField, PersonField
from apps.deals.forms.filters import grouped
from apps.deals.models import Deal, Stage
from apps.deals.rules import IN_WORK
from apps.staff.choices import Role

MORE = (
    '<details class="more1"{% if form.opens_more %} open{% endif %}>'
    "<summary>{{ form.more_label }}</summary>"
)


class DealFields(RoomForm):
    """What a new deal and an edited one share."""

    more_label = _("More: stage, currency, source, note")
    title = forms.CharField(label=_("Title"), max_length=255)
    client = ClientField(required=False)
    amount = AmountField(label=_("Amount"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    expected_close_on = DayField(label=_("Expected close"), required=False)
    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=5000
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].for_person(person)
        self.fields["source"].queryset = Source.objects.kept()


class DealForm(DealFields):
    """A new deal: a title is enough; what a later stage asks for is asked when it is chosen."""

    button = _("Add the deal")
    draft = "deal"
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"))
    owner = PersonField()
    next_step = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"placeholder": _("For example: find out the budget")}),
    )
    next_step_at = MomentField(label=_("When"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        stages = Stage.objects.kept().filter(kind__in=IN_WORK, pipeline__archived_at=None)
        self.fields["stage"].queryset = stages.select_related("pipeline")
        self.fields["stage"].choices = grouped(list(stages.select_related("pipeline")))
        self.fields["owner"].for_person(person)
        if person.role == Role.SELLER:
            del self.fields["owner"]

    @property
    def opens_more(self) -> bool:
        return bool({"stage", "currency", "source", "note"} & set(self.errors))

    def rows(self) -> list[Any]:
        return [
            "title",
            "client",
            *(["owner"] if "owner" in self.fields else []),
            Div("amount", "expected_close_on", css_class="fline"),
            Div("next_step", "next_step_at", css_class="fline"),
            HTML(MORE),
            "stage",
            Div("currency", "source", css_class="fline"),
            "note",
            HTML("</details>"),
        ]


class DealEditForm(DealFields):
    """An edit names the version it was made from."""

    draft = "edit"
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, person: Any, **kwargs: Any) -> None:
        initial = {name: getattr(deal, name) for name in (*EDITABLE, "version")}
        super().__init__(*args, initial=initial, person=person, **kwargs)
        contacts = Contact.objects.visible_to(person) | Contact.objects.filter(
            pk=deal.contact_id or 0
        )
        chosen = self.data.get("client", "")
        client = int(chosen) if chosen.isdecimal() else deal.client_id
        self.fields["contact"].queryset = contacts.filter(client_id=client, archived_at=None)
        remember_initial(self)

    def rows(self) -> list[Any]:
        return [
            "title",
            Div("client", "contact", css_class="fline"),
            Div("amount", "currency", css_class="fline"),
            Div("expected_close_on", "source", css_class="fline"),
            "note",
            "version",
        ]


class AssignForm(RoomForm):
    """Whose the deal becomes."""

    button = _("Hand over")
    owner = PersonField(label=_("New owner"))

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].for_person(person)
