"""A person's own pages: preferences, password, sessions."""

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import signed_in
from apps.staff.actions import change_password, change_preferences, end_other_sessions, end_session
from apps.staff.forms.accounts import ChangePasswordForm
from apps.staff.forms.profile import ProfileForm
from apps.staff.models import UserSession


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        change_preferences(request.user, **form.cleaned_data)
        toasts.tell(request, _("Saved."))
        return redirect("staff:profile")
    return render(request, "staff/profile.html", {"form": form, "place": request.user.place()})


@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def own_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, password=form.cleaned_data["password"])
        update_session_auth_hash(request, request.user)
        toasts.tell(request, _("The password is changed. Other devices are signed out."))
        return redirect("staff:profile")
    return render(request, "staff/own_password.html", {"form": form})


@require_GET
@signed_in
def session_list(request: HttpRequest) -> HttpResponse:
    sessions = request.user.sessions.order_by("-seen_at", "-created_at")
    context = {"sessions": sessions, "here": request.session.session_key}
    return render(request, "staff/session_list.html", context)


@require_POST
@signed_in
def session_end(request: HttpRequest, code: str) -> HttpResponse:
    end_session(own_session(request, code))
    toasts.tell(request, _("That device is signed out."))
    return redirect("staff:session_list")


@require_POST
@signed_in
def session_end_others(request: HttpRequest) -> HttpResponse:
    end_other_sessions(request.user, keep=request.session.session_key)
    toasts.tell(request, _("All other devices are signed out."))
    return redirect("staff:session_list")


def own_session(request: HttpRequest, code: str) -> UserSession:
    for session in request.user.sessions.all():
        if session.code == code and session.pk != request.session.session_key:
            return session
    raise Http404
