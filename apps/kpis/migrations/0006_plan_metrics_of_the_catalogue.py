from django.db import migrations, models


class Migration(migrations.Migration):
    """A plan may name any metric of the catalogue that is a sum: the closed list is gone."""

    dependencies = [
        ('kpis', '0005_kpi_schemes'),
    ]

    operations = [
        migrations.AlterField(
            model_name="planline",
            name="metric",
            field=models.CharField(default="revenue", max_length=30, verbose_name="metric"),
        ),
    ]
