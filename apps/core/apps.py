from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from apps.core.access import grant

        grant("core.view_styleguide", to=["head", "director", "admin"])
