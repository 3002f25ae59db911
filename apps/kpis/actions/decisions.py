"""Decisions that no page makes by itself: resolutions of meetings and the like, kept by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.metrics import find_metric
from apps.core.models import Decision
from apps.kpis.decision_rules import can_change_note
from apps.kpis.effect_choices import HandKind
from apps.staff.models import User


@transaction.atomic
def record_decision(
    *,
    by: Any,
    kind: str,
    people: Iterable[User],
    metric: str,
    starts_on: date,
    ends_on: date | None = None,
    expected_change: Decimal | None = None,
    note: str,
) -> Decision:
    """Keep what was decided about `people`; `expected_change` is a fraction of the metric.

    Raises PermissionDenied for people out of sight, ValidationError "no_people", "no_note",
    "unknown_kind", "unknown_metric" and "ends_first".
    """
    meant = {person.pk for person in people}
    check_meant(by, meant)
    if kind not in HandKind.values:
        raise ValidationError(_("There is no such kind of decision."), "unknown_kind")
    if find_metric(metric) is None:
        raise ValidationError(_("There is no such metric."), "unknown_metric")
    if not note.strip():
        raise ValidationError(_("Say what was decided."), "no_note")
    if ends_on is not None and ends_on <= starts_on:
        raise ValidationError(_("It ends before it begins."), "ends_first")
    decision = Decision.objects.create(
        kind=kind,
        metric=metric,
        expected_change=expected_change,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note.strip(),
        author=by,
    )
    decision.people.set(meant)
    return decision


def check_meant(by: Any, meant: set[int]) -> None:
    if not allowed(by, "kpis.add_decision"):
        raise PermissionDenied
    if not meant:
        raise ValidationError(_("Choose whom it is about."), "no_people")
    seen = User.objects.work_visible_to(by).selling().filter(pk__in=meant)
    if seen.count() != len(meant):
        raise PermissionDenied


@transaction.atomic
def change_note(decision: Decision, *, note: str, by: Any) -> Decision:
    """Put other words to it; what is measured stays as it was decided."""
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    if not can_change_note(locked, by=by):
        raise PermissionDenied
    if not note.strip():
        raise ValidationError(_("Say what was decided."), "no_note")
    locked.note = note.strip()
    locked.save(update_fields=["note"])
    return locked
