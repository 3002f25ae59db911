from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "apps.staff"
    verbose_name = _("People and teams")

    def ready(self) -> None:
        # Here, not above: models must be loaded first. The actions register the letters.
        from apps.staff import actions, permissions, registries

        assert actions.send_letter
        permissions.grant_permissions()
        registries.add_entries()
        registries.add_settings()
        registries.add_searches()
