import apps.core.create_tables
import apps.kpis.payload_json
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('kpis', '0001_initial'), ('kpis', '0002_initial'), ('kpis', '0003_order_of_steps')]

    initial = True

    dependencies = [
        ('clients', '0002_initial'),
        ('core', '0002_initial'),
        ('deals', '0002_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('staff', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        apps.core.create_tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name='CountedMove',
                    fields=[
                        ('move_id', models.BigIntegerField(primary_key=True, serialize=False)),
                    ],
                ),
                migrations.CreateModel(
                    name='DealFact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('segment', models.CharField(blank=True, max_length=1)),
                        ('created_count', models.IntegerField(default=0)),
                        ('created_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('won_count', models.IntegerField(default=0)),
                        ('won_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('adjusted_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('lost_count', models.IntegerField(default=0)),
                        ('lost_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('cycle_days', models.IntegerField(default=0)),
                        ('pipeline', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='deals.pipeline')),
                        ('source', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.source')),
                        ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.teamnode')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'fact of deals',
                        'verbose_name_plural': 'facts of deals',
                        'indexes': [models.Index(fields=['day'], name='deal_fact_by_day')],
                    },
                ),
                migrations.CreateModel(
                    name='NightRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='day')),
                        ('status', models.CharField(choices=[('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='running', max_length=10, verbose_name='status')),
                        ('is_rebuild', models.BooleanField(default=False, verbose_name='everything anew')),
                        ('is_current', models.BooleanField(default=False, editable=False)),
                        ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started at')),
                        ('read_from', models.DateTimeField(null=True)),
                        ('dirty_days', models.JSONField(null=True)),
                        ('history_marks', models.JSONField(default=dict)),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                        ('published_at', models.DateTimeField(null=True, verbose_name='published at')),
                        ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ],
                    options={
                        'verbose_name': 'night run',
                        'verbose_name_plural': 'night runs',
                        'ordering': ['-started_at', '-pk'],
                        'indexes': [models.Index(fields=['-day', '-id'], name='night_by_day')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('status',), name='one_night_at_a_time'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('is_current',), name='one_current_night'), models.CheckConstraint(condition=models.Q(('is_current', False), ('published_at__isnull', False), _connector='OR'), name='current_night_is_published')],
                    },
                ),
                migrations.CreateModel(
                    name='NightStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=30, verbose_name='step')),
                        ('order', models.PositiveSmallIntegerField()),
                        ('part', models.CharField(blank=True, max_length=50, verbose_name='part')),
                        ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                        ('started_at', models.DateTimeField(null=True, verbose_name='started at')),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                        ('error', models.TextField(blank=True, verbose_name='error')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='kpis.nightrun')),
                    ],
                    options={
                        'verbose_name': 'step of a night',
                        'verbose_name_plural': 'steps of nights',
                        'ordering': ['order', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('run', 'code', 'part'), name='one_step_a_run')],
                    },
                ),
                migrations.CreateModel(
                    name='PaymentFact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('segment', models.CharField(blank=True, max_length=1)),
                        ('received_count', models.IntegerField(default=0)),
                        ('received_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('pipeline', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='deals.pipeline')),
                        ('source', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.source')),
                        ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.teamnode')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'fact of payments',
                        'verbose_name_plural': 'facts of payments',
                        'indexes': [models.Index(fields=['day'], name='payment_fact_by_day')],
                    },
                ),
                migrations.CreateModel(
                    name='PlanLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('month', models.DateField(verbose_name='month')),
                        ('metric', models.CharField(choices=[('revenue', 'won revenue')], default='revenue', max_length=30, verbose_name='metric')),
                        ('level', models.CharField(choices=[('minimum', 'minimum'), ('plan', 'plan'), ('stretch', 'stretch')], default='plan', max_length=10, verbose_name='level of the plan')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=16, verbose_name='amount')),
                        ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.teamnode', verbose_name='team')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='kpis.planversion')),
                    ],
                    options={
                        'verbose_name': 'plan line',
                        'verbose_name_plural': 'plan lines',
                        'constraints': [models.UniqueConstraint(fields=('version', 'month', 'node', 'user', 'metric', 'level'), name='one_plan_line_a_place', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='plan_not_negative'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='plan_month_is_a_first_day')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c6896088702fee7e7c4245272a29b63cf80cb8c3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_075dc', table='kpis_planline', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='PlanVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('number', models.PositiveIntegerField(verbose_name='version')),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('replaced', 'replaced')], default='draft', max_length=10, verbose_name='status')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                        ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                    ],
                    options={
                        'verbose_name': 'plan version',
                        'verbose_name_plural': 'plan versions',
                        'ordering': ['-year', '-number'],
                        'constraints': [models.UniqueConstraint(fields=('year', 'number'), name='one_plan_a_number'), models.UniqueConstraint(condition=models.Q(('status', 'approved')), fields=('year',), name='one_approved_plan_a_year'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None), ('status', 'draft')), models.Q(('status', 'draft'), _negated=True), _connector='OR'), name='draft_plan_has_no_approver'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='approved_plan_has_its_approver'), models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('author')), _negated=True), _connector='OR'), name='nobody_approves_his_own_plan')],
                        'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "kpis_planversionhistory" ("approved_at", "approved_by_id", "author_id", "created_at", "id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "year") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."author_id", NEW."created_at", NEW."id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."status", NEW."year"); RETURN NULL;', hash='a00eab483951b86e3f04492b10e6a9727240e82a', operation='INSERT', pgid='pgtrigger_insert_insert_26ea4', table='kpis_planversion', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "kpis_planversionhistory" ("approved_at", "approved_by_id", "author_id", "created_at", "id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "year") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."author_id", NEW."created_at", NEW."id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."status", NEW."year"); RETURN NULL;', hash='01d5189c66ce3e074e3b7fea762e50e55684a83e', operation='UPDATE', pgid='pgtrigger_update_update_1bd14', table='kpis_planversion', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "kpis_planversionhistory" ("approved_at", "approved_by_id", "author_id", "created_at", "id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "year") VALUES (OLD."approved_at", OLD."approved_by_id", OLD."author_id", OLD."created_at", OLD."id", OLD."note", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."status", OLD."year"); RETURN NULL;', hash='f15a11eebefa3136fff9ad250cbd34a8aab419c5', operation='DELETE', pgid='pgtrigger_delete_delete_a120b', table='kpis_planversion', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='PlanVersionHistory',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('number', models.PositiveIntegerField(verbose_name='version')),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('replaced', 'replaced')], default='draft', max_length=10, verbose_name='status')),
                        ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                        ('approved_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='kpis.planversion')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Snapshot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('period_kind', models.CharField(choices=[('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], max_length=10)),
                        ('period_start', models.DateField()),
                        ('scope_kind', models.CharField(choices=[('person', 'person'), ('team', 'team'), ('department', 'department'), ('company', 'company')], max_length=10)),
                        ('scope_id', models.PositiveBigIntegerField()),
                        ('payload', models.JSONField(decoder=apps.kpis.payload_json.PayloadDecoder, encoder=apps.kpis.payload_json.PayloadEncoder)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='kpis.nightrun')),
                    ],
                    options={
                        'verbose_name': 'snapshot',
                        'verbose_name_plural': 'snapshots',
                        'constraints': [models.UniqueConstraint(fields=('scope_kind', 'scope_id', 'period_kind', 'period_start', 'run'), name='one_snapshot_a_run')],
                    },
                ),
                migrations.CreateModel(
                    name='StageCohort',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('week', models.DateField()),
                        ('entered', models.IntegerField(default=0)),
                        ('passed', models.IntegerField(default=0)),
                        ('lost', models.IntegerField(default=0)),
                        ('still_open', models.IntegerField(default=0)),
                        ('won_count', models.IntegerField(default=0)),
                        ('stage', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='deals.stage')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'cohort of a stage',
                        'verbose_name_plural': 'cohorts of stages',
                        'constraints': [models.UniqueConstraint(fields=('week', 'user', 'stage'), name='one_cohort_a_stage')],
                    },
                ),
                migrations.CreateModel(
                    name='StageNorm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stuck_after_days', models.PositiveIntegerField()),
                        ('stay_count', models.PositiveIntegerField(default=0)),
                        ('win_share', models.DecimalField(decimal_places=4, max_digits=5)),
                        ('closed_count', models.PositiveIntegerField(default=0)),
                        ('learned_on', models.DateField()),
                        ('stage', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='norm', to='deals.stage')),
                    ],
                    options={
                        'verbose_name': 'norm of a stage',
                        'verbose_name_plural': 'norms of stages',
                    },
                ),
                migrations.CreateModel(
                    name='StockFact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('open_count', models.IntegerField(default=0)),
                        ('open_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('weighted_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('lead_count', models.IntegerField(default=0)),
                        ('stuck_count', models.IntegerField(default=0)),
                        ('stuck_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('idle_count', models.IntegerField(default=0)),
                        ('hygiene_good', models.IntegerField(default=0)),
                        ('no_step', models.IntegerField(default=0)),
                        ('overdue_step', models.IntegerField(default=0)),
                        ('no_client', models.IntegerField(default=0)),
                        ('no_amount', models.IntegerField(default=0)),
                        ('no_close_day', models.IntegerField(default=0)),
                        ('close_passed', models.IntegerField(default=0)),
                        ('debt_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('overdue_debt_count', models.IntegerField(default=0)),
                        ('overdue_debt_amount', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                        ('overdue_tasks', models.IntegerField(default=0)),
                        ('is_reconstructed', models.BooleanField(default=False)),
                        ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.teamnode')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'closing balance',
                        'verbose_name_plural': 'closing balances',
                        'constraints': [models.UniqueConstraint(fields=('day', 'user'), name='one_balance_a_day', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='TaskFact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('due_count', models.IntegerField(default=0)),
                        ('on_time_count', models.IntegerField(default=0)),
                        ('done_count', models.IntegerField(default=0)),
                        ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.teamnode')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'fact of tasks',
                        'verbose_name_plural': 'facts of tasks',
                        'constraints': [models.UniqueConstraint(fields=('day', 'user', 'team'), name='one_task_fact', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='ActivityFact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('segment', models.CharField(blank=True, max_length=1)),
                        ('calls', models.IntegerField(default=0)),
                        ('meetings', models.IntegerField(default=0)),
                        ('emails', models.IntegerField(default=0)),
                        ('notes', models.IntegerField(default=0)),
                        ('minutes', models.IntegerField(default=0)),
                        ('pipeline', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='deals.pipeline')),
                        ('source', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.source')),
                        ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.teamnode')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'fact of activities',
                        'verbose_name_plural': 'facts of activities',
                        'indexes': [models.Index(fields=['day'], name='activity_fact_by_day')],
                    },
                ),
            ],
        ),
    ]
