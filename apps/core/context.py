"""The frame around every page: who is here, where he can go, what is new."""

from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Count, DateTimeField, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import menu
from apps.core.access import allowed
from apps.core.models import Company, Notification
from apps.core.standing import Standing, Statement

# How many places the phone bar offers beside "+" and "More".
PHONE_PLACES = 3
MANY = 99
UNREAD = "unread"


def count_of(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    """One row: `name` and how many `rows` there are."""
    named = rows.order_by().annotate(what=Value(name)).values("what")
    return named.annotate(count=Count("pk")).values_list("what", "count")


@cache
def _standing_count(described: menu.Described, name: str) -> Standing:
    return Standing(
        lambda person, now: count_of(described(person, now), name),
        person=BigIntegerField(),
        now=DateTimeField(),
    )


def unread_by(person: Any, now: Any) -> QuerySet[Any]:
    return Notification.objects.visible_to(person).unread()


def counts_for(user: Any, entries: list[menu.Entry], now: datetime) -> list[Statement]:
    """A statement for each number of the frame that is this person's business."""
    described: list[tuple[str, menu.Described]] = [(UNREAD, unread_by)]
    described += [
        (entry.url_name, entry.counted_by)
        for entry in entries
        if entry.counted_by and (not entry.counted_for or allowed(user, entry.counted_for))
    ]
    return [_standing_count(by, name).statement(person=user.pk, now=now) for name, by in described]


def counted_together(statements: list[Statement]) -> dict[str, int]:
    """What the statements count, by name, in one round."""
    sql = " UNION ALL ".join(f"({text})" for text, _params in statements)
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _text, params in statements for param in params])
        return dict(cursor.fetchall())


class Place:
    """An entry of a menu as this request sees it."""

    def __init__(self, entry: menu.Entry, request: HttpRequest, count: int = 0) -> None:
        self.label, self.icon, self.at_foot = entry.label, entry.icon, entry.at_foot
        self.name, self.under = entry.url_name, entry.under
        self.url = reverse(entry.url_name)
        self.count = count
        here = request.resolver_match.view_name if request.resolver_match else ""
        self.is_current = here == entry.url_name or here.startswith(entry.prefixes or ("\0",))
        # Below another place; seen in the side bar only while the person is in that section.
        self.is_below, self.is_shown = False, True


def in_sections(places: list[Place]) -> list[Place]:
    """Each place followed by those below it; what a closed section hides counts at its head."""
    heads = {place.name: place for place in places}
    ordered: list[Place] = []
    for head in places:
        if head.under in heads:
            continue
        below = [place for place in places if place.under == head.name]
        is_open = any(place.is_current for place in (head, *below))
        for place in below:
            place.is_below, place.is_shown = True, is_open
        if not is_open:
            head.count += sum(place.count for place in below)
        ordered += [head, *below]
    return ordered


class Frame:
    """What base.html shows; computed only when a page (not a fragment) asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @cached_property
    def is_signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def theme(self) -> str:
        return getattr(self.user, "theme", "") or "auto"

    @cached_property
    def language(self) -> str:
        return get_language() or "ru"

    @cached_property
    def key(self) -> str:
        """Names the menus as this request shows them; people of one role share them."""
        match = self.request.resolver_match
        counts = sorted((name, count) for name, count in self.counts.items() if name != UNREAD)
        parts = (
            getattr(self.user, "role", ""),
            self.language,
            match.view_name if match else "",
            self.company_name,
            counts,
            menu.mark(),
        )
        return repr(parts)

    @cached_property
    def person_key(self) -> str:
        """Names the top bar: what stands there belongs to the person, whatever the page."""
        parts = (
            getattr(self.user, "pk", None),
            str(self.user),
            getattr(self.user, "email", ""),
            getattr(self.user, "role", ""),
            self.theme,
            self.language,
            self.company_name,
            self.unread,
            menu.mark(),
        )
        return repr(parts)

    @cached_property
    def places(self) -> list[Place]:
        if not self.is_signed_in:
            return []
        return in_sections(
            [
                Place(entry, self.request, self.counts.get(entry.url_name, 0))
                for entry in self.navigation
            ]
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        """The numbers beside the entries of the menu and the bell, by one statement."""
        if not self.is_signed_in:
            return {}
        return counted_together(counts_for(self.user, self.navigation, timezone.now()))

    @cached_property
    def navigation(self) -> list[menu.Entry]:
        return menu.navigation(self.user)

    @cached_property
    def phone_places(self) -> list[Place]:
        heads = [place for place in self.places if not place.at_foot and not place.is_below]
        return heads[:PHONE_PLACES]

    @cached_property
    def creation(self) -> list[Place]:
        if not self.is_signed_in:
            return []
        return [Place(entry, self.request) for entry in menu.creation(self.user)]

    @cached_property
    def company_name(self) -> str:
        return Company.current().name or _("Sales department")

    @cached_property
    def unread(self) -> str:
        """How many notifications wait; "" for none, "99+" for very many."""
        if not self.is_signed_in:
            return ""
        count = self.counts.get(UNREAD, 0)
        return f"{MANY}+" if count > MANY else str(count or "")

    @cached_property
    def texts(self) -> dict[str, str]:
        """What scripts say, in the language of the page."""
        return {
            "undo": _("Undo"),
            "close": _("Close"),
            "offline": _("No connection to the server. What you typed is kept; try again."),
            "failed": _("Something went wrong on our side. Try again in a minute."),
            "forbidden": _("You may not do that."),
            "missing": _("That is no longer there. Reload the page."),
            "too_large": _("The file or the form is too large."),
            "too_many": _("Too many requests. Wait a minute and try again."),
            "signed_out": _("Your session has ended. Log in again; what you typed is kept."),
            "draft": _("Restored from what you typed before."),
            "discard": _("Discard"),
            "nothing_found": _("Nothing found"),
            "loading": _("Loading…"),
            "plan": _("Plan"),
            "fact": _("Fact"),
            "forecast": _("Forecast"),
        }


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
