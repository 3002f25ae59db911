"""The list of tasks, a task, and what is done with it."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today, moments_of
from apps.core.idempotency import idempotent
from apps.core.periods import day_of
from apps.core.versions import Conflict, chosen, conflict_page
from apps.core.views.preferences import next_page
from apps.tasks.actions import (
    accept_task,
    archive_task,
    change_task,
    create_task,
    finish_task,
    leads_assignee,
    reopen_task,
    restore_task,
    return_task,
    stop_series,
)
from apps.tasks.forms import ReturnForm, TaskFilter, TaskForm, Whose
from apps.tasks.models import Task
from apps.tasks.rules import can_accept, can_change, can_divide, can_finish, can_reopen
from apps.tasks.subjects import name_of, subject_named, subject_page, visible_subjects
from apps.tasks.views.causes import why_late
from apps.tasks.views.places import faces

ON_PAGE = 100
IN_PANEL = 20


def tasks_seen_by(request: HttpRequest) -> QuerySet[Task]:
    rows = Task.objects.visible_to(request.user).kept()
    return rows.select_related("assignee", "author", "content_type", "parent", "series")


@require_GET
@requires("tasks.view_task")
def task_list(request: HttpRequest) -> HttpResponse:
    form = TaskFilter(request.GET, viewer=request.user)
    form.is_valid()
    choice = form.cleaned_data
    now = timezone.now()
    rows = whose_tasks(tasks_seen_by(request), choice.get("whose"), request.user)
    order = "-done_at" if choice.get("state") in ("done", "awaiting", "unsaid") else "due_at"
    rows = filtered(rows, choice, now).order_by(order, "pk")
    page = Paginator(rows, ON_PAGE).get_page(request.GET.get("page"))
    prepare(page.object_list, request.user, now)
    context = {"form": form, "page": page, "tabs": [*tabs(request, now), *faces(request)]}
    fragment = request.headers.get("HX-Target") == "tasks"
    return render(
        request, "tasks/_task_table.html" if fragment else "tasks/task_list.html", context
    )


def whose_tasks(rows: QuerySet[Task], whose: str | None, viewer: Any) -> QuerySet[Task]:
    if whose == Whose.SET:
        return rows.filter(author=viewer).exclude(assignee=viewer)
    if whose == Whose.TEAM and allowed(viewer, "tasks.view_team"):
        return rows.exclude(assignee=viewer)
    return rows.done_with(viewer)


def filtered(rows: QuerySet[Task], choice: dict[str, Any], now: Any) -> QuerySet[Task]:
    if choice.get("q"):
        rows = rows.filter(title__icontains=choice["q"])
    if choice.get("assignee"):
        rows = rows.filter(assignee=choice["assignee"])
    if choice.get("day"):
        begun, ended = moments_of(day_of(choice["day"]), timezone.get_current_timezone())
        rows = rows.filter(due_at__gte=begun, due_at__lt=ended)
    if choice.get("state") == "unsaid":
        return rows.done().filter(done_at__gt=F("promised_at"), delay=None)
    if choice.get("state") == "overdue":
        return rows.overdue(now)
    if choice.get("state") == "awaiting":
        return rows.awaiting()
    return rows.done() if choice.get("state") == "done" else rows.open()


def tabs(request: HttpRequest, now: Any) -> list[dict[str, Any]]:
    """Whose tasks: the current tab is the filter's, the count is of what is open."""
    current = request.GET.get("whose") or Whose.MINE
    shown = [Whose.MINE, Whose.SET]
    if allowed(request.user, "tasks.view_team"):
        shown.append(Whose.TEAM)
    rows = Task.objects.visible_to(request.user).open()
    return [
        {
            "label": whose.label,
            "url": f"{reverse('tasks:task_list')}?whose={whose}",
            "count": whose_tasks(rows, whose, request.user).count(),
            "is_current": whose == current,
        }
        for whose in shown
    ]


