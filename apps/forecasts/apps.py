from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForecastsConfig(AppConfig):
    name = "apps.forecasts"

    def ready(self):
        from apps.core import access, menu  # registries are filled once the apps are loaded
        from apps.forecasts import night
        from apps.staff.choices import Role

        access.grant(
            "forecasts.view_forecast", to=[Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR]
        )
        menu.add_to_navigation(
            menu.Entry(
                label=_("Forecast"),
                url_name="forecasts:forecast",
                icon="graph-up",
                permission="forecasts.view_forecast",
                order=50,
                prefixes=("forecasts:",),
            )
        )
        night.join_the_night()
