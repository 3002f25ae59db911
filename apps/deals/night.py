"""What the night does here: calls after broken promises, calls about losses."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from apps.core.nightly import NightlyStep, offer_step
from apps.core.periods import week_of
from apps.deals.actions import draw_losses, follow_up_promises
from apps.deals.metrics import changes
from apps.deals.models import VerificationCall

# Weeks that are over: the last one, and some before it for losses that were written down late.
WEEKS = 3


def draw_step(day: date, since: datetime | None) -> int:
    """Draw the weeks that are over on the morning after `day`; how many calls are new.

    A week that was drawn is drawn again if a loss of it was written down or changed since.
    """
    running = week_of(day + timedelta(days=1)).start
    weeks = [running - timedelta(weeks=back) for back in range(1, WEEKS + 1)]
    if since is not None:
        changed = {week_of(lost_on).start for lost_on in changes.losses(since)}
        weeks = [week for week in weeks if week in changed or not is_drawn(week)]
    return sum(draw_losses(week) for week in weeks)


def is_drawn(week: date) -> bool:
    return VerificationCall.objects.filter(week=week).exists()


def join_the_night() -> None:
    """Beside the steps that count, which need nothing of them: new tasks are of the day after."""
    offer_step(NightlyStep("promises", 25, _("Promises of debtors"), follow_up_promises))
    offer_step(NightlyStep("verification", 40, _("Verification calls"), follow=draw_step))
