import apps.core.create_tables
import apps.core.models.files
import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('core', '0001_initial'), ('core', '0002_initial'), ('core', '0003_saved_views'), ('core', '0004_exports')]

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        apps.core.create_tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name='AnsweredRequest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=64)),
                        ('path', models.CharField(max_length=255)),
                        ('body_hash', models.CharField(max_length=64)),
                        ('status', models.PositiveSmallIntegerField(null=True)),
                        ('headers', models.JSONField(default=dict)),
                        ('body', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'answered request',
                        'verbose_name_plural': 'answered requests',
                        'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_answer_a_key')],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(unique=True, verbose_name='day')),
                        ('is_working', models.BooleanField(verbose_name='working day')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                    ],
                    options={
                        'verbose_name': 'calendar exception',
                        'verbose_name_plural': 'calendar exceptions',
                        'ordering': ['-day'],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_calendardayhistory" ("day", "id", "is_working", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."id", NEW."is_working", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='c7b245abe4758b360c14013c814f964efdf1db7a', operation='INSERT', pgid='pgtrigger_insert_insert_e1369', table='core_calendarday', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_calendardayhistory" ("day", "id", "is_working", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."id", NEW."is_working", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='340e9ac060fe4bd66bdeaa8c5bc6f0300588176f', operation='UPDATE', pgid='pgtrigger_update_update_36b7b', table='core_calendarday', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_calendardayhistory" ("day", "id", "is_working", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."day", OLD."id", OLD."is_working", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='2cd5ca158fa503804b4af8c69316c5067e62f341', operation='DELETE', pgid='pgtrigger_delete_delete_94941', table='core_calendarday', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarDayHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('day', models.DateField(verbose_name='day')),
                        ('is_working', models.BooleanField(verbose_name='working day')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.calendarday')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Company',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('time_zone', models.CharField(default='Europe/Moscow', max_length=64, verbose_name='time zone')),
                        ('currency', models.CharField(choices=[('RUB', 'Russian rouble'), ('USD', 'US dollar'), ('EUR', 'euro'), ('KZT', 'Kazakh tenge'), ('BYN', 'Belarusian rouble'), ('CNY', 'Chinese yuan')], default='RUB', max_length=3, verbose_name='currency')),
                        ('fiscal_year_start_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='first month of the fiscal year')),
                        ('counts_with_vat', models.BooleanField(default=True, verbose_name='plan and bonus count with VAT')),
                        ('night_starts_at', models.TimeField(default=datetime.time(2, 0), verbose_name='nightly calculation starts at')),
                        ('set_up_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='set up at')),
                    ],
                    options={
                        'verbose_name': 'company',
                        'verbose_name_plural': 'company',
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_company'), models.CheckConstraint(condition=models.Q(('fiscal_year_start_month__range', (1, 12))), name='fiscal_month_exists')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_companyhistory" ("counts_with_vat", "currency", "fiscal_year_start_month", "id", "name", "night_starts_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_up_at", "time_zone", "version") VALUES (NEW."counts_with_vat", NEW."currency", NEW."fiscal_year_start_month", NEW."id", NEW."name", NEW."night_starts_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."set_up_at", NEW."time_zone", NEW."version"); RETURN NULL;', hash='281ad040990f67d45e69ce7b039f5b62d41cdf33', operation='INSERT', pgid='pgtrigger_insert_insert_188e9', table='core_company', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_companyhistory" ("counts_with_vat", "currency", "fiscal_year_start_month", "id", "name", "night_starts_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_up_at", "time_zone", "version") VALUES (NEW."counts_with_vat", NEW."currency", NEW."fiscal_year_start_month", NEW."id", NEW."name", NEW."night_starts_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."set_up_at", NEW."time_zone", NEW."version"); RETURN NULL;', hash='d5731ca7444127fe030f0e62b082c8b925be178e', operation='UPDATE', pgid='pgtrigger_update_update_e169c', table='core_company', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_companyhistory" ("counts_with_vat", "currency", "fiscal_year_start_month", "id", "name", "night_starts_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_up_at", "time_zone", "version") VALUES (OLD."counts_with_vat", OLD."currency", OLD."fiscal_year_start_month", OLD."id", OLD."name", OLD."night_starts_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."set_up_at", OLD."time_zone", OLD."version"); RETURN NULL;', hash='f2af9a1e439f0303f78a49a974db9f70f32a63f8', operation='DELETE', pgid='pgtrigger_delete_delete_2abd6', table='core_company', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='CompanyHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('time_zone', models.CharField(default='Europe/Moscow', max_length=64, verbose_name='time zone')),
                        ('currency', models.CharField(choices=[('RUB', 'Russian rouble'), ('USD', 'US dollar'), ('EUR', 'euro'), ('KZT', 'Kazakh tenge'), ('BYN', 'Belarusian rouble'), ('CNY', 'Chinese yuan')], default='RUB', max_length=3, verbose_name='currency')),
                        ('fiscal_year_start_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='first month of the fiscal year')),
                        ('counts_with_vat', models.BooleanField(default=True, verbose_name='plan and bonus count with VAT')),
                        ('night_starts_at', models.TimeField(default=datetime.time(2, 0), verbose_name='nightly calculation starts at')),
                        ('set_up_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='set up at')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.company')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Decision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=50, verbose_name='kind')),
                        ('object_id', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('metric', models.CharField(blank=True, max_length=50, verbose_name='metric')),
                        ('expected_change', models.DecimalField(blank=True, decimal_places=4, max_digits=9, null=True, verbose_name='expected change')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                        ('note', models.TextField(blank=True, verbose_name='note')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions_made', to=settings.AUTH_USER_MODEL)),
                        ('content_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='contenttypes.contenttype')),
                        ('people', models.ManyToManyField(blank=True, related_name='decisions_about', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'decision',
                        'verbose_name_plural': 'decisions',
                        'ordering': ['-created_at'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='decision_lasts')],
                    },
                ),
                migrations.CreateModel(
                    name='ExchangeRate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('currency', models.CharField(choices=[('RUB', 'Russian rouble'), ('USD', 'US dollar'), ('EUR', 'euro'), ('KZT', 'Kazakh tenge'), ('BYN', 'Belarusian rouble'), ('CNY', 'Chinese yuan')], max_length=3, verbose_name='currency')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('rate', models.DecimalField(decimal_places=8, max_digits=18, verbose_name='rate')),
                    ],
                    options={
                        'verbose_name': 'exchange rate',
                        'verbose_name_plural': 'exchange rates',
                        'ordering': ['currency', '-starts_on'],
                        'constraints': [models.UniqueConstraint(fields=('currency', 'starts_on'), name='one_rate_a_day'), models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='rate_is_positive')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_exchangeratehistory" ("currency", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "starts_on") VALUES (NEW."currency", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rate", NEW."starts_on"); RETURN NULL;', hash='7796ced63228c09a351dd5eb904788ff3c5a7770', operation='INSERT', pgid='pgtrigger_insert_insert_f0957', table='core_exchangerate', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_exchangeratehistory" ("currency", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "starts_on") VALUES (NEW."currency", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rate", NEW."starts_on"); RETURN NULL;', hash='938e05ef22ead5cf2b6d33822c4585d13f3603e9', operation='UPDATE', pgid='pgtrigger_update_update_8b13c', table='core_exchangerate', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_exchangeratehistory" ("currency", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "starts_on") VALUES (OLD."currency", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rate", OLD."starts_on"); RETURN NULL;', hash='f86df41e21307601b87be581990871432a22379c', operation='DELETE', pgid='pgtrigger_delete_delete_b9971', table='core_exchangerate', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ExchangeRateHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('currency', models.CharField(choices=[('RUB', 'Russian rouble'), ('USD', 'US dollar'), ('EUR', 'euro'), ('KZT', 'Kazakh tenge'), ('BYN', 'Belarusian rouble'), ('CNY', 'Chinese yuan')], max_length=3, verbose_name='currency')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('rate', models.DecimalField(decimal_places=8, max_digits=18, verbose_name='rate')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.exchangerate')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ImportMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=30)),
                        ('headings_hash', models.CharField(max_length=64)),
                        ('mapping', models.JSONField()),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'column mapping',
                        'verbose_name_plural': 'column mappings',
                        'constraints': [models.UniqueConstraint(fields=('author', 'kind', 'headings_hash'), name='one_mapping_a_heading')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('line', models.PositiveIntegerField(verbose_name='line')),
                        ('cells', models.JSONField(default=list)),
                        ('status', models.CharField(choices=[('pending', 'waiting'), ('created', 'created'), ('updated', 'updated'), ('unchanged', 'unchanged'), ('rejected', 'rejected')], default='pending', max_length=10, verbose_name='status')),
                        ('errors', models.JSONField(default=list)),
                        ('object_id', models.PositiveBigIntegerField(null=True)),
                        ('before', models.JSONField(null=True)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_rows', to='core.importrun')),
                    ],
                    options={
                        'verbose_name': 'import row',
                        'verbose_name_plural': 'import rows',
                        'ordering': ['line'],
                        'indexes': [models.Index(fields=['run', 'status'], name='import_row_by_status')],
                        'constraints': [models.UniqueConstraint(fields=('run', 'line'), name='one_row_a_line')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=30, verbose_name='what is imported')),
                        ('file_name', models.CharField(default='', max_length=150, verbose_name='file')),
                        ('file_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                        ('status', models.CharField(choices=[('uploaded', 'uploaded'), ('refused', 'refused'), ('mapped', 'columns chosen'), ('checked', 'checked'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('undone', 'undone')], default='uploaded', max_length=10, verbose_name='status')),
                        ('reading', models.JSONField(default=dict)),
                        ('mapping', models.JSONField(default=dict)),
                        ('policy', models.JSONField(default=dict)),
                        ('problem', models.JSONField(default=dict)),
                        ('preview', models.JSONField(default=dict)),
                        ('result', models.JSONField(default=dict)),
                        ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                        ('created', models.PositiveIntegerField(default=0, verbose_name='created')),
                        ('updated', models.PositiveIntegerField(default=0, verbose_name='updated')),
                        ('unchanged', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                        ('rejected', models.PositiveIntegerField(default=0, verbose_name='rejected')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                        ('undone_at', models.DateTimeField(null=True, verbose_name='undone at')),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to=settings.AUTH_USER_MODEL)),
                        ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                        ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ],
                    options={
                        'verbose_name': 'import',
                        'verbose_name_plural': 'imports',
                        'ordering': ['-created_at'],
                    },
                ),
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=50, verbose_name='kind')),
                        ('key', models.CharField(max_length=200)),
                        ('payload', models.JSONField(default=dict)),
                        ('status', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=10, verbose_name='status')),
                        ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                        ('total', models.PositiveIntegerField(default=0, verbose_name='of')),
                        ('message', models.CharField(blank=True, max_length=255, verbose_name='message')),
                        ('result', models.JSONField(default=dict)),
                        ('error', models.TextField(blank=True, verbose_name='error')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('run_after', models.DateTimeField(blank=True, null=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                        ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                        ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='core.job')),
                    ],
                    options={
                        'verbose_name': 'job',
                        'verbose_name_plural': 'jobs',
                        'ordering': ['-created_at'],
                        'indexes': [models.Index(condition=models.Q(('status__in', ['queued', 'running'])), fields=['lease_until'], name='job_active'), models.Index(fields=['kind', '-created_at'], name='job_by_kind')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['queued', 'running'])), fields=('key',), name='one_active_job_a_key'), models.CheckConstraint(condition=models.Q(('total', 0), ('done__lte', models.F('total')), _connector='OR'), name='job_done_within_total')],
                    },
                ),
                migrations.CreateModel(
                    name='Notification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=50, verbose_name='kind')),
                        ('title', models.CharField(max_length=255, verbose_name='title')),
                        ('body', models.TextField(blank=True, verbose_name='text')),
                        ('url', models.CharField(blank=True, max_length=500)),
                        ('dedupe_key', models.CharField(max_length=200)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'notification',
                        'verbose_name_plural': 'notifications',
                        'ordering': ['-created_at'],
                        'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'), models.Index(fields=['user', '-created_at'], name='notification_by_user')],
                        'constraints': [models.UniqueConstraint(fields=('user', 'dedupe_key'), name='told_once')],
                    },
                ),
                migrations.CreateModel(
                    name='NotificationSetting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=50, verbose_name='kind')),
                        ('in_app', models.BooleanField(default=True, verbose_name='in the application')),
                        ('by_email', models.BooleanField(default=True, verbose_name='by e-mail')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_settings', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'notification setting',
                        'verbose_name_plural': 'notification settings',
                        'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='one_choice_a_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='OutboxMessage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=30)),
                        ('dedupe_key', models.CharField(max_length=200, unique=True)),
                        ('payload', models.JSONField()),
                        ('due_at', models.DateTimeField()),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('failed_at', models.DateTimeField(blank=True, null=True)),
                        ('error', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'verbose_name': 'outgoing message',
                        'verbose_name_plural': 'outgoing messages',
                        'indexes': [models.Index(condition=models.Q(('failed_at', None), ('sent_at', None)), fields=['due_at'], name='outbox_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='StoredFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('purpose', models.CharField(max_length=30)),
                        ('file', models.FileField(max_length=200, upload_to=apps.core.models.files.stored_name)),
                        ('name', models.CharField(max_length=150, verbose_name='name')),
                        ('content_type', models.CharField(max_length=100)),
                        ('size', models.PositiveBigIntegerField(verbose_name='size, bytes')),
                        ('sha256', models.CharField(db_index=True, max_length=64)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stored_files', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'file',
                        'verbose_name_plural': 'files',
                    },
                ),
                migrations.CreateModel(
                    name='TagHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('colour', models.CharField(blank=True, choices=[('', 'plain'), ('acc', 'blue'), ('good', 'green'), ('warn', 'yellow'), ('bad', 'red')], default='', max_length=4, verbose_name='colour')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.tag')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Batch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('action', models.CharField(max_length=50)),
                        ('params', models.JSONField(default=dict)),
                        ('back', models.CharField(blank=True, max_length=2000)),
                        ('status', models.CharField(choices=[('draft', 'previewed'), ('running', 'running'), ('done', 'done'), ('undoing', 'being undone'), ('undone', 'undone')], default='draft', max_length=8)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('applied_at', models.DateTimeField(null=True)),
                        ('undone_at', models.DateTimeField(null=True)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ],
                    options={
                        'verbose_name': 'batch of changes',
                        'verbose_name_plural': 'batches of changes',
                        'ordering': ['-pk'],
                        'indexes': [models.Index(fields=['author', '-id'], name='batch_by_author')],
                    },
                ),
                migrations.CreateModel(
                    name='BatchRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('object_id', models.PositiveBigIntegerField()),
                        ('title', models.CharField(max_length=255)),
                        ('status', models.CharField(choices=[('ready', 'to be changed'), ('skipped', 'skipped'), ('done', 'changed'), ('undone', 'put back'), ('kept', 'left as it is')], default='ready', max_length=7)),
                        ('reason', models.CharField(blank=True, max_length=500)),
                        ('before', models.JSONField(default=dict)),
                        ('version_before', models.PositiveIntegerField()),
                        ('version_after', models.PositiveIntegerField(null=True)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='core.batch')),
                    ],
                    options={
                        'verbose_name': 'row of a batch',
                        'verbose_name_plural': 'rows of a batch',
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['object_id'], name='batch_row_by_object')],
                        'constraints': [models.UniqueConstraint(fields=('batch', 'object_id'), name='row_once_a_batch')],
                    },
                ),
                migrations.CreateModel(
                    name='SavedView',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('room', models.CharField(max_length=50)),
                        ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                        ('query', models.CharField(blank=True, max_length=2000)),
                        ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None)),
                        ('is_shared', models.BooleanField(default=False, verbose_name='for colleagues too')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                        ('pinned_by', models.ManyToManyField(blank=True, related_name='pinned_views', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'saved view',
                        'verbose_name_plural': 'saved views',
                        'ordering': ['name', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('owner', 'room', 'name'), name='one_view_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('is_shared', False), _connector='OR'), name='shared_view_has_a_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Tag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('colour', models.CharField(blank=True, choices=[('', 'plain'), ('acc', 'blue'), ('good', 'green'), ('warn', 'yellow'), ('bad', 'red')], default='', max_length=4, verbose_name='colour')),
                    ],
                    options={
                        'verbose_name': 'tag',
                        'verbose_name_plural': 'tags',
                        'ordering': [django.db.models.functions.text.Lower('name'), 'pk'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('archived_at', None)), name='one_tag_a_name')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_taghistory" ("archived_at", "colour", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived_at", NEW."colour", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='5e2d2cbc4b819c1fd7ed914ece7e4f6ebebd5b83', operation='INSERT', pgid='pgtrigger_insert_insert_5f68c', table='core_tag', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_taghistory" ("archived_at", "colour", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived_at", NEW."colour", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='c5423170289425818b31c2eb577309df6be4d72e', operation='UPDATE', pgid='pgtrigger_update_update_861c9', table='core_tag', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_taghistory" ("archived_at", "colour", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."archived_at", OLD."colour", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='56d5cfd44039251e43f0ad97488d74cc2796e9a9', operation='DELETE', pgid='pgtrigger_delete_delete_88404', table='core_tag', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ExportRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('what', models.CharField(max_length=100)),
                        ('path', models.CharField(max_length=255)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ],
                    options={
                        'verbose_name': 'export',
                        'verbose_name_plural': 'exports',
                        'ordering': ['-at', '-pk'],
                        'indexes': [models.Index(fields=['user', 'at'], name='exports_of_a_person')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='82c37bbad40e9dc86ce3d717982f97b444404031', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8907c', table='core_exportrecord', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]
