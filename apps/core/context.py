"""The frame around every page: who is here, where he can go, what is new."""

from functools import cached_property
from typing import Any

from django.db.models import Count, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import menu
from apps.core.models import Company, Notification

# How many places the phone bar offers beside "+" and "More".
PHONE_PLACES = 3
MANY = 99
UNREAD = "unread"


def count_together(rows: dict[str, Any]) -> dict[str, int]:
    """How many rows each queryset has, by name; those without rows are left out."""
    counts = [
        found.order_by().annotate(what=Value(name)).values("what").annotate(count=Count("pk"))
        for name, found in rows.items()
    ]
    first, *others = counts
    return dict(first.union(*others, all=True).values_list("what", "count"))


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
    def places(self) -> list[Place]:
        if not self.is_signed_in:
            return []
        return in_sections(
            [
                Place(entry, self.request, self.counts.get(entry.url_name, 0))
                for entry in menu.navigation(self.user)
            ]
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        """The numbers beside the entries of the menu and the bell, by one statement."""
        if not self.is_signed_in:
            return {}
        rows = {UNREAD: Notification.objects.visible_to(self.user).unread()}
        for entry in menu.navigation(self.user):
            if entry.counted:
                rows[entry.url_name] = entry.counted(self.user)
        return count_together(rows)

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
