from django.urls import path

from apps.kpis.views import gap, plan_month, plans, runs

app_name = "kpis"
urlpatterns = [
    path("", plans.plan, name="plan"),
    path("save/", plans.plan_save, name="plan_save"),
    path("fill/", plans.plan_fill, name="plan_fill"),
    path("month/", plan_month.plan_month, name="plan_month"),
    path("versions/<int:pk>/approve/", plans.plan_approve, name="plan_approve"),
    path("gap/", gap.gap, name="gap"),
    path("runs/", runs.run_list, name="run_list"),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
]
