from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "apps.staff"

    def ready(self) -> None:
        from apps.staff.permissions import grant_permissions  # models must be loaded first

        grant_permissions()
