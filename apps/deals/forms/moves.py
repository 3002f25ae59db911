"""What a move asks for where it is made: the missing fields, the day of a win, the reason of a loss."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Contact
from apps.core.calendars import company_today
from apps.deals.actions import Terms
from apps.deals.choices import ExitField, StageKind
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import AmountField, ClientField, DayField, MomentField
from apps.deals.forms.terms import terms_fields, terms_of, with_terms_at_the_end
from apps.deals.models import Competitor, Deal, RefusalReason, Stage
from apps.deals.rules import missing_fields

# These have pages of their own and are linked to instead of being asked here.
ASKED_ELSEWHERE = (ExitField.LINES, ExitField.SCHEDULE)


class MoveForm(RoomForm):
    """Fields depend on the deal and the stage; three at most in the usual pipelines."""

    button = _("Move")

    def __init__(self, *args: Any, deal: Deal, to: Stage, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal, self.to = deal, to
        missing = missing_fields(deal, to)
        asks_terms = to.kind == StageKind.WON and not deal.schedule.exists()
        self.elsewhere = [
            field
            for field in missing
            if field in ASKED_ELSEWHERE and not (asks_terms and field == ExitField.SCHEDULE)
        ]
        for field in missing:
            self.fields |= asked(field, deal, person)
        if to.kind == StageKind.WON:
            self.fields["on"] = DayField(label=_("Closed on"), initial=company_today)
            self.button = _("Close as won")
        if asks_terms:
            self.fields |= terms_fields(is_needed=ExitField.SCHEDULE in missing)
        if to.kind == StageKind.LOST:
            self.fields |= refusal_fields()
            self.button = _("Close as lost")

    @property
    def filled(self) -> dict[str, Any]:
        """Values for the deal itself."""
        names = ("client", "contact", "amount", "expected_close_on")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    @property
    def terms(self) -> Terms | None:
        return terms_of(self.cleaned_data)

    def rows(self) -> list[Any]:
        return with_terms_at_the_end(self.fields)

    @property
    def step(self) -> dict[str, Any]:
        names = ("next_step", "next_step_at")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    @property
    def closing(self) -> dict[str, Any]:
        names = ("on", "reason", "comment", "competitor")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def asked(field: ExitField, deal: Deal, person: Any) -> dict[str, forms.Field]:
    """The form fields for one missing exit field; none for what is asked elsewhere."""
    match field:
        case ExitField.CLIENT:
            client = ClientField()
            client.for_person(person)
            return {"client": client}
        case ExitField.CONTACT:
            contacts = Contact.objects.kept().filter(client_id=deal.client_id)
            return {"contact": forms.ModelChoiceField(contacts, label=_("Contact"))}
        case ExitField.AMOUNT:
            return {"amount": AmountField(label=_("Amount"))}
        case ExitField.EXPECTED_CLOSE:
            return {"expected_close_on": DayField(label=_("Expected close"))}
        case ExitField.NEXT_STEP:
            return {
                "next_step": forms.CharField(label=_("Next step"), max_length=255),
                "next_step_at": MomentField(label=_("When")),
            }
    return {}


def refusal_fields() -> dict[str, forms.Field]:
    reason = forms.ModelChoiceField(RefusalReason.objects.selectable(), label=_("Why"))
    reason.choices = reasons_by_branch()  # type: ignore[assignment]
    return {
        "reason": reason,
        "comment": forms.CharField(
            label=_("In the client's words"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
        "competitor": forms.ModelChoiceField(
            Competitor.objects.kept(),
            label=_("Whom did they choose"),
            required=False,
            empty_label=_("Nobody, or not known"),
            help_text=_("Not in the list? Name him above: the head adds him in the settings."),
        ),
    }


def reasons_by_branch() -> list[Any]:
    """The reasons that may be chosen, under their branches."""
    branches: dict[str, list[tuple[int, str]]] = {}
    for reason in RefusalReason.objects.selectable().select_related("parent"):
        branch = str(reason.parent or "")
        branches.setdefault(branch, []).append((reason.pk, reason.name))
    return [("", _("Choose a reason")), *branches.pop("", []), *branches.items()]
