"""The order of stages, and what leaves the settings without leaving history."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.deals import rules
from apps.deals.models import Deal, Pipeline, Product, RefusalReason, Stage
from apps.staff.models import User


@transaction.atomic
def make_default(pipeline: Pipeline, *, by: User) -> None:
    """New deals begin in this pipeline unless another is chosen."""
    check_may_set_up(by)
    rows = Pipeline.objects.select_for_update().order_by("pk")
    rows.filter(is_default=True).exclude(pk=pipeline.pk).update(is_default=False)
    rows.filter(pk=pipeline.pk).update(is_default=True)


@transaction.atomic
def shift_stage(stage: Stage, *, by: User, up: bool) -> None:
    """Change places with the neighbour; the first does not go up, the last not down."""
    check_may_set_up(by)
    stages = list(
        Stage.objects.select_for_update()
        .filter(pipeline=stage.pipeline_id, archived_at=None)
        .order_by("order", "pk")
    )
    place = next(at for at, other in enumerate(stages) if other.pk == stage.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(stages):
        stages[place], stages[other] = stages[other], stages[place]
    for order, row in enumerate(stages, 1):
        if row.order != order:
            Stage.objects.filter(pk=row.pk).update(order=order)


@transaction.atomic
def archive_setting(row: Pipeline | Stage | Product | RefusalReason, *, by: User) -> None:
    """Offer the row no longer; deals that have it keep it.

    Raises ValidationError "in_use" for a stage or pipeline with open deals, "default" for the
    pipeline that new deals begin in, "system" for a reason of the product's own.
    """
    check_may_set_up(by)
    check_archivable(row)
    type(row).objects.filter(pk=row.pk, archived_at=None).update(archived_at=timezone.now())


def check_archivable(row: Any) -> None:
    open_deals = Deal.objects.filter(outcome="open", archived_at=None)
    used = {Stage: {"stage": row}, Pipeline: {"pipeline": row}}.get(type(row))
    if used and open_deals.filter(**used).exists():
        raise ValidationError(_("There are open deals here: move them first."), code="in_use")
    if getattr(row, "is_default", False):
        raise ValidationError(_("New deals begin in this pipeline."), code="default")
    if getattr(row, "is_system", False):
        raise ValidationError(_("The product itself needs this reason."), code="system")


def check_may_set_up(by: User) -> None:
    if not rules.can_set_up(by=by):
        raise PermissionDenied
