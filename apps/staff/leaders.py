"""Who stands above a person in the tree."""

from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

LEADING = (Role.LEAD, Role.HEAD)


def leaders_above(person: User) -> list[User]:
    """Leads and heads over `person` who work here, the nearest first; one query, never `person`."""
    if person.team is None:
        return []
    above = [int(pk) for pk in person.team.path.strip("/").split("/")]
    nodes = TeamNode.objects.filter(pk__in=above, archived_at=None, leader__role__in=LEADING)
    nodes = nodes.exclude(leader=person).select_related("leader").order_by("-path")
    leaders = [node.leader for node in nodes if node.leader and node.leader.is_active]
    return list(dict.fromkeys(leaders))
