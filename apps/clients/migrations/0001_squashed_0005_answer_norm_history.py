import apps.core.create_tables
import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('clients', '0001_initial'), ('clients', '0002_initial'), ('clients', '0003_client_depth'), ('clients', '0004_new_clients'), ('clients', '0005_answer_norm_history')]

    initial = True

    dependencies = [
        ('core', '0003_saved_views'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        apps.core.create_tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name='Client',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('kind', models.CharField(choices=[('company', 'company'), ('person', 'person')], default='company', max_length=10, verbose_name='kind')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('name'), models.Value('Ё'), models.Value('Е')), models.Value('ё'), models.Value('е'))), output_field=models.CharField(max_length=255))),
                        ('inn', models.CharField(blank=True, max_length=12, verbose_name='INN')),
                        ('kpp', models.CharField(blank=True, max_length=9, verbose_name='KPP')),
                        ('ogrn', models.CharField(blank=True, max_length=15, verbose_name='OGRN')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('site', models.URLField(blank=True, verbose_name='web site')),
                        ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                        ('address', models.CharField(blank=True, max_length=500, verbose_name='address')),
                        ('industry', models.CharField(blank=True, max_length=100, verbose_name='industry')),
                        ('employees', models.PositiveIntegerField(blank=True, null=True, verbose_name='employees')),
                        ('level', models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('N', 'new'), ('', '–')], max_length=1, verbose_name='level')),
                        ('potential', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='potential a year')),
                        ('note', models.TextField(blank=True, verbose_name='note')),
                        ('external_id', models.CharField(blank=True, editable=False, max_length=100, verbose_name='external code')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clients', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subsidiaries', to='clients.client', verbose_name='parent company')),
                        ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='clients.source', verbose_name='source')),
                        ('merged_into', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='clients.client')),
                        ('tags', models.ManyToManyField(blank=True, related_name='clients', to='core.tag', verbose_name='tags')),
                    ],
                    options={
                        'verbose_name': 'client',
                        'verbose_name_plural': 'clients',
                        'indexes': [models.Index(fields=['name_key', 'id'], name='client_by_name'), models.Index(fields=['owner', 'name_key', 'id'], name='client_by_owner'), models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone'], name='client_by_phone'), models.Index(django.db.models.functions.text.Reverse('phone'), condition=models.Q(('phone', ''), _negated=True), name='client_by_phone_end'), models.Index(condition=models.Q(('email', ''), _negated=True), fields=['email'], name='client_by_email'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector(models.Func(models.F('name_key'), models.Value('Ёё«»„“”‟‘’‚‹›–—−‐‑…№·•©®™\xa0\u202f"\'`()[]{}<>,.;:!?/\\|-_+=*&$#@^~'), models.Value('Ее                                                        '), function='translate', output_field=models.TextField()), 'inn', 'phone', 'email', models.Func(models.F('city'), models.Value('Ёё«»„“”‟‘’‚‹›–—−‐‑…№·•©®™\xa0\u202f"\'`()[]{}<>,.;:!?/\\|-_+=*&$#@^~'), models.Value('Ее                                                        '), function='translate', output_field=models.TextField()), config='simple'), name='client_search')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None), models.Q(('inn', ''), _negated=True)), fields=('inn', 'kpp'), name='one_client_an_inn_and_kpp', violation_error_message='A client with this INN and KPP exists.'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id',), name='one_client_a_code'), models.CheckConstraint(condition=models.Q(('potential', None), ('potential__gte', 0), _connector='OR'), name='potential_not_negative')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_clienthistory" ("address", "archived_at", "city", "created_at", "email", "employees", "external_id", "id", "industry", "inn", "kind", "kpp", "level", "merged_into_id", "name", "note", "ogrn", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "potential", "site", "source_id", "version") VALUES (NEW."address", NEW."archived_at", NEW."city", NEW."created_at", NEW."email", NEW."employees", NEW."external_id", NEW."id", NEW."industry", NEW."inn", NEW."kind", NEW."kpp", NEW."level", NEW."merged_into_id", NEW."name", NEW."note", NEW."ogrn", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."potential", NEW."site", NEW."source_id", NEW."version"); RETURN NULL;', hash='dea5dccbf2522276d28b0e3e0b87c764751cfd2f', operation='INSERT', pgid='pgtrigger_insert_insert_a5391', table='clients_client', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clients_clienthistory" ("address", "archived_at", "city", "created_at", "email", "employees", "external_id", "id", "industry", "inn", "kind", "kpp", "level", "merged_into_id", "name", "note", "ogrn", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "potential", "site", "source_id", "version") VALUES (NEW."address", NEW."archived_at", NEW."city", NEW."created_at", NEW."email", NEW."employees", NEW."external_id", NEW."id", NEW."industry", NEW."inn", NEW."kind", NEW."kpp", NEW."level", NEW."merged_into_id", NEW."name", NEW."note", NEW."ogrn", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."potential", NEW."site", NEW."source_id", NEW."version"); RETURN NULL;', hash='0d48826c4c2003677f56cd5da915240e8e5d36e1', operation='UPDATE', pgid='pgtrigger_update_update_757e7', table='clients_client', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_clienthistory" ("address", "archived_at", "city", "created_at", "email", "employees", "external_id", "id", "industry", "inn", "kind", "kpp", "level", "merged_into_id", "name", "note", "ogrn", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "potential", "site", "source_id", "version") VALUES (OLD."address", OLD."archived_at", OLD."city", OLD."created_at", OLD."email", OLD."employees", OLD."external_id", OLD."id", OLD."industry", OLD."inn", OLD."kind", OLD."kpp", OLD."level", OLD."merged_into_id", OLD."name", OLD."note", OLD."ogrn", OLD."owner_id", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."potential", OLD."site", OLD."source_id", OLD."version"); RETURN NULL;', hash='59ea4d9dbdfe4c47e7e1f95a9711e5612da3d49b', operation='DELETE', pgid='pgtrigger_delete_delete_f8895', table='clients_client', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ClientHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('kind', models.CharField(choices=[('company', 'company'), ('person', 'person')], default='company', max_length=10, verbose_name='kind')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('name'), models.Value('Ё'), models.Value('Е')), models.Value('ё'), models.Value('е'))), output_field=models.CharField(max_length=255))),
                        ('inn', models.CharField(blank=True, max_length=12, verbose_name='INN')),
                        ('kpp', models.CharField(blank=True, max_length=9, verbose_name='KPP')),
                        ('ogrn', models.CharField(blank=True, max_length=15, verbose_name='OGRN')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('site', models.URLField(blank=True, verbose_name='web site')),
                        ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                        ('address', models.CharField(blank=True, max_length=500, verbose_name='address')),
                        ('industry', models.CharField(blank=True, max_length=100, verbose_name='industry')),
                        ('employees', models.PositiveIntegerField(blank=True, null=True, verbose_name='employees')),
                        ('level', models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('N', 'new'), ('', '–')], max_length=1, verbose_name='level')),
                        ('potential', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='potential a year')),
                        ('note', models.TextField(blank=True, verbose_name='note')),
                        ('external_id', models.CharField(blank=True, editable=False, max_length=100, verbose_name='external code')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='parent company')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.client')),
                        ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.source', verbose_name='source')),
                        ('merged_into', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Contact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('name'), models.Value('Ё'), models.Value('Е')), models.Value('ё'), models.Value('е'))), output_field=models.CharField(max_length=255))),
                        ('position', models.CharField(blank=True, max_length=255, verbose_name='position')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('is_decision_maker', models.BooleanField(default=False, verbose_name='makes the decision')),
                        ('note', models.TextField(blank=True, verbose_name='note')),
                        ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='clients.client')),
                        ('merged_into', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='clients.contact')),
                    ],
                    options={
                        'verbose_name': 'contact',
                        'verbose_name_plural': 'contacts',
                        'ordering': ['name_key', 'pk'],
                        'indexes': [models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone'], name='contact_by_phone'), models.Index(django.db.models.functions.text.Reverse('phone'), condition=models.Q(('phone', ''), _negated=True), name='contact_by_phone_end'), models.Index(condition=models.Q(('email', ''), _negated=True), fields=['email'], name='contact_by_email'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector(models.Func(models.F('name_key'), models.Value('Ёё«»„“”‟‘’‚‹›–—−‐‑…№·•©®™\xa0\u202f"\'`()[]{}<>,.;:!?/\\|-_+=*&$#@^~'), models.Value('Ее                                                        '), function='translate', output_field=models.TextField()), 'phone', 'email', config='simple'), name='contact_search')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_contacthistory" ("archived_at", "client_id", "email", "id", "is_decision_maker", "merged_into_id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "version") VALUES (NEW."archived_at", NEW."client_id", NEW."email", NEW."id", NEW."is_decision_maker", NEW."merged_into_id", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."position", NEW."version"); RETURN NULL;', hash='f8bab349072979b2ff32a49e1df14d7934d2cbbe', operation='INSERT', pgid='pgtrigger_insert_insert_4640e', table='clients_contact', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clients_contacthistory" ("archived_at", "client_id", "email", "id", "is_decision_maker", "merged_into_id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "version") VALUES (NEW."archived_at", NEW."client_id", NEW."email", NEW."id", NEW."is_decision_maker", NEW."merged_into_id", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."position", NEW."version"); RETURN NULL;', hash='da6c29d3435d8346a8ddd336d195670c3a7550e2', operation='UPDATE', pgid='pgtrigger_update_update_9f71b', table='clients_contact', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_contacthistory" ("archived_at", "client_id", "email", "id", "is_decision_maker", "merged_into_id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "version") VALUES (OLD."archived_at", OLD."client_id", OLD."email", OLD."id", OLD."is_decision_maker", OLD."merged_into_id", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."position", OLD."version"); RETURN NULL;', hash='0708e75a4d8288f39b87c033fbebdb54c59423c1', operation='DELETE', pgid='pgtrigger_delete_delete_cfeb4', table='clients_contact', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ContactHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('name'), models.Value('Ё'), models.Value('Е')), models.Value('ё'), models.Value('е'))), output_field=models.CharField(max_length=255))),
                        ('position', models.CharField(blank=True, max_length=255, verbose_name='position')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('is_decision_maker', models.BooleanField(default=False, verbose_name='makes the decision')),
                        ('note', models.TextField(blank=True, verbose_name='note')),
                        ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.contact')),
                        ('merged_into', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.contact')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='OwnerChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('happened_at', models.DateTimeField(verbose_name='happened at')),
                        ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded at')),
                        ('reason', models.CharField(blank=True, max_length=255, verbose_name='reason')),
                        ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owner_changes', to='clients.client')),
                        ('new_owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('old_owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'change of owner',
                        'verbose_name_plural': 'changes of owner',
                        'ordering': ['-happened_at'],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ddd6af0504459fc4913bb1f3c9cd766b1c91cebb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2a84b', table='clients_ownerchange', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Source',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                    ],
                    options={
                        'verbose_name': 'source',
                        'verbose_name_plural': 'sources',
                        'ordering': ['name'],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_sourcehistory" ("archived_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='3ec301ca602dd2d215c4f6334917628c23f9b14c', operation='INSERT', pgid='pgtrigger_insert_insert_85ef0', table='clients_source', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clients_sourcehistory" ("archived_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='bdd3d896993730cb8be49d402d88d8feb613b5cb', operation='UPDATE', pgid='pgtrigger_update_update_57ca4', table='clients_source', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_sourcehistory" ("archived_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."archived_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='4ebba176986343304e3b5f05b2c9b47995fd0ae8', operation='DELETE', pgid='pgtrigger_delete_delete_34c8a', table='clients_source', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='SourceHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=100, verbose_name='name')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.source')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AnswerNorm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('opens_at', models.TimeField(default=datetime.time(9, 0), verbose_name='the department works from')),
                        ('closes_at', models.TimeField(default=datetime.time(18, 0), verbose_name='until')),
                        ('answer_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='an inquiry is answered within, working minutes')),
                    ],
                    options={
                        'verbose_name': 'norm of answering',
                        'verbose_name_plural': 'norms of answering',
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_answer_norm'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='department_closes_after_opening'), models.CheckConstraint(condition=models.Q(('answer_minutes__gt', 0)), name='answer_takes_some_time')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_answernormhistory" ("answer_minutes", "closes_at", "id", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer_minutes", NEW."closes_at", NEW."id", NEW."opens_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='12fedac7f96ffbc104860d26b22b9fe0f550af14', operation='INSERT', pgid='pgtrigger_insert_insert_d604e', table='clients_answernorm', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clients_answernormhistory" ("answer_minutes", "closes_at", "id", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer_minutes", NEW."closes_at", NEW."id", NEW."opens_at", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='daafae9066b94e2d55365ac573728077218681f4', operation='UPDATE', pgid='pgtrigger_update_update_87b80', table='clients_answernorm', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_answernormhistory" ("answer_minutes", "closes_at", "id", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."answer_minutes", OLD."closes_at", OLD."id", OLD."opens_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='91ea5dbd1d56e4d74461fa67e9d90b0d5d4f2da2', operation='DELETE', pgid='pgtrigger_delete_delete_24d59', table='clients_answernorm', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('personal_data', 'processing of personal data'), ('mailing', 'mailings and calls with offers'), ('transfer', 'passing data to a third party')], max_length=20, verbose_name='to what')),
                        ('text_version', models.CharField(max_length=50, verbose_name='version of the text')),
                        ('text', models.TextField(blank=True, verbose_name='text agreed to')),
                        ('given_on', models.DateField(verbose_name='given on')),
                        ('source', models.CharField(max_length=255, verbose_name='how it was given')),
                        ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded at')),
                        ('withdrawn_on', models.DateField(blank=True, editable=False, null=True, verbose_name='withdrawn on')),
                        ('withdrawal_note', models.CharField(blank=True, max_length=255, verbose_name='how it was withdrawn')),
                        ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='clients.client')),
                        ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='clients.contact', verbose_name='who agreed')),
                        ('recorded_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'consent',
                        'verbose_name_plural': 'consents',
                        'ordering': ['-given_on', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('withdrawn_on', None), ('withdrawn_on__gte', models.F('given_on')), _connector='OR'), name='consent_withdrawn_after_given')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_consenthistory" ("client_id", "contact_id", "given_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "text", "text_version", "withdrawal_note", "withdrawn_on") VALUES (NEW."client_id", NEW."contact_id", NEW."given_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."source", NEW."text", NEW."text_version", NEW."withdrawal_note", NEW."withdrawn_on"); RETURN NULL;', hash='d0cd68a4fd8a809e7a8e40e982a133c173d63891', operation='INSERT', pgid='pgtrigger_insert_insert_27479', table='clients_consent', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clients_consenthistory" ("client_id", "contact_id", "given_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "text", "text_version", "withdrawal_note", "withdrawn_on") VALUES (NEW."client_id", NEW."contact_id", NEW."given_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."source", NEW."text", NEW."text_version", NEW."withdrawal_note", NEW."withdrawn_on"); RETURN NULL;', hash='46a364dd1a0437afcc401a45a48fb367c9f36fe0', operation='UPDATE', pgid='pgtrigger_update_update_9f63f', table='clients_consent', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clients_consenthistory" ("client_id", "contact_id", "given_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "text", "text_version", "withdrawal_note", "withdrawn_on") VALUES (OLD."client_id", OLD."contact_id", OLD."given_on", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."source", OLD."text", OLD."text_version", OLD."withdrawal_note", OLD."withdrawn_on"); RETURN NULL;', hash='4dc8dd921e10da812d38f02a957d9c1507217bdd', operation='DELETE', pgid='pgtrigger_delete_delete_7feba', table='clients_consent', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ConsentHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('kind', models.CharField(choices=[('personal_data', 'processing of personal data'), ('mailing', 'mailings and calls with offers'), ('transfer', 'passing data to a third party')], max_length=20, verbose_name='to what')),
                        ('text_version', models.CharField(max_length=50, verbose_name='version of the text')),
                        ('text', models.TextField(blank=True, verbose_name='text agreed to')),
                        ('given_on', models.DateField(verbose_name='given on')),
                        ('source', models.CharField(max_length=255, verbose_name='how it was given')),
                        ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded at')),
                        ('withdrawn_on', models.DateField(blank=True, editable=False, null=True, verbose_name='withdrawn on')),
                        ('withdrawal_note', models.CharField(blank=True, max_length=255, verbose_name='how it was withdrawn')),
                        ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                        ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.contact', verbose_name='who agreed')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.consent')),
                        ('recorded_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Different',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                        ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ],
                    options={
                        'verbose_name': 'different clients',
                        'verbose_name_plural': 'different clients',
                        'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='told_apart_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='lower_number_first')],
                    },
                ),
                migrations.CreateModel(
                    name='LikelyDuplicate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('group', models.BigIntegerField()),
                        ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), size=None)),
                        ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='likely_duplicate', to='clients.client')),
                    ],
                    options={
                        'verbose_name': 'likely duplicate',
                        'verbose_name_plural': 'likely duplicates',
                        'ordering': ['group', 'client'],
                        'indexes': [models.Index(fields=['group'], name='duplicate_by_group')],
                    },
                ),
                migrations.CreateModel(
                    name='Merge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject', models.CharField(max_length=7)),
                        ('kept_id', models.BigIntegerField(db_index=True)),
                        ('gone_id', models.BigIntegerField(db_index=True)),
                        ('fields', models.JSONField(default=dict)),
                        ('merged_at', models.DateTimeField(auto_now_add=True, verbose_name='merged at')),
                        ('undone_at', models.DateTimeField(null=True, verbose_name='undone at')),
                        ('skipped', models.JSONField(default=list)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'merge',
                        'verbose_name_plural': 'merges',
                        'ordering': ['-merged_at', '-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('subject', 'gone_id'), name='merged_away_once')],
                    },
                ),
                migrations.CreateModel(
                    name='MergedRows',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.CharField(max_length=150)),
                        ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('versions', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=None)),
                        ('merge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moved', to='clients.merge')),
                    ],
                    options={
                        'verbose_name': 'rows moved by a merge',
                        'verbose_name_plural': 'rows moved by merges',
                    },
                ),
                migrations.CreateModel(
                    name='AnswerNormHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('opens_at', models.TimeField(default=datetime.time(9, 0), verbose_name='the department works from')),
                        ('closes_at', models.TimeField(default=datetime.time(18, 0), verbose_name='until')),
                        ('answer_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='an inquiry is answered within, working minutes')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.answernorm')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
            ],
        ),
    ]
