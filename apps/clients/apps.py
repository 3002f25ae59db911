from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "apps.clients"

    def ready(self) -> None:
        # These import models, which must be loaded first.
        from apps.clients import metrics
        from apps.clients.actions import hand_over_clients, searching  # noqa: F401, a job handler
        from apps.clients.models import Client
        from apps.clients.panels import add_panels
        from apps.clients.permissions import grant_permissions
        from apps.clients.searching import offer_search
        from apps.core import menu
        from apps.core.settings_pages import SettingsPage, add_settings_page
        from apps.staff import leaving

        grant_permissions()
        offer_search()
        menu.add_to_navigation(
            menu.Entry(
                _("Clients"),
                "clients:client_list",
                "building",
                "clients.view_client",
                30,
                prefixes=("clients:",),
            )
        )
        menu.add_to_creation(
            menu.Entry(
                _("Client"), "clients:client_create", "building-add", "clients.add_client", 20
            )
        )
        add_settings_page(
            SettingsPage(
                "clients:source_list",
                _("Sources"),
                _("Where clients and deals come from."),
                "signpost",
                40,
                "clients.change_source",
            )
        )
        add_panels()
        metrics.register()
        leaving.register(
            "clients.clients",
            _("clients"),
            count=lambda person: Client.objects.kept().filter(owner=person).count(),
            move=hand_over_clients,
        )
