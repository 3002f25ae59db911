"""The reason that imports write and people cannot choose."""

from django.conf import settings
from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_initial")]
    operations = [migrations.RunPython(make_reason, migrations.RunPython.noop)]
