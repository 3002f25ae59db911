from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "apps.portfolio"

    def ready(self) -> None:
        # Registries are filled once the apps are loaded.
        from apps.portfolio import permissions

        permissions.grant_segment_permissions()
