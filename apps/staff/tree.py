"""The team tree with its figures, as the team page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from apps.staff.models import Absence, TeamNode, User


@dataclass
class Branch:
    """A node with how many people work in it and below, and how many of them are away today."""

    node: TeamNode
    depth: int
    people: int = 0
    away: int = 0


def branches(today: date) -> list[Branch]:
    """The whole tree from the root down, a parent before its children."""
    people = User.objects.working().exclude(team=None)
    working = Counter(people.values_list("team_id", flat=True))
    absent = Absence.objects.on(today).filter(user__in=people)
    away = Counter(absent.values_list("user__team_id", flat=True))
    nodes = TeamNode.objects.kept().select_related("leader")
    return rolled_up(sorted_tree(nodes), working, away)


def sorted_tree(nodes: Iterable[TeamNode]) -> list[TeamNode]:
    """Depth first; brothers by name."""
    names = {node.pk: node.name.lower() for node in nodes}

    def place(node: TeamNode) -> list[tuple[str, int]]:
        ids = [int(part) for part in node.path.strip("/").split("/")]
        return [(names.get(pk, ""), pk) for pk in ids]

    return sorted(nodes, key=place)


def rolled_up(nodes: list[TeamNode], working: Counter, away: Counter) -> list[Branch]:
    found = {node.pk: Branch(node, node.path.count("/") - 2) for node in nodes}
    for node in nodes:
        for pk in map(int, node.path.strip("/").split("/")):
            if pk in found:
                found[pk].people += working[node.pk]
                found[pk].away += away[node.pk]
    return list(found.values())
