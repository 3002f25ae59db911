"""Who is told what about the base: one line a person, however many clients."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.core.notifying import notify
from apps.portfolio.choices import MoveState
from apps.portfolio.models import Distribution, DistributionMove, Handover
from apps.staff.models import User

RECEIVED, HANDED, SIGNAL = (
    "portfolio.clients_received",
    "portfolio.handed_over",
    "portfolio.handover_signal",
)
CLIENTS = ngettext_lazy("%(count)d client is yours now", "%(count)d clients are yours now", "count")


def tell_receivers(distribution: Distribution, moves: list[DistributionMove], by: User) -> None:
    """Everybody who got something, himself left out."""
    made = [move for move in moves if move.state == MoveState.APPLIED]
    counts = Counter(move.new_owner_id for move in made)
    people = {move.new_owner_id: move.new_owner for move in made}
    for pk, count in counts.items():
        if pk == by.pk:
            continue
        notify(
            [people[pk]],
            kind=RECEIVED,
            title=CLIENTS % {"count": count},
            body=format_lazy(_("Distribution of clients, decided by {person}."), person=str(by)),
            url=f"{reverse('clients:client_list')}?owner={pk}",
            dedupe_key=f"distribution:{distribution.pk}:{pk}",
        )


def tell_receiver(handover: Handover, clients: int) -> None:
    notify(
        [handover.receiver],
        kind=HANDED,
        title=format_lazy(
            _("{giver} hands over to you, clients: {count}"),
            giver=str(handover.giver),
            count=str(clients),
        ),
        body=_("Read the brief and say that you have it."),
        url=handover.get_absolute_url(),
        dedupe_key=f"handover:{handover.pk}",
    )


def tell_signal(handover: Handover, people: list[User], title: Any, key: str) -> None:
    notify(people, kind=SIGNAL, title=title, url=handover.get_absolute_url(), dedupe_key=key)
