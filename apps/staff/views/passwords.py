"""A forgotten password: ask for a letter, follow its link, type a new one."""

from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.access import public
from apps.staff.actions import change_password
from apps.staff.actions.passwords import request_reset
from apps.staff.forms.accounts import NewPasswordForm, ResetForm
from apps.staff.models import PasswordResetRequest, User
from apps.staff.throttling import forgive

TOKEN_KEY = "password_reset"  # noqa: S105  the name of the place, not a secret
RETRY_AFTER_SECONDS = "3600"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def reset_password(request: HttpRequest) -> HttpResponse:
    """The answer is the same for every e-mail; an address that asks too often gets 429."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = request.META.get("REMOTE_ADDR")
        if PasswordResetRequest.objects.too_many_from(address):
            response = render(
                request, "staff/reset_password.html", {"form": form, "too_many": True}, status=429
            )
            response["Retry-After"] = RETRY_AFTER_SECONDS
            return response
        request_reset(
            email=form.cleaned_data["email"],
            ip_address=address,
            origin=request.build_absolute_uri("/").rstrip("/"),
        )
        return redirect("staff:reset_sent")
    return render(request, "staff/reset_password.html", {"form": form})


@require_safe
@public
def reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/reset_sent.html")


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def new_password(request: HttpRequest) -> HttpResponse:
    """The link of the letter; its token goes to the session at once and out of the address."""
    if "token" in request.GET:
        request.session[TOKEN_KEY] = [request.GET.get("person", ""), request.GET["token"]]
        return redirect("staff:new_password")
    user = person_of_link(*request.session.get(TOKEN_KEY, ["", ""]))
    if user is None:
        return render(request, "staff/new_password.html", {"is_stale": True}, status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        change_password(user, password=form.cleaned_data["password"])
        forgive(user.get_username())
        request.session.flush()
        messages.success(request, _("The password is changed. Log in with it."))
        return redirect("staff:log_in")
    return render(request, "staff/new_password.html", {"form": form, "person": user})


def person_of_link(code: str, token: str) -> User | None:
    """The working person whom the letter was sent to, unless the link is old or used."""
    if not (code.isascii() and code.isdigit()):
        return None
    user = User.objects.working().filter(pk=int(code)).first()
    is_good = user is not None and default_token_generator.check_token(user, token)
    return user if is_good else None
