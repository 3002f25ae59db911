from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "apps.deals"

    def ready(self):
        # Registries name views and rows, so the models must be loaded first.
        from apps.deals import (
            big_registries,
            bulk,
            losses_registry,
            metrics,
            night,
            permissions,
            registries,
        )
        from apps.deals.actions import bank_jobs  # noqa: F401 - states its handler

        permissions.grant_permissions()
        registries.add_entries()
        registries.add_tabs()
        registries.add_settings()
        registries.add_searches()
        registries.add_handover()
        registries.add_panels()
        registries.offer_to_calendars()
        losses_registry.add_losses()
        night.join_the_night()
        big_registries.add_all()
        bulk.add_bulk_actions()
        metrics.register()
