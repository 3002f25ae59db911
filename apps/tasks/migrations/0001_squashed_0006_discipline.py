import apps.core.create_tables
import apps.tasks.migrations._seeds
import datetime
import django.db.migrations.operations.special
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('tasks', '0001_initial'), ('tasks', '0002_subtasks_and_helpers'), ('tasks', '0003_series'), ('tasks', '0004_escalation'), ('tasks', '0005_acceptance'), ('tasks', '0006_discipline')]

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
                    name='Task',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('title', models.CharField(max_length=255, verbose_name='what to do')),
                        ('text', models.TextField(blank=True, verbose_name='details')),
                        ('acceptance', models.CharField(blank=True, max_length=255, verbose_name='done when')),
                        ('priority', models.PositiveSmallIntegerField(choices=[(1, 'low'), (2, 'normal'), (3, 'high')], default=2, verbose_name='priority')),
                        ('due_at', models.DateTimeField(verbose_name='due')),
                        ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done at')),
                        ('return_reason', models.CharField(blank=True, max_length=255, verbose_name='why it was returned')),
                        ('object_id', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('assignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL, verbose_name='who does it')),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks_set', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                        ('content_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='contenttypes.contenttype')),
                        ('helpers', models.ManyToManyField(blank=True, related_name='tasks_helped', to=settings.AUTH_USER_MODEL, verbose_name='co-executors')),
                        ('parent', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subtasks', to='tasks.task', verbose_name='part of')),
                        ('planned_on', models.DateField(blank=True, editable=False, null=True, verbose_name='planned on')),
                        ('series', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='tasks.taskseries', verbose_name='series')),
                        ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='accepted at')),
                        ('hours', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='estimated hours')),
                        ('promised_at', models.DateTimeField(editable=False, verbose_name='promised first')),
                    ],
                    options={
                        'verbose_name': 'task',
                        'verbose_name_plural': 'tasks',
                        'indexes': [models.Index(condition=models.Q(('archived_at', None), ('done_at', None)), fields=['assignee', 'due_at'], name='task_open'), models.Index(fields=['content_type', 'object_id'], name='task_by_subject'), models.Index(fields=['due_at'], name='task_by_due'), models.Index(fields=['promised_at'], name='task_by_promise')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('content_type', None), ('object_id', None)), models.Q(('content_type__isnull', False), ('object_id__isnull', False)), _connector='OR'), name='task_subject_is_whole'), models.CheckConstraint(condition=models.Q(('parent', models.F('pk')), _negated=True), name='task_is_not_its_own_part'), models.UniqueConstraint(fields=('series', 'planned_on'), name='occurrence_comes_once'), models.CheckConstraint(condition=models.Q(models.Q(('planned_on', None), ('series', None)), models.Q(('planned_on__isnull', False), ('series__isnull', False)), _connector='OR'), name='occurrence_has_its_day'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('done_at__isnull', False), _connector='OR'), name='only_done_work_is_accepted'), models.CheckConstraint(condition=models.Q(('hours', None), ('hours__gt', 0), _connector='OR'), name='work_takes_time')],
                        'triggers': [pgtrigger.compiler.Trigger(name='promise_is_the_first_term', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.promised_at = COALESCE(NEW.promised_at, NEW.due_at); RETURN NEW;', hash='02efb6eedd19874e7a6d7564eede194b21e49e63', operation='INSERT', pgid='pgtrigger_promise_is_the_first_term_aae62', table='tasks_task', when='BEFORE')), pgtrigger.compiler.Trigger(name='promise_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."promised_at" IS DISTINCT FROM (NEW."promised_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='41abc543c57c5c187e29865602c5179ca29a317f', operation='UPDATE', pgid='pgtrigger_promise_stays_f46b3', table='tasks_task', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_taskhistory" ("acceptance", "accepted_at", "archived_at", "assignee_id", "author_id", "content_type_id", "created_at", "done_at", "due_at", "hours", "id", "object_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "priority", "return_reason", "series_id", "text", "title", "version") VALUES (NEW."acceptance", NEW."accepted_at", NEW."archived_at", NEW."assignee_id", NEW."author_id", NEW."content_type_id", NEW."created_at", NEW."done_at", NEW."due_at", NEW."hours", NEW."id", NEW."object_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."priority", NEW."return_reason", NEW."series_id", NEW."text", NEW."title", NEW."version"); RETURN NULL;', hash='c0c2937152f40b8030eae17f00d1efa71a676f31', operation='INSERT', pgid='pgtrigger_insert_insert_e2e86', table='tasks_task', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."acceptance" IS DISTINCT FROM (NEW."acceptance") OR OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."assignee_id" IS DISTINCT FROM (NEW."assignee_id") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."content_type_id" IS DISTINCT FROM (NEW."content_type_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."hours" IS DISTINCT FROM (NEW."hours") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."object_id" IS DISTINCT FROM (NEW."object_id") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."return_reason" IS DISTINCT FROM (NEW."return_reason") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "tasks_taskhistory" ("acceptance", "accepted_at", "archived_at", "assignee_id", "author_id", "content_type_id", "created_at", "done_at", "due_at", "hours", "id", "object_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "priority", "return_reason", "series_id", "text", "title", "version") VALUES (NEW."acceptance", NEW."accepted_at", NEW."archived_at", NEW."assignee_id", NEW."author_id", NEW."content_type_id", NEW."created_at", NEW."done_at", NEW."due_at", NEW."hours", NEW."id", NEW."object_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."priority", NEW."return_reason", NEW."series_id", NEW."text", NEW."title", NEW."version"); RETURN NULL;', hash='262dd588e0651e56ac925a207a1dfb0cbbff0f33', operation='UPDATE', pgid='pgtrigger_update_update_705e1', table='tasks_task', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_taskhistory" ("acceptance", "accepted_at", "archived_at", "assignee_id", "author_id", "content_type_id", "created_at", "done_at", "due_at", "hours", "id", "object_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "priority", "return_reason", "series_id", "text", "title", "version") VALUES (OLD."acceptance", OLD."accepted_at", OLD."archived_at", OLD."assignee_id", OLD."author_id", OLD."content_type_id", OLD."created_at", OLD."done_at", OLD."due_at", OLD."hours", OLD."id", OLD."object_id", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_on", OLD."priority", OLD."return_reason", OLD."series_id", OLD."text", OLD."title", OLD."version"); RETURN NULL;', hash='4917373b304a5fe3396ea6a9e4a76ababeb3c4cb', operation='DELETE', pgid='pgtrigger_delete_delete_3627a', table='tasks_task', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='TaskHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('title', models.CharField(max_length=255, verbose_name='what to do')),
                        ('text', models.TextField(blank=True, verbose_name='details')),
                        ('acceptance', models.CharField(blank=True, max_length=255, verbose_name='done when')),
                        ('priority', models.PositiveSmallIntegerField(choices=[(1, 'low'), (2, 'normal'), (3, 'high')], default=2, verbose_name='priority')),
                        ('due_at', models.DateTimeField(verbose_name='due')),
                        ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done at')),
                        ('return_reason', models.CharField(blank=True, max_length=255, verbose_name='why it was returned')),
                        ('object_id', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('assignee', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who does it')),
                        ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                        ('content_type', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contenttypes.contenttype')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tasks.task')),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tasks.task', verbose_name='part of')),
                        ('planned_on', models.DateField(blank=True, editable=False, null=True, verbose_name='planned on')),
                        ('series', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tasks.taskseries', verbose_name='series')),
                        ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='accepted at')),
                        ('hours', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='estimated hours')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='TaskSeries',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('repeats', models.CharField(choices=[('daily', 'every working day'), ('weekly', 'every week'), ('monthly', 'every month')], max_length=10, verbose_name='repeats')),
                        ('begins_on', models.DateField(verbose_name='begins on')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='repeats until')),
                        ('stopped_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='stopped at')),
                    ],
                    options={
                        'verbose_name': 'series of tasks',
                        'verbose_name_plural': 'series of tasks',
                        'constraints': [models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('begins_on')), _connector='OR'), name='series_ends_after_its_beginning')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_taskserieshistory" ("begins_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "stopped_at", "until") VALUES (NEW."begins_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."repeats", NEW."stopped_at", NEW."until"); RETURN NULL;', hash='f2e750542fca24f1c65179496604d4eb9f495ac0', operation='INSERT', pgid='pgtrigger_insert_insert_f9e3d', table='tasks_taskseries', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "tasks_taskserieshistory" ("begins_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "stopped_at", "until") VALUES (NEW."begins_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."repeats", NEW."stopped_at", NEW."until"); RETURN NULL;', hash='6854dc5daf45b3bbb405b1388117dcddb4574f81', operation='UPDATE', pgid='pgtrigger_update_update_11fae', table='tasks_taskseries', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_taskserieshistory" ("begins_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "stopped_at", "until") VALUES (OLD."begins_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."repeats", OLD."stopped_at", OLD."until"); RETURN NULL;', hash='c9fd8504fb065e5666fc19a3d3c0e2a1a66cf128', operation='DELETE', pgid='pgtrigger_delete_delete_0a5cd', table='tasks_taskseries', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='TaskSeriesHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('repeats', models.CharField(choices=[('daily', 'every working day'), ('weekly', 'every week'), ('monthly', 'every month')], max_length=10, verbose_name='repeats')),
                        ('begins_on', models.DateField(verbose_name='begins on')),
                        ('until', models.DateField(blank=True, null=True, verbose_name='repeats until')),
                        ('stopped_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='stopped at')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tasks.taskseries')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='EscalationLadderHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('opens_at', models.TimeField(default=datetime.time(9, 0), verbose_name='working hours from')),
                        ('closes_at', models.TimeField(default=datetime.time(18, 0), verbose_name='until')),
                        ('remind_hours', models.PositiveSmallIntegerField(default=1, verbose_name='reminder before the term, working hours')),
                        ('lead_hours', models.PositiveSmallIntegerField(default=8, verbose_name='the lead is told after, working hours')),
                        ('head_hours', models.PositiveSmallIntegerField(default=24, verbose_name='the head is told after, working hours')),
                        ('begins_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='counts terms from')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tasks.escalationladder')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Escalation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rung', models.CharField(choices=[('reminder', 'before the term, to the one who does it'), ('due', 'at the term, to the one who does it'), ('lead', 'to his lead'), ('head', 'to the head')], max_length=10, verbose_name='rung')),
                        ('due_at', models.DateTimeField(verbose_name='term')),
                        ('fired_at', models.DateTimeField(auto_now_add=True, verbose_name='fired at')),
                        ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='tasks.task')),
                    ],
                    options={
                        'verbose_name': 'escalation',
                        'verbose_name_plural': 'escalations',
                        'constraints': [models.UniqueConstraint(fields=('task', 'due_at', 'rung'), name='rung_fires_once')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='97127293aa0ee36c79d97a39a5cef621337c5ba4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a57ae', table='tasks_escalation', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='EscalationLadder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('opens_at', models.TimeField(default=datetime.time(9, 0), verbose_name='working hours from')),
                        ('closes_at', models.TimeField(default=datetime.time(18, 0), verbose_name='until')),
                        ('remind_hours', models.PositiveSmallIntegerField(default=1, verbose_name='reminder before the term, working hours')),
                        ('lead_hours', models.PositiveSmallIntegerField(default=8, verbose_name='the lead is told after, working hours')),
                        ('head_hours', models.PositiveSmallIntegerField(default=24, verbose_name='the head is told after, working hours')),
                        ('begins_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='counts terms from')),
                    ],
                    options={
                        'verbose_name': 'ladder of escalation',
                        'verbose_name_plural': 'ladders of escalation',
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_ladder'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='ladder_closes_after_opening'), models.CheckConstraint(condition=models.Q(('head_hours__gte', models.F('lead_hours'))), name='head_hears_after_lead')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_escalationladderhistory" ("begins_at", "closes_at", "head_hours", "id", "lead_hours", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_hours") VALUES (NEW."begins_at", NEW."closes_at", NEW."head_hours", NEW."id", NEW."lead_hours", NEW."opens_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."remind_hours"); RETURN NULL;', hash='bdeaa5a2780450566273c05fba2b7e1b3e019b76', operation='INSERT', pgid='pgtrigger_insert_insert_5d652', table='tasks_escalationladder', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "tasks_escalationladderhistory" ("begins_at", "closes_at", "head_hours", "id", "lead_hours", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_hours") VALUES (NEW."begins_at", NEW."closes_at", NEW."head_hours", NEW."id", NEW."lead_hours", NEW."opens_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."remind_hours"); RETURN NULL;', hash='bd98fbc665b87d1dba9f8378a75695d99be59b19', operation='UPDATE', pgid='pgtrigger_update_update_f21e4', table='tasks_escalationladder', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_escalationladderhistory" ("begins_at", "closes_at", "head_hours", "id", "lead_hours", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_hours") VALUES (OLD."begins_at", OLD."closes_at", OLD."head_hours", OLD."id", OLD."lead_hours", OLD."opens_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."remind_hours"); RETURN NULL;', hash='12a9672222721eba0a00ce7de5fff5b9c8d5ca7d', operation='DELETE', pgid='pgtrigger_delete_delete_204ab', table='tasks_escalationladder', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='TaskLog',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('set', 'set'), ('moved', 'given to another person'), ('term', 'term changed'), ('finished', 'said to be done'), ('accepted', 'accepted'), ('returned', 'returned'), ('reopened', 'opened again'), ('binned', 'put into the bin'), ('restored', 'taken out of the bin'), ('escalated', 'told of the term')], max_length=10, verbose_name='what happened')),
                        ('due_at', models.DateTimeField(verbose_name='term')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                        ('at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                        ('assignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who does it')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                        ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='log', to='tasks.task')),
                    ],
                    options={
                        'verbose_name': 'event of a task',
                        'verbose_name_plural': 'events of tasks',
                        'ordering': ['-pk'],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d279007032399d44ba064b6ae155082e96c7945b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dc8d7', table='tasks_tasklog', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Delay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('comment', models.CharField(blank=True, max_length=255, verbose_name='comment')),
                        ('named_at', models.DateTimeField(auto_now=True, verbose_name='when')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                        ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='delay', to='tasks.task')),
                        ('cause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delays', to='tasks.delaycause', verbose_name='cause')),
                    ],
                    options={
                        'verbose_name': 'delay',
                        'verbose_name_plural': 'delays',
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_delayhistory" ("by_id", "cause_id", "comment", "id", "named_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "task_id") VALUES (NEW."by_id", NEW."cause_id", NEW."comment", NEW."id", NEW."named_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."task_id"); RETURN NULL;', hash='6c4a131579c1148eabd276d9e19d06494cf5ff85', operation='INSERT', pgid='pgtrigger_insert_insert_a7c77', table='tasks_delay', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "tasks_delayhistory" ("by_id", "cause_id", "comment", "id", "named_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "task_id") VALUES (NEW."by_id", NEW."cause_id", NEW."comment", NEW."id", NEW."named_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."task_id"); RETURN NULL;', hash='c216935cf8ca3e75421dcea1580b92e095aa47e4', operation='UPDATE', pgid='pgtrigger_update_update_aa5c5', table='tasks_delay', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_delayhistory" ("by_id", "cause_id", "comment", "id", "named_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "task_id") VALUES (OLD."by_id", OLD."cause_id", OLD."comment", OLD."id", OLD."named_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."task_id"); RETURN NULL;', hash='a01322bc723dd2fe968d88a7993b8b78d106e859', operation='DELETE', pgid='pgtrigger_delete_delete_7c36a', table='tasks_delay', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='DelayCause',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('code', models.CharField(blank=True, choices=[('client', 'waiting for the client'), ('department', 'waiting for another department'), ('overload', 'overload'), ('forgot', 'forgot'), ('unclear', 'the task was unclear'), ('other', 'other')], editable=False, max_length=20)),
                        ('name', models.CharField(blank=True, max_length=60, verbose_name='cause')),
                        ('needs_comment', models.BooleanField(default=False, verbose_name='asks for a comment')),
                        ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ],
                    options={
                        'verbose_name': 'cause of delay',
                        'verbose_name_plural': 'causes of delay',
                        'ordering': ['order', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='one_cause_a_code'), models.CheckConstraint(condition=models.Q(('code', ''), ('name', ''), _negated=True), name='cause_can_be_called')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_delaycausehistory" ("archived_at", "code", "id", "name", "needs_comment", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived_at", NEW."code", NEW."id", NEW."name", NEW."needs_comment", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='a639d203f9eab5b9db5abd5212e741bf8f6233f9', operation='INSERT', pgid='pgtrigger_insert_insert_43f20', table='tasks_delaycause', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "tasks_delaycausehistory" ("archived_at", "code", "id", "name", "needs_comment", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."archived_at", NEW."code", NEW."id", NEW."name", NEW."needs_comment", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='25365c5d2bc02e653a68f075858488ae1eb65802', operation='UPDATE', pgid='pgtrigger_update_update_b8633', table='tasks_delaycause', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "tasks_delaycausehistory" ("archived_at", "code", "id", "name", "needs_comment", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."archived_at", OLD."code", OLD."id", OLD."name", OLD."needs_comment", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='c5644f0cf761f4be93ccda8cfc61eb4e9b1cb07a', operation='DELETE', pgid='pgtrigger_delete_delete_12a2b', table='tasks_delaycause', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='DelayCauseHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                        ('code', models.CharField(blank=True, choices=[('client', 'waiting for the client'), ('department', 'waiting for another department'), ('overload', 'overload'), ('forgot', 'forgot'), ('unclear', 'the task was unclear'), ('other', 'other')], editable=False, max_length=20)),
                        ('name', models.CharField(blank=True, max_length=60, verbose_name='cause')),
                        ('needs_comment', models.BooleanField(default=False, verbose_name='asks for a comment')),
                        ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tasks.delaycause')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='DelayHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('comment', models.CharField(blank=True, max_length=255, verbose_name='comment')),
                        ('named_at', models.DateTimeField(auto_now=True, verbose_name='when')),
                        ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                        ('cause', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tasks.delaycause', verbose_name='cause')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tasks.delay')),
                        ('task', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tasks.task')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
            ],
        ),
        migrations.RunPython(
            code=apps.tasks.migrations._seeds.make_causes,
            reverse_code=django.db.migrations.operations.special.RunPython.noop,
        ),
    ]
