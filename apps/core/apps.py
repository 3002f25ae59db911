from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "apps.core"
    verbose_name = _("Company")

    def ready(self) -> None:
        from django.core.signals import request_finished, request_started
        from django.utils.module_loading import autodiscover_modules

        from apps.core.access import grant
        from apps.core.menu import Entry, add_to_navigation
        from apps.core.models import Company
        from apps.core.settings_pages import SettingsPage, add_settings_page

        request_started.connect(Company.keep_for_request, dispatch_uid="company")
        request_finished.connect(Company.forget, dispatch_uid="company")
        grant("core.view_styleguide", to=["head", "director", "admin"])
        grant("core.change_tags", to=["lead", "head", "admin"])
        add_settings_page(
            SettingsPage(
                "core:tag_list",
                _("Tags"),
                _("Words that mark deals and clients, with their colours"),
                "tags",
                47,
                "core.change_tags",
            )
        )

        add_to_navigation(
            Entry(
                label=_("Imports"),
                url_name="core:import_list",
                icon="file-earmark-arrow-up",
                permission="core.run_imports",
                order=95,
                prefixes=("core:import",),
                at_foot=True,
            )
        )
        # What each room imports from files states its permissions, columns and jobs there.
        from apps.core.bulk import jobs  # noqa: F401
        from apps.core.importing import starting  # noqa: F401

        autodiscover_modules("imports")
