"""What the night does here: calls after broken promises, calls about losses."""

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
    """Beside the steps that count, which need nothing of them: new tasks are of the day after."""
    offer_step(NightlyStep("promises", 10, _("Promises of debtors"), follow_up_promises))
    offer_step(NightlyStep("verification", 40, _("Verification calls"), draw_step))
