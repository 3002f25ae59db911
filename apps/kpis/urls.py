from django.urls import path

from apps.kpis.views import gap, metrics, plans, runs

app_name = "kpis"
urlpatterns = [
    path("", plans.plan, name="plan"),
    path("save/", plans.plan_save, name="plan_save"),
    path("fill/", plans.plan_fill, name="plan_fill"),
    path("versions/<int:pk>/approve/", plans.plan_approve, name="plan_approve"),
    path("gap/", gap.gap, name="gap"),
    path("metrics/", metrics.metrics, name="metrics"),
    path("metrics/<slug:code>/", metrics.metric, name="metric"),
    path("runs/", runs.run_list, name="run_list"),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
]
