from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "apps.portfolio"

    def ready(self) -> None:
        # Registries are filled once the apps are loaded.
        from apps.portfolio import night, permissions, registries, segment_jobs  # noqa: F401

        permissions.grant_segment_permissions()
        registries.add_segment_tabs()
        registries.add_segment_panel()
        registries.add_segment_settings()
        night.join_the_night()
