"""The reason that imports write and people cannot choose."""

from django.db import migrations

from apps.deals.migrations._seeds import make_reason


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_initial")]
    operations = [migrations.RunPython(make_reason, migrations.RunPython.noop)]
