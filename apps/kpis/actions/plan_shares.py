"""Dividing the plan of a year by products, levels of clients or sources."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.numerals import percent
from apps.kpis.actions.plans import check_newest, personal_lines, shares_of, write_version
from apps.kpis.models import PlanVersion

ONE = Decimal(1)


@transaction.atomic
def save_shares(
    *, by: Any, year: int, dimension: str, shares: Mapping[str, Decimal], base: PlanVersion | None
) -> PlanVersion:
    """A new draft: `base` with its shares of `dimension` replaced; without any it is not divided.

    Raises ValidationError "no_plan" when nothing is planned yet, "stale" as `save_plan` does,
    "not_whole" unless the shares (fractions) are 1 together; PermissionDenied.
    """
    if not allowed(by, "kpis.change_plan"):
        raise PermissionDenied
    check_newest(year, base)
    if base is None:
        raise ValidationError(_("Save the plan of the year first."), code="no_plan")
    check_whole(shares)
    kept = {place: share for place, share in shares_of(base).items() if place[0] != dimension}
    given = {(dimension, key): share for key, share in shares.items() if share}
    lines = personal_lines(base)
    return write_version(year, base, lines, {**kept, **given}, by=by, note=base.note)


def check_whole(shares: Mapping[str, Decimal]) -> None:
    total = sum(shares.values(), Decimal(0))
    if shares and total != ONE:
        text = _("The shares are %(total)s together: change one of them by %(left)s.")
        values = {"total": percent(total, 2), "left": percent(ONE - total, 2, signed=True)}
        raise ValidationError(text % values, code="not_whole")
