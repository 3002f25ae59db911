import apps.core.create_tables
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('forecasts', '0001_initial'), ('forecasts', '0002_initial')]

    initial = True

    dependencies = [
        ('kpis', '0001_initial'),
    ]

    operations = [
        apps.core.create_tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name='ForecastSnapshot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='day')),
                        ('month', models.DateField(verbose_name='month')),
                        ('scope_kind', models.CharField(choices=[('person', 'person'), ('team', 'team'), ('department', 'department'), ('company', 'company')], max_length=10)),
                        ('scope_id', models.PositiveBigIntegerField()),
                        ('method', models.CharField(choices=[('run_rate', 'run-rate'), ('weighted', 'weighted pipeline')], max_length=20, verbose_name='method')),
                        ('days_done', models.PositiveSmallIntegerField()),
                        ('days_total', models.PositiveSmallIntegerField()),
                        ('fact', models.DecimalField(decimal_places=2, max_digits=18)),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='forecast')),
                        ('low', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                        ('high', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forecasts', to='kpis.nightrun')),
                    ],
                    options={
                        'verbose_name': 'kept forecast',
                        'verbose_name_plural': 'kept forecasts',
                        'constraints': [models.UniqueConstraint(fields=('scope_kind', 'scope_id', 'month', 'method', 'day', 'run'), name='one_forecast_a_run')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='71bc58789b1035670674db6e098ca11b08c67e75', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d602b', table='forecasts_forecastsnapshot', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]
