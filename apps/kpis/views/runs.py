"""The page of calculations: what each night did, how long it took, what stopped it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import allowed, requires
from apps.core.periods import month_of
from apps.kpis.actions.nights import last_due_day, missed_days, retry_night, start_night
from apps.kpis.models import NightRun
from apps.kpis.night import columns
from apps.kpis.night.steps import all_steps, label_of

# Parts of shared steps in words; a part without one is shown as it is.
PARTS = {
    "deals": gettext_lazy("deals"),
    "activities": gettext_lazy("activities"),
    "payments": gettext_lazy("payments and tasks"),
}


@require_GET
@requires("kpis.view_night")
def run_list(request):
    runs = NightRun.objects.select_related("author")
    page = Paginator(runs, 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "current": NightRun.objects.current(),
        "missed": missed_days(timezone.now()),
        "may_run": allowed(request.user, "kpis.run_night"),
    }
    return render(request, "kpis/run_list.html", context)


@require_GET
@requires("kpis.view_night")
def run(request, pk):
    night = get_object_or_404(NightRun.objects.select_related("author", "job"), pk=pk)
    context = {
        "run": night,
        "steps": steps_of(night),
        "may_run": allowed(request.user, "kpis.run_night"),
    }
    template = "kpis/_run.html" if request.htmx else "kpis/run.html"
    return render(request, template, context)


def steps_of(night):
    """Steps done and to come, with how long each took."""
    rows = [
        (label_of(step.code), part_of(step), step, duration(step)) for step in night.steps.all()
    ]
    begun = {step.code for _label, _part, step, _took in rows}
    waiting = [step for step in all_steps() if step.code not in begun]
    return rows + [(str(step.label), "", None, None) for step in waiting]


def part_of(step):
    """The part of a shared step in words: a month, a stretch of months, people counted from the
    first of the group."""
    if step.code == columns.CODE:
        return month_label(step.part)
    if step.part.count(":") == 2:
        return snapshot_part(*step.part.split(":"))
    kind, _colon, first = step.part.partition(":")
    return people_from(first) if kind == "people" else str(PARTS.get(kind, kind))


def snapshot_part(first, last, people):
    months = month_label(first) if first == last else f"{month_label(first)} – {month_label(last)}"
    return f"{months}, {people_from(people)}" if int(people) else months


def month_label(day):
    return month_of(date.fromisoformat(day)).label


def people_from(first):
    return _("people from no. %(first)s") % {"first": int(first) + 1}


def duration(step):
    """Seconds from the first attempt to the end, None while it is open."""
    if step.finished_at is None or step.started_at is None:
        return None
    return (step.finished_at - step.started_at).total_seconds()


@require_POST
@requires("kpis.run_night")
def run_start(request):
    """Calculate the last day anew, or the oldest missed one, and show the progress."""
    now = timezone.now()
    day = next(iter(missed_days(now)), last_due_day(now))
    try:
        night = start_night(day=day, by=request.user, rebuild="rebuild" in request.POST)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect("kpis:run_list")
    return redirect("core:job", night.job_id)


@require_POST
@requires("kpis.run_night")
def run_retry(request, pk):
    night = get_object_or_404(NightRun, pk=pk)
    try:
        night = retry_night(night, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect("kpis:run", pk)
    messages.success(request, _("The calculation goes on from where it stopped."))
    return redirect("kpis:run", pk)
