"""What dividing, handing over and leads bring to the frame: tabs, settings, notices, the night."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from apps.core.decision_kinds import DecisionKind, add_decision_kind
from apps.core.nightly import NightlyStep, offer_step
from apps.core.notifying import register_kind
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.core.tabs import Tab, add_tab
from apps.deals import lead_owners
from apps.portfolio.actions import applying, handover, telling
from apps.portfolio.actions.handover import record_leaving
from apps.portfolio.actions.leads import by_the_rules
from apps.portfolio.registries import SECTION
from apps.portfolio.watching import tell_signals
from apps.staff import leaving

# Before the other rooms move a leaver's work, so that it can still be seen whose it was.
FIRST = 0


def add_distribution_tabs() -> None:
    for order, (name, label, permission, also) in enumerate(
        (
            (
                "distribution_list",
                _("Distribution"),
                "view_distribution",
                (
                    "distribution", "distribution_create", "distribution_apply", "load_norms",
                    "focus_list", "seller_focus",
                ),
            ),
            ("handover_list", _("Handover"), "view_handover", ("handover", "handover_create")),
            ("lead_rules", _("Leads: rules"), "view_lead_rule", ("lead_rule", "lead_rule_create")),
        )
    ):  # fmt: skip
        names = tuple(f"portfolio:{one}" for one in also)
        tab = Tab(SECTION, f"portfolio:{name}", label, f"portfolio.{permission}", 40 + order, names)
        add_tab(tab)


def add_distribution_settings() -> None:
    add_settings_page(
        SettingsPage(
            "portfolio:load_norms",
            _("Norms of load"),
            _("Hours of a client by level, of a deal and a task; who is away for too long."),
            "speedometer2",
            46,
            "portfolio.change_norms",
        )
    )


def register_notices() -> None:
    register_kind(telling.RECEIVED, _("I was given clients by a distribution"))
    register_kind(telling.HANDED, _("A base was handed over to me"))
    register_kind(telling.SIGNAL, _("Deals suffer after a handover"))


def name_decisions() -> None:
    for code, label, page in (
        (applying.DECISION_KIND, _("distribution of clients"), "distribution"),
        (handover.DECISION_KIND, _("handover of a base"), "handover"),
    ):
        add_decision_kind(DecisionKind(code, label, f"portfolio:{page}", f"portfolio.view_{page}"))


def join_leaving() -> None:
    """A dismissal leaves a handover with its brief; nothing is counted twice."""
    leaving.register(
        "portfolio.handover",
        _("handover"),
        count=lambda person: 0,
        move=record_leaving,
        order=FIRST,
    )


def watch_handovers(_day: date) -> int:
    return tell_signals()


def offer_lead_rules() -> None:
    lead_owners.offer(by_the_rules)


def join_the_night() -> None:
    label = _("Deals after handovers")
    offer_step(NightlyStep("handovers", 40, label, watch_handovers, after=("segments",)))
