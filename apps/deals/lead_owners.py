"""Who gets the next lead: a rule of a higher room, or the head until there is one.

    lead_owners.offer(next_by_load)     # in AppConfig.ready of the room that distributes

A rule gets the lead before there is a deal and answers with a choice, or with None when it has no
opinion; the rules are asked in the order in which they were offered. The choice of a rule is told
afterwards which deal was made of the lead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.core.calendars import company_today
from apps.staff.choices import Role
from apps.staff.models import Absence, User

if TYPE_CHECKING:
    from apps.clients.models import Client, Source
    from apps.deals.models import Deal, Pipeline


@dataclass(frozen=True)
class Lead:
    """An inquiry as it came; `client` is the known one, if there is one."""

    name: str
    pipeline: Pipeline
    source: Source | None = None
    client: Client | None = None
    city: str = ""


@dataclass(frozen=True)
class Choice:
    """Whom a rule names; `keep` is called with the deal in the transaction that makes it."""

    person: User
    keep: Callable[[Deal], object] = lambda deal: None


Rule = Callable[[Lead], Choice | None]

_rules: list[Rule] = []


def offer(rule: Rule) -> None:
    """Ask `rule` for the owners of new leads; a rule offered twice is asked once."""
    if rule not in _rules:
        _rules.append(rule)


def withdraw(rule: Rule) -> None:
    _rules.remove(rule)


def next_owner(lead: Lead) -> Choice | None:
    """Who gets `lead`; None when nobody sells here at all."""
    for rule in _rules:
        choice = rule(lead)
        if choice is not None:
            return choice
    head = the_head()
    return Choice(head) if head else None


def the_head() -> User | None:
    """The head of sales, one who is at work today if there are several; else any lead."""
    heads = User.objects.working().filter(role__in=(Role.HEAD, Role.LEAD))
    away = set(Absence.objects.on(company_today()).values_list("user_id", flat=True))
    ranked = sorted(heads, key=lambda one: (one.role != Role.HEAD, one.pk in away, one.pk))
    return ranked[0] if ranked else None
