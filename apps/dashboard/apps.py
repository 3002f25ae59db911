from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "apps.dashboard"

    def ready(self):
        from apps.core import access, menu  # registries are filled once the apps are loaded
        from apps.core.panels import Panel, add_panel
        from apps.dashboard.views.debts import figures_address
        from apps.deals.views.answers import listening_pages
        from apps.staff.choices import Role

        access.grant("dashboard.view_department", to=[Role.LEAD, Role.HEAD, Role.DIRECTOR])
        access.grant(
            "dashboard.view_employee", to=[Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR]
        )
        access.grant("dashboard.view_my_day", to=[Role.SELLER, Role.LEAD, Role.HEAD])
        access.grant("dashboard.take_first_steps", to=[Role.ADMIN, Role.HEAD])
        access.grant("dashboard.name_company", to=[Role.ADMIN])
        access.grant("dashboard.found_department", to=[Role.ADMIN])
        access.grant("dashboard.make_pipeline", to=[Role.ADMIN, Role.HEAD])
        menu.add_to_navigation(
            menu.Entry(
                label=_("Today"),
                url_name="dashboard:department",
                icon="sun",
                permission="dashboard.view_department",
                order=10,
                prefixes=("dashboard:today", "dashboard:department"),
            )
        )
        menu.add_to_navigation(
            menu.Entry(
                label=_("My day"),
                url_name="dashboard:my_day",
                icon="check2-square",
                permission="dashboard.view_my_day",
                order=11,
            )
        )
        add_panel(
            Panel(
                "deals.debtors",
                "debt-figures",
                10,
                "dashboard.view_employee",
                _("Turnover of debt"),
                figures_address,
            )
        )
        listening_pages.add("dashboard:my_day")
