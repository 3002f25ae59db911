from django.urls import path

from apps.tasks.views import (
    calendar,
    causes,
    discipline,
    discipline_rows,
    ladder,
    load,
    tasks,
)

app_name = "tasks"
urlpatterns = [
    path("", tasks.task_list, name="task_list"),
    path("settings/terms/", ladder.ladder, name="ladder"),
    path("new/", tasks.task_create, name="task_create"),
    path("about/<str:label>/<int:pk>/", tasks.subject_tasks, name="subject_tasks"),
    path("settings/causes/", causes.cause_list, name="cause_list"),
    path("settings/causes/new/", causes.cause_create, name="cause_create"),
    path("settings/causes/<int:pk>/", causes.cause_change, name="cause_change"),
    path("settings/causes/<int:pk>/switch/", causes.cause_switch, name="cause_switch"),
    path("discipline/", discipline.discipline, name="discipline"),
    path("discipline/tasks/", discipline_rows.discipline_tasks, name="discipline_tasks"),
    path("discipline/export/", discipline_rows.discipline_export, name="discipline_export"),
    path("load/", load.task_load, name="task_load"),
    path("people/", load.people, name="people"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("<int:pk>/", tasks.task, name="task"),
    path("<int:pk>/move/", calendar.task_move, name="task_move"),
    path("<int:pk>/move/<str:day>/", calendar.task_move_to, name="task_move_to"),
    path("<int:pk>/why/", causes.task_explain, name="task_explain"),
    path("<int:pk>/change/", tasks.task_change, name="task_change"),
    path("<int:pk>/finish/", tasks.task_finish, name="task_finish"),
    path("<int:pk>/reopen/", tasks.task_reopen, name="task_reopen"),
    path("<int:pk>/accept/", tasks.task_accept, name="task_accept"),
    path("<int:pk>/return/", tasks.task_return, name="task_return"),
    path("<int:pk>/series/stop/", tasks.task_series_stop, name="task_series_stop"),
    path("<int:pk>/archive/", tasks.task_archive, name="task_archive"),
    path("<int:pk>/restore/", tasks.task_restore, name="task_restore"),
]