def prepare(tasks: Any, viewer: Any, now: Any) -> None:
    """Give each task what its row shows: its group, its subject, whether it may be finished."""
    rows = list(tasks)
    subjects = visible_subjects(rows, viewer)
    today = company_today()
    led = set(
        viewer._meta.model.objects.managed_by(viewer)
        .filter(pk__in=[row.assignee_id for row in rows])
        .values_list("pk", flat=True)
    )
    for row in rows:
        row.is_late = row.done_at is None and row.due_at < now
        row.group = group_of(row, today)
        row.about = subjects.get((row.content_type_id, row.object_id))
        row.about_url = subject_page(row.about)
        may = can_finish if row.done_at is None else can_reopen
        row.may_finish = may(row, by=viewer, leads=row.assignee_id in led)


def group_of(task: Any, today: Any) -> str:
    if task.done_at:
        return _("Done")
    if task.is_late:
        return _("Overdue")
    due = timezone.localtime(task.due_at).date()
    if due <= today:
        return _("Today")
    return _("Tomorrow") if due == today + timedelta(days=1) else _("Later")


@require_GET
@requires("tasks.view_task")
def task(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(tasks_seen_by(request), pk=pk)
    prepare([task], request.user, timezone.now())
    leads = leads_assignee(task, request.user)
    parts = list(tasks_seen_by(request).filter(parent=task).order_by("due_at", "pk")[:IN_PANEL])
    prepare(parts, request.user, timezone.now())
    context = {
        "task": task,
        "parts": parts,
        "hidden_parts": task.subtasks.kept().count() - len(parts),
        "sees_whole": task.parent_id is not None
        and tasks_seen_by(request).filter(pk=task.parent_id).exists(),
        "helpers": task.helpers.in_name_order(),
        "may_divide": can_divide(task, by=request.user, leads=leads),
        "may_change": can_change(task, by=request.user, leads=leads),
        "log": task.log.select_related("by", "assignee")[:IN_PANEL],
        "may_accept": can_accept(task, by=request.user, leads=leads),
        "return_form": ReturnForm(),
        "why": why_late(task, request.user, leads=leads),
    }
    return render(request, "tasks/task.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tasks.add_task")
@idempotent
def task_create(request: HttpRequest) -> HttpResponse:
    """`?about=deals.deal:5` ties the task to a row that the person may see, `?part_of=5` to a task."""
    whole = whole_of(request)
    about = request.GET.get("about", "")
    subject = subject_named(about, request.user)
    if about and subject is None:
        raise Http404
    initial = {"assignee": request.user, "due_on": company_today()}
    form = TaskForm(request.POST or None, initial=initial, can_repeat=whole is None)
    if request.method == "POST" and form.is_valid():
        try:
            task = create_task(by=request.user, subject=subject, parent=whole, **form.task_fields())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toasts.tell(request, _("The task is set."))
            return redirect(subject_page(subject or whole) or task.get_absolute_url())
    context = {"form": form, "subject": subject or whole, "cancel": reverse("tasks:task_list")}
    return render(request, "tasks/task_form.html", context)


def whole_of(request: HttpRequest) -> Task | None:
    """The task that the new one is to be part of; 404 for one not seen, 403 for one not divisible."""
    number = request.GET.get("part_of", "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    whole = get_object_or_404(tasks_seen_by(request), pk=int(number))
    if not can_divide(whole, by=request.user, leads=leads_assignee(whole, request.user)):
        raise PermissionDenied
    return whole


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tasks.change_task")
def task_change(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(tasks_seen_by(request), pk=pk)
    if not can_change(task, by=request.user, leads=leads_assignee(task, request.user)):
        raise PermissionDenied
    page = task.get_absolute_url()
    form = TaskForm(instance=task)
    if request.method == "POST":
        form = TaskForm(chosen(request, form), instance=task)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            change_task(task, by=request.user, expected_version=version, **form.task_fields())
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            saved_form = TaskForm(instance=conflict.current) if conflict.current else None
            return conflict_page(
                request, form, conflict.current, cancel=page, saved_form=saved_form
            )
        else:
            toasts.tell(request, _("Saved."))
            return redirect(page)
    return render(request, "tasks/task_form.html", {"form": form, "task": task, "cancel": page})


def task_to_act_on(request: HttpRequest, pk: int) -> Task:
    return get_object_or_404(Task.objects.visible_to(request.user), pk=pk)


def answer(request: HttpRequest, task: Task) -> HttpResponse:
    """The row for a script that swaps it, otherwise back to where the button stood."""
    if request.headers.get("HX-Request"):
        row = tasks_seen_by(request).get(pk=task.pk)
        prepare([row], request.user, timezone.now())
        why = why_late(row, request.user, leads=leads_assignee(row, request.user))
        return render(request, "tasks/_task_done_row.html", {"task": row, "why": why})
    return redirect(next_page(request) if "next" in request.POST else task.get_absolute_url())


@require_POST
@requires("tasks.change_task")
def task_finish(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_to_act_on(request, pk)
    try:
        finish_task(task, by=request.user)
    except ValidationError as error:
        return refused(request, task, error)
    toasts.tell(request, _("Done."), undo=reverse("tasks:task_reopen", args=[pk]))
    return answer(request, task)


def refused(request: HttpRequest, task: Task, error: ValidationError) -> HttpResponse:
    """The row or the page as it was, and why nothing changed."""
    toasts.warn(request, " ".join(error.messages))
    return answer(request, task)


@require_POST
@requires("tasks.change_task")
def task_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_to_act_on(request, pk)
    try:
        reopen_task(task, by=request.user)
    except ValidationError as error:
        return refused(request, task, error)
    toasts.tell(request, _("The task is open again."))
    return answer(request, task)


@require_POST
@requires("tasks.change_task")
def task_accept(request: HttpRequest, pk: int) -> HttpResponse:
    task = accept_task(task_to_act_on(request, pk), by=request.user)
    toasts.tell(request, _("The work is accepted."))
    return redirect(task.get_absolute_url())


@require_POST
@requires("tasks.change_task")
def task_return(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_to_act_on(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        toasts.warn(request, _("Say what is missing."))
        return redirect(task.get_absolute_url())
    try:
        return_task(task, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        return refused(request, task, error)
    toasts.tell(request, _("The task is returned."))
    return redirect(task.get_absolute_url())


@require_POST
@requires("tasks.change_task")
def task_archive(request: HttpRequest, pk: int) -> HttpResponse:
    archive_task(task_to_act_on(request, pk), by=request.user)
    undo = reverse("tasks:task_restore", args=[pk])
    toasts.tell(request, _("The task is in the bin."), undo=undo)
    return redirect("tasks:task_list")


@require_POST
@requires("tasks.change_task")
def task_restore(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_to_act_on(request, pk)
    try:
        restore_task(task, by=request.user)
    except ValidationError as error:
        toasts.warn(request, " ".join(error.messages))
        return redirect("tasks:task_list")
    return redirect(task.get_absolute_url())


@require_POST
@requires("tasks.change_task")
def task_series_stop(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_to_act_on(request, pk)
    stop_series(task, by=request.user, leads=leads_assignee(task, request.user))
    toasts.tell(request, _("The task will not come again."))
    return redirect(task.get_absolute_url())


@require_GET
@requires("tasks.view_task")
def subject_tasks(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """The panel of tasks on the page of a deal or a client."""
    subject = subject_named(f"{label}:{pk}", request.user)
    if subject is None:
        raise Http404
    rows = list(tasks_seen_by(request).about(subject).open().order_by("due_at")[:IN_PANEL])
    prepare(rows, request.user, timezone.now())
    context = {"tasks": rows, "name": name_of(subject), "subject": subject}
    context["subject_url"] = subject_page(subject)
    is_fragment = bool(request.htmx)  # without scripts the heading of the panel leads here
    template = "tasks/_subject_tasks.html" if is_fragment else "tasks/subject_tasks.html"
    return render(request, template, context)
