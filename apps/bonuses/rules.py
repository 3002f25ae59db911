"""May this happen now? Yes or no, about what is loaded already."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.bonuses.calculations import Step
from apps.bonuses.choices import Kind
from apps.core.access import allowed

ONE = Decimal(1)


def can_approve(statement, *, by, today: date) -> bool:
    """Of a month that is over, by a director, never his own."""
    return (
        statement.is_open
        and allowed(by, "bonuses.approve_statement")
        and statement.person_id != by.pk
        and statement.month < today.replace(day=1)
    )


def can_dispute(statement, *, by) -> bool:
    return statement.person_id == by.pk and allowed(by, "bonuses.open_dispute")


def can_settle(dispute, *, by) -> bool:
    """The statement is visible to him already; nobody answers for his own pay."""
    is_own = dispute.statement.person_id == by.pk
    return not dispute.is_settled and not is_own and allowed(by, "bonuses.settle_dispute")


def can_start(version, *, by) -> bool:
    is_draft = version.started_at is None
    return is_draft and version.author_id != by.pk and allowed(by, "bonuses.start_scheme")


def problems_of(
    kind: str,
    steps: Sequence[Step],
    *,
    target: Decimal | None = None,
    ceiling: Decimal | None = None,
    cap: Decimal | None = None,
) -> list[str]:
    """What is wrong with the rules of a version, in words."""
    if not steps:
        return [_("Give at least one step: from which amount on, and what is paid.")]
    found = _order_problems(steps)
    if kind == Kind.SCALE:
        found += _scale_problems(steps, target, ceiling)
    else:
        found += _commission_problems(kind, steps)
    if cap is not None and cap <= 0:
        found.append(_("A cap of nothing pays nobody: leave it empty or give an amount."))
    return found


def _order_problems(steps: Sequence[Step]) -> list[str]:
    starts = [step.starts_at for step in steps]
    if starts != sorted(set(starts)):
        return [_("Each step must begin above the one before it.")]
    return []


def _scale_problems(
    steps: Sequence[Step], target: Decimal | None, ceiling: Decimal | None
) -> list[str]:
    found = []
    if not target:
        found.append(_("A scale needs the target bonus: what 100% of the plan pays."))
    rates = [step.rate for step in steps]
    if rates != sorted(rates):
        found.append(_("A better result may not pay less: the shares of the bonus must rise."))
    if ceiling is not None and ceiling < rates[-1]:
        found.append(_("The upper limit lies below the last point, which then is never paid."))
    return found


def _commission_problems(kind: str, steps: Sequence[Step]) -> list[str]:
    rates = [step.rate for step in steps]
    if any(rate > ONE for rate in rates):
        return [_("A rate above 100% would pay more than the deals bring.")]
    if kind == Kind.RETROACTIVE and rates != sorted(rates):
        return [_("With the step on the whole sum a lower rate would make a larger sum pay less.")]
    return []
