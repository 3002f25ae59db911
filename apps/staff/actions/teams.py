"""Where people stand: the tree and the dated places in it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.models import Company
from apps.staff.choices import NodeKind
from apps.staff.models import Membership, Position, TeamNode, User


@transaction.atomic
def join_team(
    user: User,
    node: TeamNode,
    on: date,
    position: Position | None = None,
    mentor: User | None = None,
) -> Membership:
    """Give `user` a place in `node` from `on`; the earlier place ends on that day.

    The same place again changes nothing. A place that began on `on` itself is corrected.
    Raises ValidationError "dismissed", "own_mentor", or "later_place" when a later one exists.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    check_place(user, on, mentor)
    last = user.memberships.order_by("started_on").last()
    if last and last.ended_on is None:
        if (last.node, last.position, last.mentor) == (node, position, mentor):
            return last
        place = follow(last, node, on, position, mentor)
    else:
        place = Membership.objects.create(
            user=user, node=node, started_on=on, position=position, mentor=mentor
        )
    User.objects.filter(pk=user.pk).update(team=node)
    return place


def check_place(user: User, on: date, mentor: User | None) -> None:
    if user.dismissed_on is not None:
        raise ValidationError(_("%(name)s no longer works here.") % {"name": user}, "dismissed")
    if mentor is not None and mentor.pk == user.pk:
        raise ValidationError(_("Nobody is a mentor of himself."), "own_mentor")
    if user.memberships.filter(started_on__gt=on).exists():
        raise ValidationError(_("A later place in a team is already written."), "later_place")


def follow(
    last: Membership, node: TeamNode, on: date, position: Position | None, mentor: User | None
) -> Membership:
    """The place after `last`; a place that began on the same day is written over."""
    if last.started_on == on:
        last.node, last.position, last.mentor = node, position, mentor
        last.save(update_fields=["node", "position", "mentor"])
        return last
    last.ended_on = on
    last.save(update_fields=["ended_on"])
    return Membership.objects.create(
        user=last.user, node=node, started_on=on, position=position, mentor=mentor
    )


def create_company_node(name: str = "") -> TeamNode:
    """The root of the tree; named as the company unless `name` is given."""
    root = TeamNode.objects.filter(kind=NodeKind.COMPANY).first()
    return root or TeamNode.objects.create(
        kind=NodeKind.COMPANY, name=name or Company.current().name or _("Company")
    )


@transaction.atomic
def create_node(
    name: str,
    *,
    kind: str = NodeKind.TEAM,
    parent: TeamNode | None = None,
    leader: User | None = None,
) -> TeamNode:
    """A department or team under `parent` (under the company when it is not given).

    Raises ValidationError "second_root" for another company.
    """
    if kind == NodeKind.COMPANY:
        raise ValidationError(_("The tree has one company."), "second_root")
    parent = parent or create_company_node()
    return TeamNode.objects.create(name=name, kind=kind, parent=parent, leader=leader)


@transaction.atomic
def set_leader(node: TeamNode, leader: User | None) -> TeamNode:
    """Make `leader` answer for `node`; raises ValidationError "dismissed"."""
    if leader is not None and leader.dismissed_on is not None:
        raise ValidationError(_("%(name)s no longer works here.") % {"name": leader}, "dismissed")
    node = TeamNode.objects.select_for_update().get(pk=node.pk)
    node.leader = leader
    node.version += 1
    node.save(update_fields=["leader", "version"])
    return node
