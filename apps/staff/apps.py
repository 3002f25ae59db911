from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "apps.staff"

    def ready(self) -> None:
        # Here, not above: models must be loaded first. The actions register the letters.
        from apps.staff import actions, permissions, registries

        assert actions.send_letter
        permissions.grant_permissions()
        registries.add_entries()
        registries.add_settings()
        registries.add_searches()
