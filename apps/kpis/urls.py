from django.urls import path

from apps.kpis.views import gap, months, plans, runs

app_name = "kpis"
urlpatterns = [
    path("", plans.plan, name="plan"),
    path("save/", plans.plan_save, name="plan_save"),
    path("fill/", plans.plan_fill, name="plan_fill"),
    path("versions/<int:pk>/approve/", plans.plan_approve, name="plan_approve"),
    path("gap/", gap.gap, name="gap"),
    path("months/", months.months, name="months"),
    path("months/<int:year>/<int:month>/", months.month, name="month"),
    path("months/<int:year>/<int:month>/close/", months.month_close, name="month_close"),
    path("months/<int:year>/<int:month>/ask/", months.month_ask, name="month_ask"),
    path("months/requests/<int:pk>/", months.month_decide, name="month_decide"),
    path("runs/", runs.run_list, name="run_list"),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
]
