"""What KPI schemes and scorecards give to the registries of the core: permissions and tabs."""

from django.utils.translation import gettext_lazy as _

from apps.core import access
from apps.core.tabs import Tab, add_tab
from apps.staff.choices import Role

SELLING = [Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR]


def register() -> None:
    access.grant("kpis.view_scorecard", to=SELLING)
    access.grant("kpis.view_scheme", to=[*SELLING, Role.HR])
    access.grant("kpis.change_scheme", to=[Role.HEAD, Role.DIRECTOR])
    add_tab(
        Tab("plan", "kpis:scorecard_list", _("KPI"), "kpis.view_scorecard", 2, ("kpis:scorecard",))
    )
    add_tab(
        Tab(
            "plan",
            "kpis:scheme_list",
            _("Schemes"),
            "kpis.view_scheme",
            3,
            ("kpis:scheme", "kpis:scheme_create", "kpis:scheme_edit"),
        )
    )
