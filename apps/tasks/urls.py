from django.urls import path

from apps.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.task_list, name="task_list"),
    path("new/", views.task_create, name="task_create"),
    path("about/<str:label>/<int:pk>/", views.subject_tasks, name="subject_tasks"),
    path("<int:pk>/", views.task, name="task"),
    path("<int:pk>/change/", views.task_change, name="task_change"),
    path("<int:pk>/finish/", views.task_finish, name="task_finish"),
    path("<int:pk>/reopen/", views.task_reopen, name="task_reopen"),
    path("<int:pk>/return/", views.task_return, name="task_return"),
    path("<int:pk>/series/stop/", views.task_series_stop, name="task_series_stop"),
    path("<int:pk>/archive/", views.task_archive, name="task_archive"),
    path("<int:pk>/restore/", views.task_restore, name="task_restore"),
]
