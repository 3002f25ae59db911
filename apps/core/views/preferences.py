"""The switches of the frame: language and theme."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.core.access import public, signed_in
from apps.core.choices import Language, Theme


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """For a person it is kept in his row, before log-in in a cookie."""
    language = request.POST.get("language")
    response = redirect(next_page(request))
    if language in Language.values:
        keep(request, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax"
        )
    return response


@require_POST
@signed_in
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme")
    if theme in Theme.values:
        keep(request, theme=theme)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(next_page(request))


def keep(request: HttpRequest, **choice: str) -> None:
    """Not a `save`: a switch must not collide with an edit of the person's card."""
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(**choice)


def next_page(request: HttpRequest) -> str:
    """The page the switch stood on, if it is ours; otherwise the first page."""
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if ours else "/"
