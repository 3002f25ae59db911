"""What the first steps change."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.models import Company
from apps.deals.actions import (
    create_default_pipeline,
    create_refusal_reasons,
    create_trust_signals,
)
from apps.staff.actions import join_team
from apps.staff.choices import NodeKind, Role
from apps.staff.models import TeamNode, User


@transaction.atomic
def found_department(
    *, department: str, first_name: str, last_name: str, email: str, password: str, on: date
) -> TeamNode:
    """Make the department with its head of sales; the company becomes the root of the tree."""
    head = User.objects.create_user(
        email,
        password,
        first_name=first_name,
        last_name=last_name,
        role=Role.HEAD,
        hired_on=on,
        may_receive_clients=True,
    )
    node = TeamNode.objects.create(
        kind=NodeKind.DEPARTMENT, name=department, parent=root_of_the_tree(), leader=head
    )
    join_team(head, node, on)
    return node


def root_of_the_tree() -> TeamNode:
    """The company's node; made on the first call."""
    name = Company.current().name or _("Company")
    root, _made = TeamNode.objects.get_or_create(kind=NodeKind.COMPANY, defaults={"name": name})
    return root


@transaction.atomic
def make_pipeline() -> None:
    """The usual pipelines with their refusal reasons and acts of trust; harmless when repeated."""
    create_default_pipeline()
    create_refusal_reasons()
    create_trust_signals()


def finish_first_steps() -> None:
    Company.objects.filter(pk=1, set_up_at=None).update(set_up_at=timezone.now())
