from django.apps import AppConfig


class BonusesConfig(AppConfig):
    name = "apps.bonuses"

    def ready(self):
        # Registries are filled once the apps are loaded.
        from apps.bonuses import back_test_job, entries, night  # noqa: F401  (the job's handler)

        entries.register()
        night.join_the_night()
