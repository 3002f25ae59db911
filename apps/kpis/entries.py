"""What this room gives to the registries of the core: permissions and menu entries."""

from datetime import datetime

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from apps.core import access, health, menu
from apps.core.notifying import register_kind
from apps.core.tabs import Tab, add_tab
from apps.deals import stuck
from apps.kpis import (
    contests_registry,
    effects_registry,
    month_checks,
    month_notices,
    plan_entries,
    scheme_entries,
)
from apps.kpis.models import NightRun, StageNorm
from apps.staff.choices import Role

SEERS = [Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR, Role.HR]


def register() -> None:
    add_tabs()
    add_metric_catalogue()
    scheme_entries.register()
    plan_entries.register()
    add_months()
    health.tell_last_night(last_published)
    stuck.learn_from(stuck_limits, stage_norm)
    access.grant("kpis.view_plan", to=SEERS)
    access.grant("kpis.view_gap", to=[Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR])
    access.grant("kpis.view_plan_month", to=[Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR])
    access.grant("kpis.offer_plan", to=[Role.SELLER, Role.LEAD])
    access.grant("kpis.view_plan_parts", to=[Role.HEAD, Role.DIRECTOR])
    access.grant("kpis.change_plan", to=[Role.HEAD])
    access.grant("kpis.approve_plan", to=[Role.DIRECTOR])
    access.grant("kpis.view_night", to=[Role.HEAD, Role.DIRECTOR, Role.ADMIN])
    access.grant("kpis.run_night", to=[Role.HEAD, Role.ADMIN])
    menu.add_to_navigation(
        menu.Entry(
            label=_("Plan and KPI"),
            url_name="kpis:plan",
            icon="bullseye",
            permission="kpis.view_plan",
            order=40,
            counted_by=plan_entries.waiting_by,
            counted_for="kpis.approve_plan",
            prefixes=(
                "kpis:plan",
                "kpis:gap",
                "kpis:metric",
                "kpis:scheme",
                "kpis:scorecard",
                "kpis:month",
            ),
        )
    )
    menu.add_to_navigation(
        menu.Entry(
            label=_("Calculations"),
            url_name="kpis:run_list",
            icon="moon-stars",
            permission="kpis.view_night",
            order=90,
            prefixes=("kpis:run",),
        )
    )
    effects_registry.register()
    contests_registry.register()


# Pages under the tab of the plan.
OF_THE_PLAN = (
    "kpis:plan_fill",
    "kpis:plan_save",
    "kpis:plan_month",
    "kpis:plan_offer",
    "kpis:plan_parts",
    "kpis:plan_parts_save",
)


def add_tabs() -> None:
    for order, (name, label, permission, also) in enumerate(
        (
            ("kpis:plan", _("Sales plan"), "kpis.view_plan", OF_THE_PLAN),
            ("kpis:gap", _("Reason for the gap"), "kpis.view_gap", ()),
        )
    ):
        add_tab(Tab("plan", name, label, permission, order, also))


def add_metric_catalogue() -> None:
    access.grant("kpis.view_metric", to=[Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR])
    add_tab(
        Tab("plan", "kpis:metrics", _("Metrics"), "kpis.view_metric", 70, also=("kpis:metric",))
    )


def add_months() -> None:
    access.grant("kpis.view_months", to=[Role.LEAD, Role.HEAD, Role.DIRECTOR])
    access.grant("kpis.close_month", to=[Role.HEAD])
    access.grant("kpis.approve_reopening", to=[Role.DIRECTOR])
    add_tab(Tab("plan", "kpis:months", _("Months"), "kpis.view_months", 90, ("kpis:month",)))
    month_checks.register()
    register_kind(month_notices.KIND, _("Closed months: opening one again"))


def last_published() -> datetime | None:
    """When the last complete night came to be seen."""
    return NightRun.objects.published().aggregate(at=Max("published_at"))["at"]


def stuck_limits() -> dict[int, int]:
    """Days in the stage beyond which a deal is stuck, by stage, as the last night learned them."""
    return dict(StageNorm.objects.values_list("stage", "stuck_after_days"))


def stage_norm(stage: str) -> Subquery:
    """The same of one stage, with the number of won deals behind it."""
    norms = StageNorm.objects.filter(stage=OuterRef(stage))
    return Subquery(norms.values(found=JSONObject(days="stuck_after_days", n="stay_count")))
