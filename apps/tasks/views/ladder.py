"""When people are reminded, and who hears of a missed term."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import toasts
from apps.core.access import requires
from apps.tasks.forms import LadderForm
from apps.tasks.models import EscalationLadder


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tasks.change_ladder")
def ladder(request: HttpRequest) -> HttpResponse:
    form = LadderForm(request.POST or None, instance=EscalationLadder.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        toasts.tell(request, _("Saved. Terms are watched by the new hours."))
        return redirect("core:settings")
    context = {"form": form, "cancel": reverse("core:settings")}
    return render(request, "tasks/ladder.html", context)
