"""Sessions end by rest and by age; a touched one is marked as seen."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.staff.calculations import is_over
from apps.staff.choices import Role
from apps.staff.models import UserSession

# The moment of the last request is written at most this often.
TOUCH_EVERY = timedelta(minutes=1)
KEEPERS = (Role.HR, Role.ADMIN)


class SessionAgeMiddleware:
    """Stands right after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            check_age(request)
        return self.get_response(request)


def check_age(request: HttpRequest) -> None:
    """Log the person out of a session that is over."""
    if not request.user.is_authenticated:
        return
    row = getattr(request.session, "row", None)
    if row is None:
        return
    now = timezone.now()
    seen = row.seen_at or row.created_at
    is_keeper = request.user.role in KEEPERS
    if is_over(begun=row.created_at, seen=seen, now=now, is_keeper=is_keeper):
        logout(request)
    elif row.seen_at is None or now - seen >= TOUCH_EVERY:
        UserSession.objects.filter(pk=row.pk).update(seen_at=now)
