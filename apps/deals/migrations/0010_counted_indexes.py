from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0009_big_deals")]

    operations = [
        migrations.AddIndex(
            model_name='allocation',
            index=models.Index(fields=['recorded_at'], name='allocation_by_record'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['archived_at'], name='deal_archived'),
        ),
    ]
