"""KPI schemes: writing a version, putting one in force from a month, ending a scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.metrics import find_metric
from apps.core.models import Decision
from apps.core.periods import month_of
from apps.kpis.actions.scheme_telling import tell_judged
from apps.kpis.calculations import expressions
from apps.kpis.calculations.expressions import ExpressionError
from apps.kpis.choices_schemes import Curve, TargetKind
from apps.kpis.formula_words import in_words
from apps.kpis.models import KpiScheme, SchemeGate, SchemeItem, SchemeVersion
from apps.kpis.scheme_places import read_places, ruled_by
from apps.kpis.scheme_trial import try_out
from apps.kpis.scoring import metric_codes
from apps.staff.choices import SELLING_ROLES
from apps.staff.models import Position, TeamNode, User

MOST_ITEMS, MOST_GATES = 12, 5
HUNDRED = Decimal(100)
DECISION = "kpi_scheme"
# The metric of the plan, which alone may be a target "from the plan".
PLANNED = "revenue"


@dataclass(frozen=True)
class ItemDraft:
    """A line as somebody wrote it: see SchemeItem."""

    formula: str
    weight: Decimal
    target_kind: str
    target: Decimal | None = None
    floor: Decimal = Decimal(0)
    cap: Decimal = Decimal(1)
    name: str = ""
    direction: str = ""
    curve: str = Curve.LINEAR.value
    steps: list[list[str]] = field(default_factory=list)

    @property
    def label(self) -> str:
        metric = find_metric(self.formula)
        return self.name or str(metric.label if metric else self.formula)


@dataclass(frozen=True)
class GateDraft:
    """A condition as somebody wrote it: see SchemeGate."""

    formula: str
    bound: str
    limit: Decimal
    factor: Decimal


@transaction.atomic
def create_scheme(
    *,
    by: Any,
    name: str,
    items: Sequence[ItemDraft],
    gates: Sequence[GateDraft] = (),
    node: TeamNode | None = None,
    position: Position | None = None,
    role: str = "",
    user: User | None = None,
    note: str = "",
) -> SchemeVersion:
    """A scheme with its first version, a draft that has been tried out.

    Raises ValidationError "same_place" when another scheme fits the same people at the same level,
    and those of `check_rules`; PermissionDenied for people outside the scope of `by`.
    """
    check_place(by, node=node, user=user, position=position, role=role)
    scheme = KpiScheme(name=name, node=node, position=position, role=role, user=user, author=by)
    if rival := rival_of(scheme):
        raise same_place(rival)
    try:
        with transaction.atomic():
            scheme.save()
    except IntegrityError:
        raise same_place(rival_of(scheme)) from None
    return _write(scheme, 1, by, items, gates, note)


def check_place(
    by: Any,
    *,
    node: TeamNode | None,
    user: User | None,
    position: Position | None,
    role: str,
) -> None:
    if (node is None) == (user is None):
        raise ValidationError(_("Name either a team or a person."), code="place")
    if user is not None and (position or role):
        raise ValidationError(_("A person's scheme asks for no position or role."), code="place")
    if position and role:
        raise ValidationError(_("State the position or the role, not both."), code="place")
    if role and role not in SELLING_ROLES:
        raise ValidationError(_("Only people who sell have a score."), code="place")
    check_scope(by, node=node, user=user)


def check_scope(by: Any, *, node: TeamNode | None, user: User | None) -> None:
    """Heads make rules for the teams they lead and their people, never for themselves alone."""
    if not allowed(by, "kpis.change_scheme"):
        raise PermissionDenied
    if node is not None:
        sees = TeamNode.objects.led_by(by).filter(pk=node.pk).exists()
    else:
        people = User.objects.work_visible_to(by).exclude(pk=by.pk)
        sees = user is not None and people.filter(pk=user.pk).exists()
    if not sees:
        raise PermissionDenied


def rival_of(scheme: KpiScheme, month: date | None = None) -> KpiScheme | None:
    """Another scheme of the very same people that goes on (or ends after `month`)."""
    same = KpiScheme.objects.filter(
        node=scheme.node, position=scheme.position, role=scheme.role, user=scheme.user
    ).exclude(pk=scheme.pk)
    return (same.going_on(month) if month else same.filter(ends_on=None)).first()


def same_place(rival: KpiScheme | None) -> ValidationError:
    text = _("“%(name)s” already fits the same people. Write a new version of it, or end it first.")
    return ValidationError(text % {"name": rival or ""}, code="same_place")


@transaction.atomic
def save_version(
    scheme: KpiScheme,
    *,
    by: Any,
    base: SchemeVersion | None,
    items: Sequence[ItemDraft],
    gates: Sequence[GateDraft] = (),
    note: str = "",
) -> SchemeVersion:
    """A new draft of the scheme, tried out; what was written before stays as it is.

    Raises ValidationError "stale" when somebody has written a version since `base`, "ended", and
    those of `check_rules`.
    """
    scheme = KpiScheme.objects.select_for_update().get(pk=scheme.pk)
    check_scope(by, node=scheme.node, user=scheme.user)
    if scheme.ends_on is not None:
        raise ValidationError(_("This scheme has ended. Make a new one."), code="ended")
    newest = scheme.versions.order_by("-number").select_related("author").first()
    if (newest and newest.pk) != (base and base.pk):
        text = _("%(author)s has written version %(number)s meanwhile. Compare and save again.")
        values = {"author": newest and newest.author, "number": newest and newest.number}
        raise ValidationError(text % values, code="stale")
    return _write(scheme, newest.number + 1 if newest else 1, by, items, gates, note)


def _write(
    scheme: KpiScheme,
    number: int,
    by: Any,
    items: Sequence[ItemDraft],
    gates: Sequence[GateDraft],
    note: str,
) -> SchemeVersion:
    check_rules(items, gates)
    version = SchemeVersion.objects.create(scheme=scheme, number=number, author=by, note=note)
    SchemeItem.objects.bulk_create(
        SchemeItem(version=version, order=order, **_kept(item)) for order, item in enumerate(items)
    )
    SchemeGate.objects.bulk_create(
        SchemeGate(version=version, order=order, **_kept(gate)) for order, gate in enumerate(gates)
    )
    version.trial = try_out(version, company_today())  # type: ignore[assignment]
    version.save(update_fields=["trial"])
    return version


def _kept(draft: ItemDraft | GateDraft) -> dict[str, Any]:
    return asdict(draft) | {"formula": expressions.settled(draft.formula)}


def check_rules(items: Sequence[ItemDraft], gates: Sequence[GateDraft]) -> None:
    """Raises one ValidationError with everything that is wrong; each message names its line."""
    errors = [*_errors_of_whole(items, gates)]
    for item in items:
        errors += _errors_of_item(item)
    for gate in gates:
        errors += _formula_errors(gate.formula, gate.formula)
        if not 0 <= gate.factor < 1:
            errors.append(
                _error("factor", _("A broken gate must take something away."), gate.formula)
            )
    if errors:
        raise ValidationError(errors)


def _errors_of_whole(
    items: Sequence[ItemDraft], gates: Sequence[GateDraft]
) -> Iterator[ValidationError]:
    total = sum((item.weight for item in items), Decimal(0))
    if not items:
        yield ValidationError(_("A scheme needs at least one line."), code="nothing")
    elif total != HUNDRED:
        text = _("The weights make %(total)s, they must make 100 exactly.")
        yield ValidationError(text % {"total": numerals.typed(total)}, code="weights")
    if len(items) > MOST_ITEMS or len(gates) > MOST_GATES:
        text = _("At most %(items)s lines and %(gates)s gates: more than that nobody can follow.")
        yield ValidationError(text % {"items": MOST_ITEMS, "gates": MOST_GATES}, code="too_many")
    labels = {expressions.settled(item.formula): item.label for item in items}
    for formula, times in Counter(expressions.settled(item.formula) for item in items).items():
        if times > 1:
            yield _error("twice", _("The same metric stands here twice."), labels[formula])


def _errors_of_item(item: ItemDraft) -> Iterator[ValidationError]:
    yield from _formula_errors(item.formula, item.label)
    if not 0 < item.weight <= HUNDRED:
        yield _error("weight", _("The weight lies between 0 and 100."), item.label)
    if not 0 <= item.floor <= item.cap:
        yield _error("floor_above_cap", _("The floor lies above the cap."), item.label)
    if item.cap <= 0:
        yield _error("cap", _("The cap must be above 0."), item.label)
    if item.target_kind == TargetKind.PLAN and item.formula != PLANNED:
        yield _error("plan_target", _("Only won revenue has a plan; give a value."), item.label)
    if item.target_kind == TargetKind.FIXED and (item.target is None or item.target <= 0):
        yield _error("target", _("Give a target above 0."), item.label)
    if item.curve == Curve.STEPS and not item.steps:
        yield _error("steps", _("Give the steps, for example 80:50; 100:100."), item.label)


def _formula_errors(formula: str, label: str) -> Iterator[ValidationError]:
    try:
        expressions.parse(formula, metric_codes())
    except ExpressionError as error:
        yield _error("formula", in_words(error), label[:40])


def _error(code: str, text: str, label: str) -> ValidationError:
    return ValidationError(f"{label}: {text}", code=code)


@transaction.atomic
def try_again(version: SchemeVersion, *, by: Any) -> SchemeVersion:
    """Try a draft on the months that are over by now; one in force keeps the trial it began with."""
    version = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    check_scope(by, node=version.scheme.node, user=version.scheme.user)
    if not version.is_started:
        version.trial = try_out(version, company_today())  # type: ignore[assignment]
        version.save(update_fields=["trial"])
    return version


@transaction.atomic
def start_version(version: SchemeVersion, *, by: Any, starts_on: date) -> SchemeVersion:
    """Put a version in force from the month; the one before it ends there. A repeat changes nothing.

    The decision is written with the people whom it judges, and they are told. Raises ValidationError "past_month",
    "not_newest", "later_exists", "ended", "same_place".
    """
    scheme = KpiScheme.objects.select_for_update().get(pk=version.scheme_id)
    check_scope(by, node=scheme.node, user=scheme.user)
    version = SchemeVersion.objects.select_related("scheme__node").get(pk=version.pk)
    if version.is_started:
        return version
    check_start(scheme, version, starts_on)
    version.starts_on, version.started_by, version.started_at = starts_on, by, timezone.now()
    version.save(update_fields=["starts_on", "started_by", "started_at"])
    _decide(version, by, starts_on)
    return version


def check_start(scheme: KpiScheme, version: SchemeVersion, starts_on: date) -> None:
    if starts_on.day != 1 or starts_on < month_of(company_today()).start:
        text = _("A scheme starts with this month or a later one: what is over has been counted.")
        raise ValidationError(text, code="past_month")
    if scheme.ends_on is not None:
        raise ValidationError(_("This scheme has ended. Make a new one."), code="ended")
    if scheme.versions.filter(number__gt=version.number).exists():
        raise ValidationError(_("There is a later version: start that one."), code="not_newest")
    if later := scheme.versions.filter(starts_on__gt=starts_on).first():
        text = _("Version %(number)s starts later; begin this one then, or after it.")
        raise ValidationError(text % {"number": later.number}, code="later_exists")
    if rival := rival_of(scheme, starts_on):
        raise same_place(rival)


def _decide(version: SchemeVersion, by: Any, starts_on: date) -> None:
    others = SchemeVersion.objects.in_force(starts_on).select_related("scheme__node")
    places = read_places(month_of(company_today())).values()
    decision = Decision.objects.create(
        kind=DECISION,
        subject=version.scheme,
        metric=PLANNED,
        starts_on=starts_on,
        note=version.note,
        author=by,
    )
    judged = [place.person for place in ruled_by(version, others, places)]
    decision.people.set(judged)
    tell_judged(version, list(User.objects.filter(pk__in=judged)), by)


@transaction.atomic
def end_scheme(scheme: KpiScheme, *, by: Any, ends_on: date) -> KpiScheme:
    """Let the scheme rule no more from the month on, the next one at the earliest.

    Its people fall to the next scheme that fits them. Raises ValidationError "past_month". A repeat
    with the same month changes nothing.
    """
    scheme = KpiScheme.objects.select_for_update().get(pk=scheme.pk)
    check_scope(by, node=scheme.node, user=scheme.user)
    if scheme.ends_on == ends_on:
        return scheme
    if ends_on.day != 1 or ends_on <= month_of(company_today()).start:
        text = _("This month has begun under the scheme: end it with a later one.")
        raise ValidationError(text, code="past_month")
    scheme.ends_on = ends_on
    scheme.save(update_fields=["ends_on"])
    return scheme


@transaction.atomic
def keep_scheme(scheme: KpiScheme, *, by: Any) -> KpiScheme:
    """Take back an ending that has not come yet; a scheme without one stays as it is.

    Raises ValidationError "ended" when it has come, "same_place" when another scheme was made for
    the same people meanwhile.
    """
    scheme = KpiScheme.objects.select_for_update().get(pk=scheme.pk)
    check_scope(by, node=scheme.node, user=scheme.user)
    if scheme.ends_on is None:
        return scheme
    if scheme.ends_on <= month_of(company_today()).start:
        raise ValidationError(_("This scheme has ended. Make a new one."), code="ended")
    if rival := rival_of(scheme):
        raise same_place(rival)
    scheme.ends_on = None
    scheme.save(update_fields=["ends_on"])
    return scheme
