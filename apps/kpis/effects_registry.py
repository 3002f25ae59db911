"""What decisions and their effects bring to the frame and to the night."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import access, menu
from apps.core.decision_kinds import DecisionKind, add_decision_kind, show_effects_at
from apps.core.tabs import Tab, add_tab
from apps.kpis.effect_choices import HandKind
from apps.kpis.models.effects import decisions_visible_to
from apps.kpis.night.effects import effects_step
from apps.kpis.night.steps import Step, add_step, all_records
from apps.staff.choices import Role

VIEW, ADD = "kpis.view_decision", "kpis.add_decision"


def register() -> None:
    access.grant(VIEW, to=[Role.LEAD, Role.HEAD, Role.DIRECTOR])
    access.grant(ADD, to=[Role.HEAD])
    also = ("kpis:decision", "kpis:decision_create", "kpis:decision_note")
    add_tab(Tab("plan", "kpis:decisions", _("Decisions"), VIEW, 60, also))
    menu.share_place("kpis:plan", "kpis:decision")
    for kind in HandKind:
        add_decision_kind(DecisionKind(kind.value, kind.label))
    show_effects_at(effect_page)
    label = _("Effects of decisions")
    add_step(Step("effects", 52, label, effects_step, after=all_records()))


def effect_page(decision: int, user: Any) -> str:
    """Its page for who may see the decision."""
    if not access.allowed(user, VIEW):
        return ""
    if not decisions_visible_to(user).filter(pk=decision).exists():
        return ""
    return reverse("kpis:decision", args=[decision])
