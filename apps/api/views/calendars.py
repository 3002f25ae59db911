"""The address of one's own calendar on the profile, and the file behind it."""

from datetime import date, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.api.actions import feed_of, make_feed, revoke_feed, served
from apps.api.limits import CalendarThrottle
from apps.api.models import CalendarFeed
from apps.core import toasts
from apps.core.access import public, signed_in
from apps.core.calendar_feeds import entries_for, sources
from apps.core.calendars import company_today, company_zone
from apps.core.models import Company
from apps.core.periods import Period

BACK, AHEAD = timedelta(days=30), timedelta(days=180)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The answer to the making of an address is the one page that ever shows it.

    Not `@idempotent`: that would keep the answer, and the secret with it.
    """
    address = ""
    if request.method == "POST":
        _feed, secret = make_feed(by=request.user)
        address = site_of(request) + reverse("api:calendar_ics", args=[secret])
    context = {
        "address": address,
        "webcal": "webcal://" + address.partition("://")[2],
        "feed": CalendarFeed.objects.living().filter(owner_id=request.user.pk).first(),
        "sources": sources(),
        "back": BACK.days,
        "ahead": AHEAD.days,
        "is_local": urlsplit(site_of(request)).hostname in ("localhost", "127.0.0.1"),
    }
    return render(request, "api/calendar_feed.html", context)


@require_POST
@signed_in
def calendar_feed_revoke(request: HttpRequest) -> HttpResponse:
    revoke_feed(by=request.user)
    toasts.tell(request, _("The address of your calendar is dead."))
    return redirect("api:calendar_feed")


def site_of(request: HttpRequest) -> str:
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


@require_safe
@public
def calendar_ics(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of the address's owner; unknown, revoked and dismissed are the same 404."""
    feed = feed_of(secret)
    if feed is None:
        return missing()
    throttle = CalendarThrottle()
    if not throttle.allow_request(request, feed.pk):
        wait = str(round(throttle.wait() or 60))
        return HttpResponse(status=429, headers={"Retry-After": wait})
    body = body_of(feed, site_of(request))
    body_hash, changed_at = served(feed, body)
    etag, moment = quote_etag(body_hash), int(changed_at.timestamp())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    answer = get_conditional_response(request, etag, moment, response) or response
    answer["ETag"], answer["Last-Modified"] = etag, http_date(moment)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def missing() -> HttpResponse:
    """Said to be logged already: Django would log the address with its secret."""
    answer = HttpResponseNotFound(content_type="text/plain; charset=utf-8")
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def body_of(feed: CalendarFeed, site: str) -> bytes:
    """In the owner's language and by his clock."""
    # Calendars ask now and then: the other requests do not carry the library.
    from apps.api.icalendar_text import calendar_text

    owner = feed.owner
    zone: ZoneInfo = owner.zone or company_zone()
    today = company_today()
    with translation.override(owner.language):
        name = _("%(company)s: my tasks") % {"company": Company.current().name}
        entries = entries_for(owner, Period(today - BACK, today + AHEAD))
        # From a day that changes once a year: the text stays the same from one day to the next.
        since = date(today.year - 1, 1, 1)
        return calendar_text(entries, name=name, zone=zone, site=site, since=since)
