"""Tasks: one's own, those one set, and those of the people whose work one sees."""

from datetime import timedelta

from django.utils import timezone

from tests.factories.tasks import DelayCauseFactory, TaskFactory
from tests.rights import FORBIDDEN, only, page, rows

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


# An empty answer changes nothing: whoever sees the task is led back to it.
EXPLAINED = SEEN | {"director": "200 200 200 200", "admin": "200 200 200 200"}


def task(owner):
    return {"pk": TaskFactory(assignee=owner).pk}


def done(answers):
    return {role: text.replace("200", "302") for role, text in answers.items()}


def done_task(owner):
    made = TaskFactory(assignee=owner)
    made.done_at = made.created_at
    made.save()
    return {"pk": made.pk}


def late_task(owner):
    made = TaskFactory(assignee=owner, due_at=timezone.now() - timedelta(days=2))
    made.done_at = timezone.now()
    made.save()
    return {"pk": made.pk}


def to_another_day(owner):
    return {**task(owner), "day": (timezone.localdate() + timedelta(days=9)).isoformat()}


def cause(owner):
    return {"pk": DelayCauseFactory().pk}


HEADS = {
    "seller": FORBIDDEN, "lead": FORBIDDEN, "director": FORBIDDEN, "hr": FORBIDDEN,
}  # fmt: skip
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
    "tasks:discipline": page("200"),
    "tasks:discipline_tasks": page("200"),
    "tasks:discipline_export": page("200"),
    "tasks:task_load": page("200"),
    "tasks:people": page("200", seller="403", hr="403"),
    "tasks:calendar": page("200"),
    # The day is moved by those who set it: the form is shown to who sees the task, the act refused.
    "tasks:task_move": rows(task, **SEEN),
    "tasks:task_move_to": rows(to_another_day, MOVED, methods="POST", **done(CHANGED)),
    "tasks:task_explain": rows(late_task, MOVED, methods="POST", **done(EXPLAINED)),
    "tasks:cause_list": page(**only("head admin")),
    "tasks:cause_create": page(**only("head admin"), methods="GET POST", posted=422),
    "tasks:cause_change": rows(cause, methods="GET POST", posted=422, **HEADS),
    "tasks:cause_switch": rows(cause, MOVED, methods="POST", **HEADS),
}
