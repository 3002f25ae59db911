"""Inbound leads find their owner by the head's rules; how fast they are answered.

For whoever lets leads in (the intake of the API, an import, a form):

    choice = next_owner_for(source=source, city=city, industry=industry, amount=amount)
    deal = create_deal(owner=choice.person, …)
    assign_lead(deal, choice=choice)  # keeps the assignment, tells the owner, starts the clock

or, when the deal exists already with any owner, `assign_lead(deal)` alone: it chooses, gives the
deal over, tells and starts the clock. Both are safe to repeat: a lead is assigned once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.models import Source
from apps.core.access import allowed
from apps.deals.actions.reassigning import route_lead
from apps.deals.choices import StageKind
from apps.deals.models import Deal
from apps.portfolio.actions.eligibility import as_norms, capacities, obstacles_to_leads
from apps.portfolio.actions.telling import tell_lead
from apps.portfolio.calculations.load import open_work_hours
from apps.portfolio.choices import LeadMethod
from apps.portfolio.models import LeadAssignment, LeadRule, LoadNorms
from apps.staff.choices import Role
from apps.staff.models import User


@dataclass(frozen=True)
class LeadChoice:
    """Who gets the lead; `rule` None: no rule had anybody, so it goes to the head."""

    person: User
    rule: LeadRule | None


@dataclass(frozen=True)
class Lead:
    """What rules look at."""

    source: Source | None = None
    city: str = ""
    industry: str = ""
    level: str = ""
    amount: Decimal | None = None


def next_owner_for(
    *,
    source: Source | None = None,
    city: str = "",
    industry: str = "",
    level: str = "",
    amount: Decimal | None = None,
) -> LeadChoice:
    """Who gets a lead with these marks now: by the first rule that fits and has somebody.

    Absent, dismissed and uncertified people never get one. Call it inside the transaction that
    creates the deal: the rules stay locked until its end, so that two leads at once do not both go
    to the same person in turn. Raises ValidationError "nobody" when there is not even a head.
    """
    lead = Lead(source, city, industry, level, amount)
    rules = LeadRule.objects.in_force().select_related("node").select_for_update(of=("self",))
    for rule in rules:
        if fits(rule, lead) and (person := choose(rule)) is not None:
            return LeadChoice(person, rule)
    return LeadChoice(head_of_sales(), None)


@transaction.atomic
def assign_lead(deal: Deal, *, choice: LeadChoice | None = None) -> LeadAssignment | None:
    """Give the lead `deal` to whom the rules name, tell him, start the clock of the answer.

    Only a deal that is open in a stage of the kind "lead" is one: anything else is left alone and
    gives None. A lead that was assigned before keeps its owner; the first assignment is returned.
    """
    deal = Deal.objects.select_for_update(of=("self",)).select_related("client", "stage").get(
        pk=deal.pk
    )
    if known := LeadAssignment.objects.filter(deal=deal).first():
        return known
    if deal.stage.kind != StageKind.LEAD:
        return None
    choice = choice or choice_for(deal)
    if not route_lead(deal, to=choice.person):
        return None
    assignment = LeadAssignment.objects.create(
        deal=deal, rule=choice.rule, owner=choice.person, assigned_at=timezone.now()
    )
    tell_lead(choice.person, deal)
    return assignment


def choice_for(deal: Deal) -> LeadChoice:
    client = deal.client
    return next_owner_for(
        source=deal.source,
        city=client.city if client else "",
        industry=client.industry if client else "",
        level=client.level if client else "",
        amount=deal.amount_base,
    )


def fits(rule: LeadRule, lead: Lead) -> bool:
    """Does the lead meet every condition that the rule states?"""
    if rule.source_id and (lead.source is None or lead.source.pk != rule.source_id):
        return False
    if rule.cities and not named(lead.city, rule.cities):
        return False
    if rule.industries and not named(lead.industry, rule.industries):
        return False
    if rule.level and rule.level != lead.level:
        return False
    return rule.least_amount is None or (lead.amount or 0) >= rule.least_amount


def named(text: str, names: Iterable[str]) -> bool:
    return text.strip().casefold() in {name.strip().casefold() for name in names}


def choose(rule: LeadRule) -> User | None:
    """The next person of the rule, among those who may get leads today."""
    people = User.objects.working().selling().filter(team__path__startswith=rule.node.path)
    people = list(people.in_name_order())
    obstacles = obstacles_to_leads(people)
    free = [person for person in people if not obstacles[person.pk]]
    if not free:
        return None
    if rule.method == LeadMethod.LEAST_LOAD:
        return least_loaded(free)
    return longest_waiting(rule, free)


def longest_waiting(rule: LeadRule, people: list[User]) -> User:
    """In turn: who has had no lead of this rule yet, else whose last one is the oldest."""
    rows = LeadAssignment.objects.filter(rule=rule, owner__in=people).order_by()
    last = dict(rows.values("owner").annotate(last=Max("pk")).values_list("owner", "last"))
    return min(people, key=lambda person: last.get(person.pk, 0))


def least_loaded(people: list[User]) -> User:
    """The least open work against the hours of the coming month."""
    row = LoadNorms.current()
    norms, hours = as_norms(row), capacities(people, row)
    open_deals = Deal.objects.open().filter(owner__in=people).order_by()
    counts: Counter[tuple[int, bool]] = Counter()
    for owner, kind in open_deals.values_list("owner_id", "stage__kind"):
        counts[owner, kind == StageKind.LEAD] += 1

    def share(person: User) -> float:
        work = open_work_hours(
            norms, leads=counts[person.pk, True], deals=counts[person.pk, False], tasks=0
        )
        return work / max(hours[person.pk], 0.01)

    return min(people, key=share)


def head_of_sales() -> User:
    """Who answers for leads that no rule takes: the head highest in the tree, else the director."""
    working = User.objects.working().exclude(leads=None)
    for role in (Role.HEAD, Role.DIRECTOR):
        found = working.filter(role=role).order_by("leads__path", "pk").first()
        if found is not None:
            return found
    raise ValidationError(_("Nobody leads the department: a lead has nowhere to go."), "nobody")


@transaction.atomic
def shift_rule(rule: LeadRule, *, up: bool, by: User) -> None:
    """Ask the rule before its neighbour, or after it. Raises PermissionDenied."""
    if not allowed(by, "portfolio.change_lead_rule"):
        raise PermissionDenied
    rules = list(LeadRule.objects.kept().order_by("order", "pk").select_for_update())
    place = next((i for i, one in enumerate(rules) if one.pk == rule.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rules):
        return
    rules[place], rules[other] = rules[other], rules[place]
    for order, one in enumerate(rules, 1):
        one.order = order
    LeadRule.objects.bulk_update(rules, ["order"])


def next_order() -> int:
    return (LeadRule.objects.kept().aggregate(last=Max("order"))["last"] or 0) + 1


@transaction.atomic
def archive_rule(rule: LeadRule, *, by: User) -> None:
    """The rule is asked no more; its assignments keep its name. Raises PermissionDenied."""
    if not allowed(by, "portfolio.change_lead_rule"):
        raise PermissionDenied
    LeadRule.objects.filter(pk=rule.pk, archived_at=None).update(archived_at=timezone.now())
