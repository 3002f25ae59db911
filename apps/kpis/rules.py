"""May this person take this step with a plan now? Questions about loaded versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.core.access import allowed
from apps.kpis.choices import PlanStatus

if TYPE_CHECKING:
    from apps.kpis.models import PlanVersion


def may_submit(version: PlanVersion, newest: int, *, by: Any) -> bool:
    """A head sends the newest version (`newest` is its number in the year) while it is a draft."""
    return (
        allowed(by, "kpis.change_plan")
        and version.status == PlanStatus.DRAFT
        and version.number == newest
    )


def may_withdraw(version: PlanVersion, *, by: Any) -> bool:
    return allowed(by, "kpis.change_plan") and version.status == PlanStatus.SUBMITTED


def is_his_own(version: PlanVersion, person: Any) -> bool:
    """Has `person` written or sent this version himself?"""
    return person.pk in (version.author_id, version.submitted_by_id)


def may_answer(version: PlanVersion, *, by: Any) -> bool:
    """A director answers what others have sent him."""
    return (
        allowed(by, "kpis.approve_plan")
        and version.status == PlanStatus.SUBMITTED
        and not is_his_own(version, by)
    )
