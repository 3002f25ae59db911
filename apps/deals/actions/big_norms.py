"""From which sum a deal is big, and how soon a request for help is answered."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.deals import rules
from apps.deals.models import BigThreshold, HelpNorm
from apps.staff.models import User


@transaction.atomic
def set_big_norms(
    *, by: User, thresholds: Mapping[int | None, Decimal | None], answer_minutes: int
) -> None:
    """Keep the thresholds by pipeline (None: for all of them); a None sum takes the row away."""
    if not rules.can_set_big_norms(by=by):
        raise PermissionDenied
    HelpNorm.objects.update_or_create(pk=1, defaults={"answer_minutes": answer_minutes})
    for pipeline_id, big_from in thresholds.items():
        rows = BigThreshold.objects.filter(pipeline=pipeline_id)
        if big_from is None:
            rows.delete()
        elif not rows.update(big_from=big_from):
            BigThreshold.objects.create(pipeline_id=pipeline_id, big_from=big_from)
