from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "apps.staff"

    def ready(self) -> None:
        # Here, not above: models must be loaded first. Importing the actions registers the letters.
        from apps.staff import actions
        from apps.staff.permissions import grant_permissions

        assert actions
        grant_permissions()
