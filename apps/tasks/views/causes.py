"""Why a task was late, and the list of causes that can be named."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import requires
from apps.tasks.actions import explain_delay
from apps.tasks.forms.discipline import CauseForm, ExplainForm
from apps.tasks.models import Delay, DelayCause, Task
from apps.tasks.rules import can_explain, is_past_promise


def why_late(task: Task, viewer: Any, *, leads: bool) -> dict[str, Any]:
    """What _why_late.html needs; empty for a task that was not late."""
    if not is_past_promise(task, timezone.now()):
        return {}
    delay = Delay.objects.filter(task=task).select_related("cause", "by").first()
    may_explain = can_explain(task, by=viewer, leads=leads)
    if delay is None and not (may_explain and task.done_at):
        return {}
    causes = DelayCause.objects.filter(Q(archived_at=None)) if may_explain else []
    return {"delay": delay, "causes": list(causes), "may_explain": may_explain}


@require_POST
@requires("tasks.change_task")
def task_explain(request: HttpRequest, pk: int) -> HttpResponse:
    """One click names the cause; a script gets the answer in place of the question."""
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    form = ExplainForm(request.POST)
    if form.is_valid():
        try:
            delay = explain_delay(task, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            toasts.warn(request, " ".join(error.messages))
        else:
            toasts.tell(request, _("The cause is noted: %(cause)s.") % {"cause": delay.cause})
    else:
        toasts.warn(request, _("Choose a cause."))
    if not request.headers.get("HX-Request"):
        return redirect(task.get_absolute_url())
    # Who came so far may explain: a refusal has been raised above.
    return render(
        request,
        "tasks/_why_late.html",
        {"task": task, "why": why_late(task, request.user, leads=True)},
    )


@require_GET
@requires("tasks.change_cause")
def cause_list(request: HttpRequest) -> HttpResponse:
    return render(request, "tasks/cause_list.html", {"causes": DelayCause.objects.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tasks.change_cause")
def cause_create(request: HttpRequest) -> HttpResponse:
    return cause_form(request, DelayCause(order=last_order() + 10))


def last_order() -> int:
    return DelayCause.objects.order_by("-order").values_list("order", flat=True).first() or 0


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tasks.change_cause")
def cause_change(request: HttpRequest, pk: int) -> HttpResponse:
    return cause_form(request, get_object_or_404(DelayCause, pk=pk))


def cause_form(request: HttpRequest, cause: DelayCause) -> HttpResponse:
    form = CauseForm(request.POST if request.method == "POST" else None, instance=cause)
    if request.method == "POST" and form.is_valid():
        form.save()
        toasts.tell(request, _("Saved."))
        return redirect("tasks:cause_list")
    context = {"form": form, "cause": cause, "cancel": reverse("tasks:cause_list")}
    return render(request, "tasks/cause_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires("tasks.change_cause")
def cause_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of use, or in use again; what was said with it stays."""
    cause = get_object_or_404(DelayCause, pk=pk)
    cause.archived_at = None if cause.archived_at else timezone.now()
    cause.save(update_fields=["archived_at"])
    undo = reverse("tasks:cause_switch", args=[pk])
    text = _("The cause is out of use.") if cause.archived_at else _("The cause is in use again.")
    toasts.tell(request, text, undo=undo)
    return redirect("tasks:cause_list")
