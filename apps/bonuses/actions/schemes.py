"""Schemes: every save is a new draft; a director puts one in force, which then never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.bonuses import rules
from apps.bonuses.calculations import Step
from apps.bonuses.models import BonusScheme, SchemeVersion, Statement, Tier
from apps.bonuses.reading.assignments import NOWHERE, fits, places_of
from apps.core.access import allowed
from apps.core.models import Decision
from apps.core.periods import month_of
from apps.staff.models import TeamNode, User

DECISION = "bonus_scheme"


@transaction.atomic
def create_scheme(*, by: Any, name: str, **target: Any) -> BonusScheme:
    """A scheme for one of role, node, position, user; raises PermissionDenied for another's people."""
    check_may_change(by, target)
    return BonusScheme.objects.create(name=name, author=by, **target)


def check_may_change(by: Any, target: dict[str, Any]) -> None:
    """A head writes schemes for his own teams and people, and for roles and positions as a whole."""
    if not allowed(by, "bonuses.change_scheme"):
        raise PermissionDenied
    node, person = target.get("node"), target.get("user")
    if node and not TeamNode.objects.led_by(by).filter(pk=node.pk).exists():
        raise PermissionDenied
    if person and not User.objects.work_visible_to(by).filter(pk=person.pk).exists():
        raise PermissionDenied


@transaction.atomic
def save_version(
    scheme: BonusScheme, *, by: Any, steps: Sequence[Step], **fields: Any
) -> SchemeVersion:
    """A new draft with its steps. Raises ValidationError "rules" with what is wrong, in words."""
    check_may_change(by, {"node": scheme.node, "user": scheme.user})
    problems = rules.problems_of(
        fields["kind"],
        steps,
        target=fields.get("target_bonus"),
        ceiling=fields.get("ceiling"),
        cap=fields.get("cap"),
    )
    if problems:
        raise ValidationError([ValidationError(text, code="rules") for text in problems])
    held = BonusScheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    number = (held.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = SchemeVersion.objects.create(scheme=held, number=number, author=by, **fields)
    Tier.objects.bulk_create([Tier(version=version, **step._asdict()) for step in steps])
    return version


@transaction.atomic
def start_version(version: SchemeVersion, *, by: Any, month: date) -> SchemeVersion:
    """Put the draft in force from `month` (a first day) on, and write the decision down; a repeat
    changes nothing.

    Raises PermissionDenied for the author; ValidationError "no_back_test" before the cost of the last
    months was counted, "month_taken" when another version starts then or later, "month_locked" when a
    bonus of that month or a later one is approved already.
    """
    version = SchemeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.started_at is not None:
        return version
    if not rules.can_start(version, by=by):
        raise PermissionDenied(_("Nobody puts a scheme in force that he wrote himself."))
    check_start(version, month)
    version.starts_on, version.started_by, version.started_at = month, by, timezone.now()
    try:
        with transaction.atomic():
            version.save(update_fields=["starts_on", "started_by", "started_at"])
    except IntegrityError:
        raise month_taken(month) from None
    decide(version, by)
    return version


def check_start(version: SchemeVersion, month: date) -> None:
    if not version.back_tests.finished().exists():
        text = _("Count first what the version would have cost: without that nobody can decide.")
        raise ValidationError(text, code="no_back_test")
    if version.scheme.versions.filter(starts_on__gte=month).exists():
        raise month_taken(month)
    if locked := locked_since(version, month):
        text = _("The bonus of %(person)s for %(month)s is approved: start in a later month.")
        values = {"person": locked.person, "month": month_of(locked.month).label}
        raise ValidationError(text % values, code="month_locked")


def month_taken(month: date) -> ValidationError:
    text = _("A version of this scheme already starts in %(month)s or later.")
    return ValidationError(text % {"month": month_of(month).label}, code="month_taken")


def locked_since(version: SchemeVersion, month: date) -> Statement | None:
    """A locked statement from `month` on of somebody the scheme is for."""
    locked = Statement.objects.locked().filter(month__gte=month).select_related("person")
    rows = list(locked.order_by("month", "pk"))
    if not rows:
        return None
    places = places_of([row.person_id for row in rows], sorted({row.month for row in rows}))
    for row in rows:
        if fits(row.person, places.get((row.person_id, row.month), NOWHERE), version):
            return row
    return None


def decide(version: SchemeVersion, by: Any) -> None:
    """A decision that the night measures by revenue, about everybody the scheme is for."""
    month = version.starts_on
    assert month is not None
    decision = Decision.objects.create(
        kind=DECISION,
        subject=version,
        metric="revenue",
        starts_on=month,
        note=f"{version.scheme.name} / {version.number}",
        author=by,
    )
    people = list(User.objects.working())
    places = places_of([person.pk for person in people], [month])
    decision.people.set(
        person
        for person in people
        if fits(person, places.get((person.pk, month), NOWHERE), version)
    )
