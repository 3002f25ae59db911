import apps.api.models
import apps.core.create_tables
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('api', '0001_initial'), ('api', '0002_calendar_feed')]

    initial = True

    dependencies = [
        ('clients', '0003_client_depth'),
        ('deals', '0003_system_refusal_reason'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        apps.core.create_tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name='ApiToken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100, verbose_name='what uses it')),
                        ('prefix', models.CharField(editable=False, max_length=8)),
                        ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                        ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clients:read', 'clients and contacts: read'), ('deals:read', 'deals: read'), ('activities:read', 'calls and meetings: read'), ('payments:read', 'payments: read')], max_length=20), size=None, verbose_name='may')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('expires_at', models.DateTimeField(verbose_name='valid until')),
                        ('used_at', models.DateTimeField(editable=False, null=True, verbose_name='used last')),
                        ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked at')),
                        ('owner', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'token',
                        'verbose_name_plural': 'tokens',
                        'ordering': ['-created_at'],
                    },
                ),
                migrations.CreateModel(
                    name='IntakeForm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('key', models.CharField(default=apps.api.models.new_form_key, editable=False, max_length=32, unique=True)),
                        ('heading', models.CharField(blank=True, max_length=100, verbose_name='heading of the form')),
                        ('allowed_sites', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200, validators=[django.core.validators.RegexValidator('\\Ahttps?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\\d{1,5})?\\Z', 'Write a site as https://example.com, without a path.')]), blank=True, default=list, size=None, verbose_name='sites that may show it')),
                        ('consent_text', models.TextField(verbose_name='text of the consent')),
                        ('consent_version', models.CharField(max_length=50, verbose_name='version of the text')),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='deals.pipeline', verbose_name='pipeline')),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='clients.source', verbose_name='source')),
                    ],
                    options={
                        'verbose_name': 'intake form',
                        'verbose_name_plural': 'intake forms',
                        'ordering': ['name', 'pk'],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "api_intakeformhistory" ("allowed_sites", "archived_at", "consent_text", "consent_version", "heading", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pipeline_id", "source_id", "version") VALUES (NEW."allowed_sites", NEW."archived_at", NEW."consent_text", NEW."consent_version", NEW."heading", NEW."id", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pipeline_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='ad171c70b85ba9628483947662e40e733c3cc9fd', operation='INSERT', pgid='pgtrigger_insert_insert_d27a6', table='api_intakeform', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "api_intakeformhistory" ("allowed_sites", "archived_at", "consent_text", "consent_version", "heading", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pipeline_id", "source_id", "version") VALUES (NEW."allowed_sites", NEW."archived_at", NEW."consent_text", NEW."consent_version", NEW."heading", NEW."id", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pipeline_id", NEW."source_id", NEW."version"); RETURN NULL;', hash='fd567de8cb5e6b7cc399a59b0be6dbe5809227fa', operation='UPDATE', pgid='pgtrigger_update_update_cfd7d', table='api_intakeform', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "api_intakeformhistory" ("allowed_sites", "archived_at", "consent_text", "consent_version", "heading", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pipeline_id", "source_id", "version") VALUES (OLD."allowed_sites", OLD."archived_at", OLD."consent_text", OLD."consent_version", OLD."heading", OLD."id", OLD."key", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pipeline_id", OLD."source_id", OLD."version"); RETURN NULL;', hash='750607d4c3a50a0bcdddfb7550d37482e692a71a', operation='DELETE', pgid='pgtrigger_delete_delete_fbee4', table='api_intakeform', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='Intake',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=64)),
                        ('body_hash', models.CharField(max_length=64)),
                        ('address_hash', models.CharField(max_length=64)),
                        ('received_at', models.DateTimeField(auto_now_add=True, verbose_name='received at')),
                        ('deal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                        ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intakes', to='api.intakeform')),
                    ],
                    options={
                        'verbose_name': 'received inquiry',
                        'verbose_name_plural': 'received inquiries',
                        'ordering': ['-received_at'],
                        'indexes': [models.Index(fields=['form', 'received_at'], name='intake_by_form'), models.Index(fields=['address_hash', 'received_at'], name='intake_by_address')],
                        'constraints': [models.UniqueConstraint(fields=('form', 'key'), name='one_intake_a_key'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='intake_has_a_key')],
                    },
                ),
                migrations.CreateModel(
                    name='IntakeFormHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('key', models.CharField(default=apps.api.models.new_form_key, editable=False, max_length=32)),
                        ('heading', models.CharField(blank=True, max_length=100, verbose_name='heading of the form')),
                        ('allowed_sites', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200, validators=[django.core.validators.RegexValidator('\\Ahttps?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\\d{1,5})?\\Z', 'Write a site as https://example.com, without a path.')]), blank=True, default=list, size=None, verbose_name='sites that may show it')),
                        ('consent_text', models.TextField(verbose_name='text of the consent')),
                        ('consent_version', models.CharField(max_length=50, verbose_name='version of the text')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='api.intakeform')),
                        ('pipeline', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.pipeline', verbose_name='pipeline')),
                        ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.source', verbose_name='source')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='CalendarFeed',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('used_at', models.DateTimeField(editable=False, null=True, verbose_name='used last')),
                        ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked at')),
                        ('body_hash', models.CharField(blank=True, editable=False, max_length=64)),
                        ('changed_at', models.DateTimeField(editable=False, null=True)),
                        ('owner', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='calendar_feeds', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'calendar address',
                        'verbose_name_plural': 'calendar addresses',
                        'ordering': ['-created_at'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('owner',), name='one_living_feed_a_person')],
                    },
                ),
            ],
        ),
    ]
