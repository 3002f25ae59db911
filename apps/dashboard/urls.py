from django.urls import path

from apps.dashboard.views import debts, department, first_steps, my_day, today

app_name = "dashboard"
urlpatterns = [
    path("", today.today, name="today"),
    path("department/", department.department, name="department"),
    path("employees/<int:pk>/", department.employee, name="employee"),
    path("debt-figures/", debts.debt_figures, name="debt_figures"),
    path("my-day/", my_day.my_day, name="my_day"),
    path("first-steps/", first_steps.first_steps, name="first_steps"),
    path("first-steps/company/", first_steps.name_company, name="name_company"),
    path("first-steps/department/", first_steps.found_department, name="found_department"),
    path("first-steps/pipeline/", first_steps.make_pipeline, name="make_pipeline"),
    path("first-steps/finish/", first_steps.finish, name="finish_first_steps"),
]
