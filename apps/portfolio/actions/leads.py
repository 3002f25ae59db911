"""Inbound leads find their owners by the head's rules.

Offered to `apps.deals.lead_owners`, which everybody asks who lets leads in; the first answer is timed
by `apps.deals.speed_to_lead`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.core.access import allowed
from apps.deals.choices import StageKind
from apps.deals.lead_owners import Choice, Lead
from apps.deals.models import Deal
from apps.portfolio.actions.eligibility import capacities, norms_in_force, obstacles_to_leads
from apps.portfolio.calculations.load import open_work_hours
from apps.portfolio.choices import LeadMethod
from apps.portfolio.models import LeadAssignment, LeadRule, LoadNorms
from apps.staff.models import User


def by_the_rules(lead: Lead) -> Choice | None:
    """Who gets `lead` by the first rule that fits and has somebody; None when none does.

    Absent, dismissed and uncertified people never get one. The rules stay locked until the end of
    the transaction, so that two leads at once do not both go to the same person in turn.
    """
    rules = LeadRule.objects.in_force().select_related("node").select_for_update(of=("self",))
    for rule in rules:
        if fits(rule, lead) and (person := choose(rule)) is not None:
            return Choice(person, partial(keep_assignment, rule, person))
    return None


def keep_assignment(rule: LeadRule, person: User, deal: Deal) -> LeadAssignment:
    """Write down whose turn it was; a repetition returns what is written."""
    written, _is_new = LeadAssignment.objects.get_or_create(
        deal=deal, defaults={"rule": rule, "owner": person, "assigned_at": timezone.now()}
    )
    return written


def fits(rule: LeadRule, lead: Lead) -> bool:
    """Does the lead meet every condition that the rule states?

    The card of a known client speaks first; what is unknown about a stranger fits no condition.
    """
    client = lead.client
    if rule.source_id and (lead.source is None or lead.source.pk != rule.source_id):
        return False
    if rule.cities and not named((client.city if client else "") or lead.city, rule.cities):
        return False
    if rule.industries and not named(client.industry if client else "", rule.industries):
        return False
    return not rule.level or (client is not None and client.level == rule.level)


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
    norms, hours = norms_in_force(row), capacities(people, row)
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
