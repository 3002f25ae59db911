from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "apps.tasks"

    def ready(self) -> None:
        from apps.tasks import (
            metrics,
            registries,
        )  # they name rows, so the models must be loaded first

        registries.grant_permissions()
        registries.add_entries()
        registries.add_settings()
        registries.add_panels()
        registries.register_kinds()
        registries.hand_over_tasks()
        registries.offer_to_calendars()
        metrics.register()
