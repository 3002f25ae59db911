"""The base as a distribution sees it: people, clients and the work that hangs on them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from apps.clients.models import Client
from apps.deals.choices import StageKind
from apps.deals.models import Deal
from apps.portfolio.actions.eligibility import capacities, norms_in_force, obstacles_to_clients
from apps.portfolio.calculations.load import Norms, client_hours, open_work_hours
from apps.portfolio.choices import DistributionScope, Ineligible
from apps.portfolio.models import Distribution, LoadNorms
from apps.staff.choices import SELLING_ROLES, NodeKind
from apps.staff.models import User
from apps.tasks.models import Task


@dataclass(slots=True)
class Row:
    """A client: `hours` a month with the open work that goes along with him."""

    pk: int
    owner: int | None
    level: str
    potential: float
    city: str
    industry: str
    hours: float = 0.0
    is_divided: bool = False


@dataclass
class Work:
    """Open leads, deals and tasks of one person, at one client or in all."""

    leads: int = 0
    deals: int = 0
    tasks: int = 0

    def hours(self, norms: Norms) -> float:
        return open_work_hours(norms, leads=self.leads, deals=self.deals, tasks=self.tasks)


@dataclass
class Reading:
    """Everything a proposal is counted from; numbers of hours are a month's."""

    people: list[User]
    obstacles: dict[int, Ineligible]
    capacity: dict[int, float]
    clients: list[Row]
    # Work of a person that belongs to no client of his: foreign deals, tasks of the office.
    other_hours: dict[int, float] = field(default_factory=dict)

    @property
    def divided(self) -> list[Row]:
        return [row for row in self.clients if row.is_divided]

    def load_of(self, person: int) -> float:
        own = sum(row.hours for row in self.clients if row.owner == person)
        return own + self.other_hours.get(person, 0.0)


def people_of(distribution: Distribution) -> list[User]:
    """Sellers and leads of the team, and leavers who still own clients there; in their order."""
    below = User.objects.filter(team__path__startswith=distribution.node.path)
    owning = Client.objects.kept().exclude(owner=None).values("owner")
    asked = below.filter(Q(dismissed_on=None, role__in=SELLING_ROLES) | Q(pk__in=owning))
    if distribution.person_id:
        asked |= User.objects.filter(pk=distribution.person_id)
    return list(asked.distinct().in_name_order())


def read_base(distribution: Distribution) -> Reading:
    """The base of `distribution`, in as many statements whatever its size."""
    row = LoadNorms.current()
    norms = norms_in_force(row)
    people = people_of(distribution)
    found = Reading(
        people=people,
        obstacles=obstacles_to_clients(people, row),
        capacity=capacities(people, row),
        clients=read_clients(distribution, people),
    )
    add_work(found, norms, goes_along=distribution.with_deals)
    return found


def read_clients(distribution: Distribution, people: list[User]) -> list[Row]:
    """Clients of `people`, and those without an owner when they are to be divided."""
    divided = divided_clients(distribution)
    asked = Client.objects.kept().filter(
        Q(owner__in=[one.pk for one in people]) | Q(pk__in=divided.values("pk"))
    )
    chosen = set(divided.values_list("pk", flat=True))
    columns = ("pk", "owner_id", "level", "potential", "city", "industry")
    rows = []
    for pk, owner, level, potential, city, industry in asked.order_by("pk").values_list(*columns):
        row = Row(pk, owner, level, float(potential or 0), city, industry)
        row.is_divided = pk in chosen
        rows.append(row)
    return rows


def divided_clients(distribution: Distribution) -> QuerySet[Client]:
    """Which clients the head asked to divide; those without an owner belong to departments."""
    kept = Client.objects.kept()
    inside = Q(owner__team__path__startswith=distribution.node.path)
    if distribution.scope == DistributionScope.PERSON:
        return kept.filter(owner=distribution.person_id)
    if distribution.scope == DistributionScope.NO_OWNER:
        return kept.without_owner()
    if distribution.node.kind != NodeKind.TEAM:
        inside |= Q(owner=None)
    if distribution.scope == DistributionScope.LEVEL:
        return kept.filter(inside, level=distribution.level)
    return kept.filter(inside)


def add_work(found: Reading, norms: Norms, *, goes_along: bool) -> None:
    """Hours of each client, and what each person has beside his clients."""
    by_client, beside = open_work(found)
    for row in found.clients:
        row.hours = client_hours(norms, row.level)
        work = by_client.get((row.pk, row.owner)) if row.owner else None
        if work is None or not row.owner:
            continue
        if goes_along or not row.is_divided:
            row.hours += work.hours(norms)
        else:
            beside[row.owner].append(work)
    found.other_hours = {
        person: sum(work.hours(norms) for work in works) for person, works in beside.items()
    }


def open_work(found: Reading) -> tuple[dict[tuple[int, int], Work], dict[int, list[Work]]]:
    """Open work of the people by (own client, person), and what belongs to no client of theirs."""
    own = {(row.pk, row.owner) for row in found.clients if row.owner}
    people = [one.pk for one in found.people]
    by_client: dict[tuple[int, int], Work] = defaultdict(Work)
    beside: dict[int, Work] = defaultdict(Work)

    def place(client: int | None, person: int) -> Work:
        key = (client or 0, person)
        return by_client[key] if key in own else beside[person]

    client_of: dict[int, int | None] = {}
    deals = Deal.objects.open().filter(owner__in=people)
    for pk, client, owner, kind in deals.values_list(
        "pk", "client_id", "owner_id", "stage__kind"
    ).iterator(chunk_size=5000):
        client_of[pk] = client
        work = place(client, owner)
        work.leads += kind == StageKind.LEAD
        work.deals += kind != StageKind.LEAD
    for (client, person), count in open_tasks(people, client_of).items():
        place(client, person).tasks += count
    return by_client, defaultdict(list, {person: [work] for person, work in beside.items()})


def open_tasks(
    people: list[int], client_of: dict[int, int | None]
) -> Counter[tuple[int | None, int]]:
    """How many open tasks each of `people` has about each client, about his deals included."""
    kinds = ContentType.objects.get_for_models(Client, Deal)
    counts: Counter[tuple[int | None, int]] = Counter()
    rows = Task.objects.open().filter(assignee__in=people)
    for kind, subject, person in rows.values_list(
        "content_type_id", "object_id", "assignee_id"
    ).iterator(chunk_size=5000):
        if kind == kinds[Client].pk:
            counts[subject, person] += 1
        else:
            is_deal = kind == kinds[Deal].pk
            counts[client_of.get(subject) if is_deal else None, person] += 1
    return counts


def as_money(amount: float) -> Decimal:
    """Sums of potential back in money."""
    return Decimal(str(round(amount, 2)))
