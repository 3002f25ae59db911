from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "apps.staff"
    verbose_name = _("People and teams")

    def ready(self) -> None:
        # Here, not above: models must be loaded first. Importing the actions registers the letters.
        import apps.staff.actions  # noqa: F401
        from apps.core.access import open_reason_desk
        from apps.staff import metrics, permissions, registries
        from apps.staff.reading_desk import ReadingDesk

        permissions.grant_permissions()
        open_reason_desk(ReadingDesk())
        registries.add_entries()
        registries.add_settings()
        registries.add_searches()
        registries.register_kinds()
        metrics.register()
