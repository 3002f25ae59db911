"""Rows that every department begins with."""

from django.conf import settings

NAMES = {"ru": "Не указана (импорт)"}


def make_reason(apps, schema_editor):
    apps.get_model("deals", "RefusalReason").objects.get_or_create(
        code="not_stated_import",
        defaults={
            "name": NAMES.get(settings.LANGUAGE_CODE, "Not stated (import)"),
            "is_system": True,
            "is_controllable": False,
            "order": 999,
        },
    )
