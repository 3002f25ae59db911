"""Tasks: one's own, those one set, and those of the people whose work one sees."""

from tests.factories.tasks import TaskFactory
from tests.rights import only, page, rows

ONLY_OWN = "200 404 404 404"
SEEN = {
    "seller": ONLY_OWN,
    "lead": "200 200 404 404",
    "head": "200 200 200 404",
    "hr": ONLY_OWN,
}
# The task is set by a person to himself; a lead and a head may change it for their people.
CHANGED = SEEN | {
    "director": "200 403 403 403",
    "admin": "200 403 403 403",
}


def task(owner):
    return {"pk": TaskFactory(assignee=owner).pk}


def done(answers):
    return {role: text.replace("200", "302") for role, text in answers.items()}


def done_task(owner):
    made = TaskFactory(assignee=owner)
    made.done_at = made.created_at
    made.save()
    return {"pk": made.pk}


MOVED = "302 302 302 302"
RIGHTS = {
    "tasks:task_list": page("200"),
    "tasks:task_create": page("200", methods="GET POST"),
    "tasks:ladder": page(**only("head admin"), methods="GET POST"),
    "tasks:task": rows(task, **SEEN),
    "tasks:task_change": rows(task, methods="GET POST", **CHANGED),
    "tasks:task_finish": rows(task, MOVED, methods="POST", **done(CHANGED)),
    "tasks:task_reopen": rows(done_task, MOVED, methods="POST", **done(CHANGED)),
    "tasks:task_return": rows(
        done_task, MOVED, methods="POST", data={"reason": "нет подписи"}, **done(CHANGED)
    ),
    "tasks:task_accept": rows(done_task, MOVED, methods="POST", **done(CHANGED)),
    "tasks:task_archive": rows(task, MOVED, methods="POST", **done(CHANGED)),
    "tasks:task_restore": rows(task, MOVED, methods="POST", **done(CHANGED)),
    "tasks:task_series_stop": rows(task, MOVED, methods="POST", **done(CHANGED)),
    # A task about a task: the panel follows the scope of its subject.
    "tasks:subject_tasks": rows(lambda owner: {"label": "tasks.task", **task(owner)}, **SEEN),
}
