from django.apps import AppConfig


class KpisConfig(AppConfig):
    name = "apps.kpis"

    def ready(self):
        # Registries are filled once the apps are loaded.
        from apps.kpis import entries, metrics
        from apps.kpis.night import chain, own_steps  # noqa: F401  (chain has the job handlers)

        own_steps.add_offered_steps()
        own_steps.add_own_steps()
        entries.register()
        metrics.register()
