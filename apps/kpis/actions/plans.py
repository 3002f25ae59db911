"""Plans: every save makes a new version; apps.kpis.actions.approval puts one in force."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.kpis.calculations.decomposition import scaled
from apps.kpis.choices import Metric
from apps.kpis.models import PlanLine, PlanShare, PlanVersion
from apps.kpis.plannable import is_plannable, step_of
from apps.staff.models import TeamNode, User

# A person's amount of a month.
Amounts = dict[tuple[int, date], Decimal]
# Month, node, person (None: the node's own total), level, metric.
Key = tuple[date, int, int | None, str, str]
# Dimension and key of a PlanShare.
ShareKey = tuple[str, str]


@transaction.atomic
def save_plan(
    *,
    by: Any,
    year: int,
    level: str,
    amounts: Amounts,
    base: PlanVersion | None,
    note: str = "",
    metric: str = Metric.REVENUE,
    derived: Mapping[str, Decimal] | None = None,
) -> PlanVersion:
    """A new draft: `base` with the amounts of `level` of `metric` replaced, all totals summed anew.

    `derived` gives other levels as shares of this one (0.875): they are written in the same version.
    Raises ValidationError "stale" when somebody has saved the plan of the year since `base`,
    "wrong_month" for a month of another year, "negative", "wrong_metric" for one that is not a sum;
    PermissionDenied for people outside the scope of `by`.
    """
    check_amounts(by, year, amounts)
    check_metric(metric)
    check_newest(year, base)
    lines = personal_lines(base)
    _replace(lines, amounts, level, metric)
    for other, share in (derived or {}).items():
        _replace(lines, at_level(amounts, share, metric), other, metric)
    return write_version(year, base, lines, shares_of(base), by=by, note=note)


def check_amounts(by: Any, year: int, amounts: Amounts) -> None:
    if not allowed(by, "kpis.change_plan"):
        raise PermissionDenied
    people = {person for person, _month in amounts}
    if len(people) != User.objects.work_visible_to(by).filter(pk__in=people).count():
        raise PermissionDenied
    if any(month.year != year or month.day != 1 for _person, month in amounts):
        raise ValidationError(_("A plan holds the months of its year."), code="wrong_month")
    if any(amount < 0 for amount in amounts.values()):
        raise ValidationError(_("A plan is not negative."), code="negative")


def check_metric(metric: str) -> None:
    if not is_plannable(metric):
        raise ValidationError(_("There is no plan for this metric."), code="wrong_metric")


def at_level(amounts: Amounts, share: Decimal, metric: str) -> Amounts:
    """`share` of the whole, in the proportions of `amounts`, exact to the smallest unit."""
    parts = scaled(list(amounts.values()), share, step_of(metric))
    return dict(zip(amounts, parts, strict=True))


def stale(newest: PlanVersion | None) -> ValidationError:
    text = _("%(author)s has saved version %(number)s meanwhile. Compare and save again.")
    values = {"author": newest and newest.author, "number": newest and newest.number}
    return ValidationError(text % values, code="stale")


def check_newest(year: int, base: PlanVersion | None) -> None:
    """Raise "stale" unless `base` is the newest version of the year (None: there is none yet)."""
    newest = PlanVersion.objects.filter(year=year).order_by("-number").first()
    if (newest and newest.pk) != (base and base.pk):
        raise stale(newest)


def write_version(
    year: int,
    newest: PlanVersion | None,
    lines: Mapping[Key, Decimal],
    shares: Mapping[ShareKey, Decimal],
    *,
    by: Any,
    note: str,
) -> PlanVersion:
    """A draft after `newest` with the people's lines, the totals of their nodes, and the shares."""
    version = _new_version(year, newest, by, note)
    _write(version, lines)
    PlanShare.objects.bulk_create(
        PlanShare(version=version, dimension=dimension, key=key, share=share)
        for (dimension, key), share in shares.items()
    )
    return version


def _new_version(year: int, newest: PlanVersion | None, by: Any, note: str) -> PlanVersion:
    number = newest.number + 1 if newest else 1
    try:
        with transaction.atomic():
            return PlanVersion.objects.create(year=year, number=number, author=by, note=note)
    except IntegrityError:
        raise stale(PlanVersion.objects.get(year=year, number=number)) from None


def personal_lines(base: PlanVersion | None) -> dict[Key, Decimal]:
    if base is None:
        return {}
    rows = base.lines.filter(user__isnull=False)
    return {
        (row.month, row.node_id, row.user_id, row.level, row.metric): row.amount for row in rows
    }


def shares_of(base: PlanVersion | None) -> dict[ShareKey, Decimal]:
    rows = base.shares.values_list("dimension", "key", "share") if base else []
    return {(dimension, key): share for dimension, key, share in rows}


def _replace(lines: dict[Key, Decimal], amounts: Amounts, level: str, metric: str) -> None:
    """Put the new amounts under the people's present teams, in place of the old ones."""
    for key in [key for key in lines if key[3:] == (level, metric) and (key[2], key[0]) in amounts]:
        del lines[key]
    teams = _teams(person for person, _month in amounts)
    for (person, month), amount in amounts.items():
        if amount:
            lines[month, teams[person], person, level, metric] = amount


def _teams(people: Iterable[int]) -> dict[int, int]:
    """The team of each person; those without one stand under the company."""
    root = TeamNode.objects.filter(parent=None).values_list("pk", flat=True).first()
    rows = User.objects.filter(pk__in=set(people)).values_list("pk", "team_id")
    return {person: team or root or 0 for person, team in rows}


def _write(version: PlanVersion, lines: Mapping[Key, Decimal]) -> None:
    whole = {**lines, **node_totals(lines)}
    PlanLine.objects.bulk_create(
        [
            PlanLine(
                version=version,
                month=month,
                node_id=node,
                user_id=person,
                level=level,
                metric=metric,
                amount=amount,
            )
            for (month, node, person, level, metric), amount in whole.items()
        ],
        batch_size=1000,
    )


def node_totals(lines: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Each node's sum of its people and of the nodes below it, by month, level and metric."""
    above = {
        node: [int(step) for step in path.strip("/").split("/")]
        for node, path in TeamNode.objects.values_list("pk", "path")
    }
    totals: dict[Key, Decimal] = defaultdict(Decimal)
    for (month, node, _person, level, metric), amount in lines.items():
        for place in above[node]:
            totals[month, place, None, level, metric] += amount
    return totals
