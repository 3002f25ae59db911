from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "apps.portfolio"

    def ready(self) -> None:
        # Registries are filled once the apps are loaded.
        from apps.portfolio import (  # noqa: F401
            distribution_jobs,
            distribution_registries,
            metrics,
            night,
            permissions,
            registries,
            segment_jobs,
        )

        permissions.grant_segment_permissions()
        registries.add_segment_tabs()
        registries.add_segment_panel()
        registries.add_segment_settings()
        night.join_the_night()

        permissions.grant_distribution_permissions()
        distribution_registries.add_distribution_tabs()
        distribution_registries.add_distribution_settings()
        distribution_registries.register_notices()
        distribution_registries.name_decisions()
        distribution_registries.join_leaving()
        distribution_registries.offer_lead_rules()
        distribution_registries.join_the_night()
        metrics.register()
