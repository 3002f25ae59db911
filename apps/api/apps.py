from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "apps.api"

    def ready(self) -> None:
        # These import models, which must be loaded first; `schema` is found by drf-spectacular.
        from apps.api import schema  # noqa: F401
        from apps.api.permissions import grant_permissions
        from apps.core.logs import hide_in_logs
        from apps.core.settings_pages import SettingsPage, add_settings_page

        grant_permissions()
        hide_in_logs(r"/calendar/([^/\s?]+)\.ics")
        from apps.core.menu import share_place

        grant_permissions()
        share_place("core:settings", "api:intake")
        add_settings_page(
            SettingsPage(
                "api:intake_list",
                _("Forms for leads"),
                _("Forms on sites and keys for servers by which leads come"),
                "inbox",
                46,
                "api.change_intake",
            )
        )
