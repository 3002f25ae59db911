import apps.core.create_tables
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('staff', '0001_initial'), ('staff', '0002_data_readings')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        apps.core.create_tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name='Position',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=255, unique=True, verbose_name='name')),
                    ],
                    options={
                        'verbose_name': 'position',
                        'verbose_name_plural': 'positions',
                        'ordering': ['name'],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_positionhistory" ("archived_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."archived_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."version"); RETURN NULL;', hash='d8e18aedee822713d672972e4b344881540a84c4', operation='INSERT', pgid='pgtrigger_insert_insert_a016d', table='staff_position', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_positionhistory" ("archived_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."archived_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;', hash='0ec05901a4f3d6d427c7444521f9c81f63a4efb0', operation='UPDATE', pgid='pgtrigger_update_update_7d5bd', table='staff_position', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_positionhistory" ("archived_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (OLD."archived_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."version"); RETURN NULL;', hash='660cc8e8fb30f1e3367f4ac82471cdbd527e01c4', operation='DELETE', pgid='pgtrigger_delete_delete_d3712', table='staff_position', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='PositionHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.position')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='TeamNode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('kind', models.CharField(choices=[('company', 'company'), ('department', 'department'), ('team', 'team')], max_length=10, verbose_name='kind')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('path', models.CharField(db_index=True, default='/', editable=False, max_length=255)),
                        ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to=settings.AUTH_USER_MODEL, verbose_name='leader')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='staff.teamnode', verbose_name='belongs to')),
                    ],
                    options={
                        'verbose_name': 'team',
                        'verbose_name_plural': 'teams',
                        'ordering': ['path'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'company')), fields=('kind',), name='one_root_of_the_tree'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'company'), ('parent', None)), models.Q(models.Q(('kind', 'company'), _negated=True), ('parent__isnull', False)), _connector='OR'), name='only_the_company_is_a_root')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_teamnodehistory" ("archived_at", "id", "kind", "leader_id", "name", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."archived_at", NEW."id", NEW."kind", NEW."leader_id", NEW."name", NEW."parent_id", NEW."path", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."version"); RETURN NULL;', hash='d031a1efcd6e828aa11d32944dc7d380970eafd8', operation='INSERT', pgid='pgtrigger_insert_insert_11f3c', table='staff_teamnode', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_teamnodehistory" ("archived_at", "id", "kind", "leader_id", "name", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."archived_at", NEW."id", NEW."kind", NEW."leader_id", NEW."name", NEW."parent_id", NEW."path", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;', hash='430e8fefab6539e55d8c891c2c3f791f36ba900a', operation='UPDATE', pgid='pgtrigger_update_update_e4fa5', table='staff_teamnode', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_teamnodehistory" ("archived_at", "id", "kind", "leader_id", "name", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (OLD."archived_at", OLD."id", OLD."kind", OLD."leader_id", OLD."name", OLD."parent_id", OLD."path", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."version"); RETURN NULL;', hash='359d4f5cf495b45ff950f753f513296786b8ebb3', operation='DELETE', pgid='pgtrigger_delete_delete_0f5d2', table='staff_teamnode', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='TeamNodeHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('kind', models.CharField(choices=[('company', 'company'), ('department', 'department'), ('team', 'team')], max_length=10, verbose_name='kind')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('path', models.CharField(default='/', editable=False, max_length=255)),
                        ('leader', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='leader')),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.teamnode', verbose_name='belongs to')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.teamnode')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='UserHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('email', models.EmailField(blank=True, max_length=254, null=True, verbose_name='e-mail')),
                        ('last_name', models.CharField(max_length=100, verbose_name='last name')),
                        ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                        ('middle_name', models.CharField(blank=True, max_length=100, verbose_name='patronymic')),
                        ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('last_name'), '||', models.Value(' ')), '||', models.F('first_name')), models.Value('Ё'), models.Value('Е')), models.Value('ё'), models.Value('е'))), output_field=models.CharField(max_length=201))),
                        ('role', models.CharField(choices=[('seller', 'seller'), ('lead', 'team lead'), ('head', 'head of sales'), ('director', 'commercial director'), ('hr', 'HR'), ('admin', 'administrator')], default='seller', max_length=10, verbose_name='role')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('hired_on', models.DateField(blank=True, null=True, verbose_name='hired on')),
                        ('dismissed_on', models.DateField(blank=True, null=True, verbose_name='dismissed on')),
                        ('hours_per_day', models.DecimalField(decimal_places=2, default=8, max_digits=4, verbose_name='working hours a day')),
                        ('ramp_share', models.DecimalField(decimal_places=2, default=1, help_text='1 is the full plan; newcomers begin with 0.25.', max_digits=3, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='share of the full plan while ramping up')),
                        ('may_receive_clients', models.BooleanField(default=False, verbose_name='may receive clients')),
                        ('language', models.CharField(choices=[('ru', 'Русский'), ('en', 'English')], default='ru', max_length=2, verbose_name='language')),
                        ('theme', models.CharField(choices=[('auto', 'as in the system'), ('light', 'light'), ('dark', 'dark')], default='auto', max_length=5, verbose_name='theme')),
                        ('time_zone', models.CharField(blank=True, help_text="For display only; empty means the company's.", max_length=64, verbose_name='time zone')),
                        ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='no e-mail from')),
                        ('quiet_until', models.TimeField(default=datetime.time(8, 0), verbose_name='no e-mail until')),
                        ('external_id', models.CharField(blank=True, editable=False, max_length=100, verbose_name='external code')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.teamnode', verbose_name='team')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='UserSession',
                    fields=[
                        ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                        ('session_data', models.TextField(verbose_name='session data')),
                        ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                        ('ip_address', models.GenericIPAddressField(null=True, verbose_name='address')),
                        ('browser', models.CharField(blank=True, max_length=255, verbose_name='browser')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='signed in at')),
                        ('seen_at', models.DateTimeField(null=True, verbose_name='last seen at')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'session',
                        'verbose_name_plural': 'sessions',
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='e-mail')),
                        ('last_name', models.CharField(max_length=100, verbose_name='last name')),
                        ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                        ('middle_name', models.CharField(blank=True, max_length=100, verbose_name='patronymic')),
                        ('name_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('last_name'), '||', models.Value(' ')), '||', models.F('first_name')), models.Value('Ё'), models.Value('Е')), models.Value('ё'), models.Value('е'))), output_field=models.CharField(max_length=201))),
                        ('role', models.CharField(choices=[('seller', 'seller'), ('lead', 'team lead'), ('head', 'head of sales'), ('director', 'commercial director'), ('hr', 'HR'), ('admin', 'administrator')], default='seller', max_length=10, verbose_name='role')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('hired_on', models.DateField(blank=True, null=True, verbose_name='hired on')),
                        ('dismissed_on', models.DateField(blank=True, null=True, verbose_name='dismissed on')),
                        ('hours_per_day', models.DecimalField(decimal_places=2, default=8, max_digits=4, verbose_name='working hours a day')),
                        ('ramp_share', models.DecimalField(decimal_places=2, default=1, help_text='1 is the full plan; newcomers begin with 0.25.', max_digits=3, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='share of the full plan while ramping up')),
                        ('may_receive_clients', models.BooleanField(default=False, verbose_name='may receive clients')),
                        ('language', models.CharField(choices=[('ru', 'Русский'), ('en', 'English')], default='ru', max_length=2, verbose_name='language')),
                        ('theme', models.CharField(choices=[('auto', 'as in the system'), ('light', 'light'), ('dark', 'dark')], default='auto', max_length=5, verbose_name='theme')),
                        ('time_zone', models.CharField(blank=True, help_text="For display only; empty means the company's.", max_length=64, verbose_name='time zone')),
                        ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='no e-mail from')),
                        ('quiet_until', models.TimeField(default=datetime.time(8, 0), verbose_name='no e-mail until')),
                        ('external_id', models.CharField(blank=True, editable=False, max_length=100, verbose_name='external code')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                        ('team', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='staff.teamnode', verbose_name='team')),
                    ],
                    options={
                        'verbose_name': 'person',
                        'verbose_name_plural': 'people',
                        'indexes': [models.Index(fields=['name_key'], name='staff_user_name_ke_5aaca0_idx'), models.Index(fields=['external_id'], name='staff_user_externa_69194e_idx')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ramp_share__gte', 0), ('ramp_share__lte', 1)), name='ramp_is_a_share'), models.CheckConstraint(condition=models.Q(('email', None), ('email', django.db.models.functions.text.Lower('email')), _connector='OR'), name='email_is_lower_case'), models.CheckConstraint(condition=models.Q(('hours_per_day__gt', 0), ('hours_per_day__lte', 24)), name='hours_fit_a_day')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_userhistory" ("created_at", "dismissed_on", "email", "external_id", "first_name", "hired_on", "hours_per_day", "id", "is_superuser", "language", "last_name", "may_receive_clients", "middle_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "ramp_share", "role", "team_id", "theme", "time_zone", "version") VALUES (NEW."created_at", NEW."dismissed_on", NEW."email", NEW."external_id", NEW."first_name", NEW."hired_on", NEW."hours_per_day", NEW."id", NEW."is_superuser", NEW."language", NEW."last_name", NEW."may_receive_clients", NEW."middle_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."quiet_from", NEW."quiet_until", NEW."ramp_share", NEW."role", NEW."team_id", NEW."theme", NEW."time_zone", NEW."version"); RETURN NULL;', hash='3f28d94142459b0aad9fad6af2d6a05ea8e7378d', operation='INSERT', pgid='pgtrigger_insert_insert_ee817', table='staff_user', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."dismissed_on" IS DISTINCT FROM (NEW."dismissed_on") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."hired_on" IS DISTINCT FROM (NEW."hired_on") OR OLD."hours_per_day" IS DISTINCT FROM (NEW."hours_per_day") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."may_receive_clients" IS DISTINCT FROM (NEW."may_receive_clients") OR OLD."middle_name" IS DISTINCT FROM (NEW."middle_name") OR OLD."name_key" IS DISTINCT FROM (NEW."name_key") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."quiet_from" IS DISTINCT FROM (NEW."quiet_from") OR OLD."quiet_until" IS DISTINCT FROM (NEW."quiet_until") OR OLD."ramp_share" IS DISTINCT FROM (NEW."ramp_share") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."theme" IS DISTINCT FROM (NEW."theme") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "staff_userhistory" ("created_at", "dismissed_on", "email", "external_id", "first_name", "hired_on", "hours_per_day", "id", "is_superuser", "language", "last_name", "may_receive_clients", "middle_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "ramp_share", "role", "team_id", "theme", "time_zone", "version") VALUES (NEW."created_at", NEW."dismissed_on", NEW."email", NEW."external_id", NEW."first_name", NEW."hired_on", NEW."hours_per_day", NEW."id", NEW."is_superuser", NEW."language", NEW."last_name", NEW."may_receive_clients", NEW."middle_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."quiet_from", NEW."quiet_until", NEW."ramp_share", NEW."role", NEW."team_id", NEW."theme", NEW."time_zone", NEW."version"); RETURN NULL;', hash='6642af050764f86fe9d4a4e2c5e1b9ba33532b22', operation='UPDATE', pgid='pgtrigger_update_update_8c3eb', table='staff_user', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_userhistory" ("created_at", "dismissed_on", "email", "external_id", "first_name", "hired_on", "hours_per_day", "id", "is_superuser", "language", "last_name", "may_receive_clients", "middle_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "ramp_share", "role", "team_id", "theme", "time_zone", "version") VALUES (OLD."created_at", OLD."dismissed_on", OLD."email", OLD."external_id", OLD."first_name", OLD."hired_on", OLD."hours_per_day", OLD."id", OLD."is_superuser", OLD."language", OLD."last_name", OLD."may_receive_clients", OLD."middle_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."quiet_from", OLD."quiet_until", OLD."ramp_share", OLD."role", OLD."team_id", OLD."theme", OLD."time_zone", OLD."version"); RETURN NULL;', hash='494b924d05d3ba738523c8f11dabfc8bd936ada1', operation='DELETE', pgid='pgtrigger_delete_delete_4dad5', table='staff_user', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='Absence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('kind', models.CharField(choices=[('vacation', 'vacation'), ('sick', 'sick leave'), ('trip', 'business trip'), ('other', 'other')], max_length=10, verbose_name='kind')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='back on')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ],
                    options={
                        'verbose_name': 'absence',
                        'verbose_name_plural': 'absences',
                        'ordering': ['-starts_on'],
                        'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('user'), models.F('user'), models.Value('[]'), function='int8range', output_field=None), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_absence_at_a_time', violation_error_message='The person is already away then.'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='absence_lasts')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_absencehistory" ("ends_on", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "user_id", "version") VALUES (NEW."ends_on", NEW."id", NEW."kind", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."user_id", NEW."version"); RETURN NULL;', hash='bb8064566080076aa6ecf388702f38050f3a730e', operation='INSERT', pgid='pgtrigger_insert_insert_88922', table='staff_absence', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_absencehistory" ("ends_on", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "user_id", "version") VALUES (NEW."ends_on", NEW."id", NEW."kind", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."user_id", NEW."version"); RETURN NULL;', hash='d9d04eff23dc23c498a5a4c302de9071513e4601', operation='UPDATE', pgid='pgtrigger_update_update_a1f95', table='staff_absence', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_absencehistory" ("ends_on", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "user_id", "version") VALUES (OLD."ends_on", OLD."id", OLD."kind", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on", OLD."user_id", OLD."version"); RETURN NULL;', hash='735f47d2d3fb907c32bd581b329c04a9591cbeff', operation='DELETE', pgid='pgtrigger_delete_delete_4183e', table='staff_absence', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='AbsenceHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('kind', models.CharField(choices=[('vacation', 'vacation'), ('sick', 'sick leave'), ('trip', 'business trip'), ('other', 'other')], max_length=10, verbose_name='kind')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='back on')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.absence')),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('started_on', models.DateField(verbose_name='from')),
                        ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                        ('mentor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mentees', to=settings.AUTH_USER_MODEL, verbose_name='mentor')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('position', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='staff.position', verbose_name='position')),
                        ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='staff.teamnode', verbose_name='team')),
                    ],
                    options={
                        'verbose_name': 'place in a team',
                        'verbose_name_plural': 'places in teams',
                        'ordering': ['-started_on'],
                        'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('user'), models.F('user'), models.Value('[]'), function='int8range', output_field=None), '&&'), (models.Func(models.F('started_on'), models.F('ended_on'), django.contrib.postgres.fields.ranges.RangeBoundary(), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_team_at_a_time', violation_error_message='The person already has a place in a team then.'), models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gt', models.F('started_on')), _connector='OR'), name='membership_lasts')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_membershiphistory" ("ended_on", "id", "mentor_id", "node_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_id", "started_on", "user_id") VALUES (NEW."ended_on", NEW."id", NEW."mentor_id", NEW."node_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position_id", NEW."started_on", NEW."user_id"); RETURN NULL;', hash='b077fd8b3cf76c38a4937e63fa666edf33201de1', operation='INSERT', pgid='pgtrigger_insert_insert_0684a', table='staff_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_membershiphistory" ("ended_on", "id", "mentor_id", "node_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_id", "started_on", "user_id") VALUES (NEW."ended_on", NEW."id", NEW."mentor_id", NEW."node_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position_id", NEW."started_on", NEW."user_id"); RETURN NULL;', hash='5613e462d530883fecfcf757665396b10e76241a', operation='UPDATE', pgid='pgtrigger_update_update_b2ee8', table='staff_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_membershiphistory" ("ended_on", "id", "mentor_id", "node_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_id", "started_on", "user_id") VALUES (OLD."ended_on", OLD."id", OLD."mentor_id", OLD."node_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position_id", OLD."started_on", OLD."user_id"); RETURN NULL;', hash='925fe87fcdfc0aa359fe5ab37492cfc0258fdb52', operation='DELETE', pgid='pgtrigger_delete_delete_d8b16', table='staff_membership', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='PasswordResetRequest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                        ('ip_address', models.GenericIPAddressField(null=True, verbose_name='address')),
                        ('origin', models.CharField(max_length=255)),
                        ('requested_at', models.DateTimeField(auto_now_add=True, verbose_name='asked at')),
                    ],
                    options={
                        'verbose_name': 'request for a new password',
                        'verbose_name_plural': 'requests for a new password',
                        'indexes': [models.Index(fields=['email', 'requested_at'], name='reset_by_email'), models.Index(fields=['ip_address', 'requested_at'], name='reset_by_address')],
                    },
                ),
                migrations.CreateModel(
                    name='MembershipHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('started_on', models.DateField(verbose_name='from')),
                        ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                        ('mentor', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='mentor')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.membership')),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('position', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.position', verbose_name='position')),
                        ('node', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.teamnode', verbose_name='team')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='DataReading',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.CharField(max_length=500, verbose_name='reason')),
                        ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                        ('until', models.DateTimeField(verbose_name='until')),
                        ('closed_at', models.DateTimeField(null=True, verbose_name='ended at')),
                        ('admin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_readings', to=settings.AUTH_USER_MODEL, verbose_name='administrator')),
                    ],
                    options={
                        'verbose_name': "administrator's reading",
                        'verbose_name_plural': "administrators' readings",
                        'ordering': ['-opened_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('opened_at'))), name='reading_lasts'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reading_has_a_reason'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('admin',), name='one_reading_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='PageRead',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', models.CharField(max_length=255)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                        ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='staff.datareading')),
                    ],
                    options={
                        'verbose_name': 'page read',
                        'verbose_name_plural': 'pages read',
                        'ordering': ['at', 'pk'],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='de74a2479b507b72289ce62c0b6dd7077a9fc646', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_88b00', table='staff_pageread', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]
