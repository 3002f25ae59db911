import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0010_counted_indexes")]

    operations = [
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(models.F('stage'), models.OrderBy(models.F('amount_base'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('archived_at', None), ('outcome', 'open')), name='deal_open_by_stage_amount'),
        ),
    ]
