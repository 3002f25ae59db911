"""A seller's day: the queue, the plan, quick logging."""

from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET

from apps.bonuses.accrued import accrued_of
from apps.core.access import requires
from apps.dashboard.queue import Moment, queue_of
from apps.dashboard.screen import Screen
from apps.kpis.choices import ScopeKind
from apps.kpis.snapshots import current_snapshot


@require_GET
@requires("dashboard.view_my_day")
def my_day(request):
    moment = Moment.current()
    context = {"queue": queue_of(request.user, moment), "moment": moment}
    if request.htmx:
        return render(request, "dashboard/_queue.html", context)
    context["bonus"] = accrued_of(request.user, moment.today)
    return render(request, "dashboard/my_day.html", context | _plan(request.user))


def _plan(person):
    snapshot = current_snapshot(ScopeKind.PERSON, person.pk)
    if not snapshot:
        return {}
    return {"snapshot": snapshot, "screen": SimpleLazyObject(lambda: Screen(snapshot.payload))}
