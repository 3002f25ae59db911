"""Log-in and log-out."""

import logging
import math
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.access import public, signed_in
from apps.staff.calculations import browser_name
from apps.staff.forms.accounts import LogInForm
from apps.staff.models import User
from apps.staff.throttling import address_waits_until, closed_until, guess_one_at_a_time

security_log = logging.getLogger("sales.security")

TOO_MANY = 429


@sensitive_post_parameters("password")
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(page_after(request, request.GET.get("next", "")))
        return log_in_page(request, LogInForm(initial={"next": request.GET.get("next", "")}))
    form = LogInForm(request.POST)
    if not form.is_valid():
        return log_in_page(request, form)
    user, opens_at = checked_user(request, **form.cleaned_data)
    if opens_at is not None:
        return log_in_page(request, form, opens_at=opens_at)
    if user is None:
        form.add_error(None, _("The e-mail or the password is wrong."))
        return log_in_page(request, form)
    start_session(request, user)
    return redirect(page_after(request, form.cleaned_data["next"]))


def checked_user(
    request: HttpRequest, *, username: str, password: str, **_others: str
) -> tuple[User | None, datetime | None]:
    """The person with this password, or when the next attempt is allowed.

    Known and unknown e-mails go the same way, so that neither answer nor time tells them apart.
    """
    address = request.META.get("REMOTE_ADDR")
    with transaction.atomic():
        guess_one_at_a_time(username, address)
        opens_at = closed_until(username, address) or address_waits_until(username, address)
        if opens_at is not None:
            security_log.warning("log-in refused: too many failures", extra={"address": address})
            return None, opens_at
        user = authenticate(request, username=username, password=password)
    if user is None:
        security_log.warning("log-in failed", extra={"address": address})
    return user, None


def start_session(request: HttpRequest, user: User) -> None:
    login(request, user)
    request.session["ip_address"] = request.META.get("REMOTE_ADDR")
    request.session["browser"] = browser_name(request.headers.get("User-Agent", ""))


def log_in_page(
    request: HttpRequest, form: LogInForm, opens_at: datetime | None = None
) -> HttpResponse:
    context = {"form": form, "refusal": refusal(opens_at)}
    if opens_at is None:
        return render(request, "staff/log_in.html", context)
    response = render(request, "staff/log_in.html", context, status=TOO_MANY)
    response["Retry-After"] = str(seconds_until(opens_at))
    return response


def refusal(opens_at: datetime | None) -> str:
    """What a person reads who must wait."""
    if opens_at is None:
        return ""
    minutes = math.ceil(seconds_until(opens_at) / 60)
    return ngettext(
        "Too many failed attempts. Try again in %(count)s minute or ask for a new password.",
        "Too many failed attempts. Try again in %(count)s minutes or ask for a new password.",
        minutes,
    ) % {"count": minutes}


def seconds_until(moment: datetime) -> int:
    return max(math.ceil((moment - timezone.now()).total_seconds()), 1)


def page_after(request: HttpRequest, page: str) -> str:
    """The page the person wanted, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


@require_POST
@signed_in
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
