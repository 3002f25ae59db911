"""What leads from a figure of losses or trust to exactly its deals; set by links only."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.deals.choices import Outcome, StageKind
from apps.deals.models import Competitor, RefusalReason, Stage, TrustAtClose
from apps.deals.trust_calculations import TENTHS, trust_label

LOSS_LINKS = (
    "reason_is",
    "lost_at",
    "lost_nowhere",
    "competitor",
    "no_competitor",
    "controllable",
    "trust",
    "qualified",
)
YES, NO = "yes", "no"


def is_asked(value: Any) -> bool:
    """Was anything given? The tenth 0 is a value, though it equals False."""
    return value is not None and value is not False and value != ""


class LossLinks(forms.Form):
    reason_is = forms.ModelChoiceField(
        RefusalReason.objects.all(), required=False, label=_("Refusal reason")
    )
    lost_at = forms.ModelChoiceField(
        Stage.objects.all(), required=False, label=_("Lost at the stage")
    )
    lost_nowhere = forms.BooleanField(required=False, label=_("Lost at an unknown stage"))
    competitor = forms.ModelChoiceField(
        Competitor.objects.all(), required=False, label=_("Competitor")
    )
    no_competitor = forms.BooleanField(required=False, label=_("No competitor named"))
    controllable = forms.ChoiceField(
        required=False,
        label=_("We can influence the reason"),
        choices=[("", ""), (YES, _("yes")), (NO, _("no"))],
    )
    trust = forms.TypedChoiceField(
        required=False,
        label=_("Trust at closing"),
        coerce=int,
        empty_value=None,
        choices=[("", ""), *((tenth, trust_label(tenth)) for tenth in TENTHS)],
    )
    qualified = forms.BooleanField(required=False, label=_("Closed after qualification"))

    def said_link(self, name: str, value: Any) -> str:
        """The value in words."""
        if value is True:
            return str(_("yes"))
        if name == "trust":
            return trust_label(value)
        return str(dict(self.fields[name].choices)[value] if name == "controllable" else value)

    def losses(self) -> Q:
        """The deals that the links ask for; lost ones, except by trust, which counts won ones too."""
        given = self.cleaned_data
        asked: dict[str, Callable[[Any], Q]] = {
            "reason_is": lambda value: Q(refusal_reason=value),
            "lost_at": lambda value: Q(outcome=Outcome.LOST, closed_from=value),
            "lost_nowhere": lambda _on: Q(outcome=Outcome.LOST, closed_from=None),
            "competitor": lambda value: Q(competitor=value),
            "no_competitor": lambda _on: Q(outcome=Outcome.LOST, competitor=None),
            "controllable": by_influence,
            "trust": by_trust,
            "qualified": lambda _on: ~Q(closed_from__kind=StageKind.LEAD),
        }
        found = Q()
        for name, condition in asked.items():
            if is_asked(given.get(name)):
                found &= condition(given[name])
        return found


def by_influence(value: str) -> Q:
    """Stated reasons only: what the product itself wrote says nothing about influence."""
    return Q(refusal_reason__is_controllable=value == YES, refusal_reason__is_system=False)


def by_trust(tenth: int) -> Q:
    return Q(pk__in=TrustAtClose.objects.standing().filter(tenth=tenth).values("deal"))
