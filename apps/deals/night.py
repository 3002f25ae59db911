"""What the night does here before it counts: calls after broken promises, calls about losses."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from apps.core.nightly import NightlyStep, offer_step
from apps.core.periods import week_of
from apps.deals.actions import draw_losses, follow_up_promises

# Weeks that are over: the last one, and some before it for losses that were written down late.
WEEKS = 3


def draw_step(day: date) -> int:
    """Draw the weeks that are over on the morning after `day`; how many calls are new."""
    running = week_of(day + timedelta(days=1)).start
    return sum(draw_losses(running - timedelta(weeks=back)) for back in range(1, WEEKS + 1))


def join_the_night() -> None:
    """Before the facts, so that the tasks of the day are all there."""
    offer_step(NightlyStep("promises", 7, _("Promises of debtors"), follow_up_promises))
    offer_step(NightlyStep("verification", 7, _("Verification calls"), draw_step))
