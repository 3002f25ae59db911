"""Who is measured: people and nodes of the tree, with the people whose figures each holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from apps.deals.models import Deal
from apps.kpis.choices import ScopeKind
from apps.kpis.models import PlanLine, PlanVersion
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

# A table of more lines is not read: big nodes show the nodes below them only.
TABLE_PEOPLE = 60
HIDDEN_ROLES = (Role.DIRECTOR, Role.HR, Role.ADMIN)


@dataclass(frozen=True)
class Scope:
    """A screen. `people` hold its live rows, `teams` its facts (None: people without a team)."""

    kind: str
    id: int
    name: str
    people: tuple[int, ...]
    teams: tuple[int | None, ...] = ()
    team_id: int | None = None
    team: str = ""
    is_dismissed: bool = False
    ramp: Decimal | None = None
    # Lines of its team table.
    below: tuple[Scope, ...] = ()
    selling: int = 1

    @property
    def is_person(self) -> bool:
        return self.kind == ScopeKind.PERSON


def people_scopes(starts_on: date) -> list[Scope]:
    """Everyone who may have sold since `starts_on`, by name."""
    has_deals = Exists(Deal.objects.filter(owner=OuterRef("pk")))
    people = User.objects.filter(~Q(role__in=HIDDEN_ROLES) | has_deals).select_related("team")
    present = people.exclude(dismissed_on__lte=starts_on).in_name_order()
    return [_person(person) for person in present]


def _person(person: User) -> Scope:
    return Scope(
        kind=ScopeKind.PERSON,
        id=person.pk,
        name=person.get_full_name(),
        people=(person.pk,),
        team_id=person.team_id,
        team=person.team.name if person.team else "",
        is_dismissed=person.dismissed_on is not None,
        ramp=person.ramp_share,
        selling=int(person.dismissed_on is None),
    )


def node_scopes(people: list[Scope]) -> list[Scope]:
    """The tree from below, so that the lines of a node are there before it."""
    everyone = list(User.objects.values_list("pk", "team_id"))
    nodes = list(TeamNode.objects.kept().order_by("path"))
    made: dict[int, Scope] = {}
    for node in sorted(nodes, key=lambda node: node.path.count("/"), reverse=True):
        made[node.pk] = _node(node, nodes, people, everyone, made)
    return list(made.values())


def _node(
    node: TeamNode,
    nodes: list[TeamNode],
    people: list[Scope],
    everyone: list[tuple[int, int | None]],
    made: dict[int, Scope],
) -> Scope:
    inside = [other.pk for other in nodes if other.path.startswith(node.path)]
    teams: list[int | None] = [*inside, None] if node.parent_id is None else list(inside)
    members = [person for person in people if person.team_id in teams]
    children = [made[other.pk] for other in nodes if other.parent_id == node.pk]
    lines = (
        members if len(members) <= TABLE_PEOPLE else [p for p in members if p.team_id == node.pk]
    )
    names = {other.pk: other.name for other in nodes}
    return Scope(
        kind=node.kind,
        id=node.pk,
        name=node.name,
        people=tuple(pk for pk, team in everyone if team in teams),
        teams=tuple(teams),
        team_id=node.parent_id,
        team=names.get(node.parent_id or 0, ""),
        below=(*children, *lines),
        selling=sum(person.selling for person in members),
    )


@dataclass
class Plans:
    """Plans of a month by person and by node: level to amount."""

    version: PlanVersion | None
    people: dict[int, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    nodes: dict[int, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, scope: Scope) -> dict[str, Decimal]:
        known = self.people if scope.is_person else self.nodes
        return known.get(scope.id, {})


def plans_of(month: date) -> Plans:
    """The plan in force; a node without a line of its own has the sum of what lies below it."""
    plans = Plans(PlanVersion.objects.in_force(month.year).first())
    lines = PlanLine.objects.filter(version=plans.version, month=month, metric="revenue")
    given: dict[tuple[int, str], Decimal] = {}
    personal: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.user_id is None:
            given[line.node_id, line.level] = line.amount
        else:
            mine = plans.people[line.user_id]
            mine[line.level] = mine.get(line.level, Decimal(0)) + line.amount
            personal[line.node_id, line.level] += line.amount
    _sum_upwards(plans, given, personal)
    return plans


def _sum_upwards(
    plans: Plans, given: dict[tuple[int, str], Decimal], personal: dict[tuple[int, str], Decimal]
) -> None:
    nodes = sorted(TeamNode.objects.all(), key=lambda node: node.path.count("/"), reverse=True)
    levels = {level for _, level in (*given, *personal)}
    sums = dict(personal)
    for node in nodes:
        for level in levels:
            amount = given.get((node.pk, level), sums.get((node.pk, level)))
            if amount is None:
                continue
            plans.nodes[node.pk][level] = amount
            if node.parent_id:
                key = (node.parent_id, level)
                sums[key] = sums.get(key, Decimal(0)) + amount
