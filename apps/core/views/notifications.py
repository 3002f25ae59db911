"""What a person was told, and how he wants to be told."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import signed_in
from apps.core.actions.notifications import choose_ways, mark_read
from apps.core.models import Notification
from apps.core.notifying import choices_of

PAGE, LATEST = 30, 8


@require_GET
@signed_in
def notification_list(request: HttpRequest) -> HttpResponse:
    mine = Notification.objects.visible_to(request.user)
    only_unread = request.GET.get("unread") == "1"
    page = Paginator(mine.unread() if only_unread else mine, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "only_unread": only_unread}
    return render(request, "core/notification_list.html", context)


@require_GET
@signed_in
def notification_menu(request: HttpRequest) -> HttpResponse:
    """What drops down from the bell."""
    mine = Notification.objects.visible_to(request.user)
    return render(request, "core/_notification_menu.html", {"notifications": mine[:LATEST]})


@require_POST
@signed_in
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one and go where it leads."""
    found = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    mark_read(request.user, only=found)
    is_ours = url_has_allowed_host_and_scheme(found.url, None)
    return redirect(found.url if found.url and is_ours else "core:notification_list")


@require_POST
@signed_in
def notification_read(request: HttpRequest) -> HttpResponse:
    """All of them are read."""
    mark_read(request.user)
    return redirect("core:notification_list")


@require_http_methods(["GET", "POST"])
@signed_in
def notification_settings(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        choose_ways(
            request.user,
            in_app=set(request.POST.getlist("in_app")),
            by_email=set(request.POST.getlist("by_email")),
        )
        toasts.tell(request, _("The settings of notifications are saved."))
        return redirect("core:notification_settings")
    return render(request, "core/notification_settings.html", {"choices": choices_of(request.user)})
