from django.urls import path

from apps.tasks.views import ladder, tasks

app_name = "tasks"
urlpatterns = [
    path("", tasks.task_list, name="task_list"),
    path("settings/terms/", ladder.ladder, name="ladder"),
    path("new/", tasks.task_create, name="task_create"),
    path("about/<str:label>/<int:pk>/", tasks.subject_tasks, name="subject_tasks"),
    path("<int:pk>/", tasks.task, name="task"),
    path("<int:pk>/change/", tasks.task_change, name="task_change"),
    path("<int:pk>/finish/", tasks.task_finish, name="task_finish"),
    path("<int:pk>/reopen/", tasks.task_reopen, name="task_reopen"),
    path("<int:pk>/accept/", tasks.task_accept, name="task_accept"),
    path("<int:pk>/return/", tasks.task_return, name="task_return"),
    path("<int:pk>/series/stop/", tasks.task_series_stop, name="task_series_stop"),
    path("<int:pk>/archive/", tasks.task_archive, name="task_archive"),
    path("<int:pk>/restore/", tasks.task_restore, name="task_restore"),
]
