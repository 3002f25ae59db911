"""Whoever opens a thousand cards within an hour copies the base: his heads are told, once an hour."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.notifying import notify
from apps.core.tallies import count_this_hour, this_hour
from apps.staff.choices import Role
from apps.staff.models import User

security_log = logging.getLogger("sales.security")

View = Callable[..., HttpResponse]
KIND = "many_cards"
BY_HAND = _(
    "More than {limit} cards of clients and deals within an hour: nobody works so fast. Ask what it "
    "is for; the administrator can end the sessions of the person."
)
BY_TOKEN = _(
    "A program has fetched more than {limit} cards of clients and deals within an hour with a token "
    "of this person. Ask what it is for; the token can be revoked in the profile."
)


def opens_card(view: View) -> View:
    """The view shows the card of one client or deal; only a card that was shown counts."""

    @wraps(view)
    def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:
            cards_opened(request.user)
        return response

    return watched


def cards_opened(person: Any) -> None:
    """Count a card for `person`; past the limit of the hour tell those who answer for him."""
    if passes_limit(f"cards:{person.pk}", 1):
        alarm(person, BY_HAND, dedupe_key=f"cards:{person.pk}:{this_hour()}")


def cards_sent(person: User, count: int) -> None:
    """Count cards that a program has fetched with the token of `person`.

    A program that copies the base each hour is told once a day: it may be meant to.
    """
    if passes_limit(f"sent-cards:{person.pk}", count):
        alarm(person, BY_TOKEN, dedupe_key=f"sent-cards:{person.pk}:{timezone.now():%Y-%m-%d}")


def passes_limit(name: str, count: int) -> bool:
    """Is it with these `count` that the hour's number goes beyond the limit?"""
    limit = settings.CARDS_PER_HOUR
    total = count_this_hour(name, count)
    return total - count <= limit < total


def alarm(person: User, text: Any, *, dedupe_key: str) -> None:
    limit = settings.CARDS_PER_HOUR
    security_log.warning("person %s took more than %s cards within the hour", person.pk, limit)
    notify(
        answering_for(person),
        kind=KIND,
        title=format_lazy(_("{person} opens very many cards"), person=str(person)),
        body=format_lazy(text, limit=limit),
        url=reverse("staff:person", args=[person.pk]),
        dedupe_key=dedupe_key,
    )


def answering_for(person: User) -> list[User]:
    """The head above `person`, the director where there is none, and the administrators."""
    people = User.objects.working().exclude(pk=person.pk)
    nodes = [int(part) for part in person.team.path.strip("/").split("/")] if person.team else []
    above = people.filter(leads__in=nodes).distinct()
    heads = list(above.filter(role=Role.HEAD)) or list(above.filter(role=Role.DIRECTOR))
    return heads + list(people.filter(role=Role.ADMIN))
