from django.urls import path

from apps.kpis.views import gap, metrics, plans, runs
from apps.kpis.views import gap, plans, runs, schemes, scorecards
from apps.kpis.views import approval, gap, plan_files, plans, runs
from apps.kpis.views import decisions, gap, plans, runs
from apps.kpis.views import contests, decisions, gap, plans, runs

app_name = "kpis"
urlpatterns = [
    path("", plans.plan, name="plan"),
    path("save/", plans.plan_save, name="plan_save"),
    path("fill/", plans.plan_fill, name="plan_fill"),
    path("versions/<int:pk>/", approval.plan_version, name="plan_version"),
    path("versions/<int:pk>/evidence/", approval.plan_evidence, name="plan_evidence"),
    path("versions/<int:pk>/submit/", approval.plan_submit, name="plan_submit"),
    path("versions/<int:pk>/withdraw/", approval.plan_withdraw, name="plan_withdraw"),
    path("versions/<int:pk>/approve/", approval.plan_approve, name="plan_approve"),
    path("versions/<int:pk>/return/", approval.plan_return, name="plan_return"),
    path("versions/<int:pk>/comment/", approval.plan_comment, name="plan_comment"),
    path("versions/<int:pk>/file/", plan_files.plan_file, name="plan_file"),
    path("file/layout/", plan_files.plan_layout, name="plan_layout"),
    path("file/", plan_files.plan_import, name="plan_import"),
    path("file/save/", plan_files.plan_import_save, name="plan_import_save"),
    path("gap/", gap.gap, name="gap"),
    path("metrics/", metrics.metrics, name="metrics"),
    path("metrics/<slug:code>/", metrics.metric, name="metric"),
    path("scorecards/", scorecards.scorecard_list, name="scorecard_list"),
    path("scorecards/mine/", scorecards.scorecard_panel, name="scorecard_panel"),
    path("scorecards/<int:pk>/", scorecards.scorecard, name="scorecard"),
    path("schemes/", schemes.scheme_list, name="scheme_list"),
    path("schemes/new/", schemes.scheme_create, name="scheme_create"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("schemes/<int:pk>/edit/", schemes.scheme_edit, name="scheme_edit"),
    path("schemes/<int:pk>/end/", schemes.scheme_end, name="scheme_end"),
    path("schemes/versions/<int:pk>/start/", schemes.scheme_start, name="scheme_start"),
    path("schemes/versions/<int:pk>/try/", schemes.scheme_try, name="scheme_try"),
    path("contests/", contests.contests, name="contests"),
    path("contests/new/", contests.contest_create, name="contest_create"),
    path("contests/<int:pk>/", contests.contest, name="contest"),
    path("contests/<int:pk>/change/", contests.contest_change, name="contest_change"),
    path("contests/<int:pk>/launch/", contests.contest_launch, name="contest_launch"),
    path("contests/<int:pk>/drop/", contests.contest_drop, name="contest_drop"),
    path("people/<int:pk>/medals/", contests.medals, name="medals"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/new/", decisions.decision_create, name="decision_create"),
    path("decisions/<int:pk>/", decisions.decision, name="decision"),
    path("decisions/<int:pk>/note/", decisions.decision_note, name="decision_note"),
    path("runs/", runs.run_list, name="run_list"),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
]
