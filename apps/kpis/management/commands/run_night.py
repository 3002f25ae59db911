"""The night by hand: in the background, waited for, or in this very process."""

import time
from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kpis.actions.nights import held_by_hand, last_due_day, start_night
from apps.kpis.choices import NightStatus
from apps.kpis.models import NightRun
from apps.kpis.night.chain import do_night

WAIT_SECONDS = 1


class Command(BaseCommand):
    help = "Calculate facts and snapshots of a day that is over (yesterday, if it is due)."

    def add_arguments(self, parser):
        parser.add_argument("--day", type=date.fromisoformat, help="ISO date")
        parser.add_argument("--rebuild", action="store_true", help="count the whole history anew")
        parser.add_argument("--wait", action="store_true", help="wait until a worker has done it")
        parser.add_argument("--inline", action="store_true", help="do it here, without a worker")

    def handle(self, *args, day=None, rebuild=False, wait=False, inline=False, **options):
        try:
            run = start_night(
                day=day or last_due_day(timezone.now()), rebuild=rebuild, in_background=not inline
            )
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from refusal
        if inline:
            with held_by_hand(run):
                do_night(run)
        elif wait:
            self.wait_for(run)
        run.refresh_from_db()
        self.stdout.write(self.told(run))

    def wait_for(self, run: NightRun) -> None:
        while run.status == NightStatus.RUNNING:
            time.sleep(WAIT_SECONDS)
            run.refresh_from_db()
        if run.status == NightStatus.FAILED:
            raise CommandError(_("The calculation failed; the page of calculations tells why."))

    def told(self, run: NightRun) -> str:
        if run.published_at is None:
            return _("The calculation of %(day)s has begun.") % {"day": run.day}
        seconds = (run.published_at - run.started_at).total_seconds()
        return _("%(day)s is calculated and published, %(seconds).1f s.") % {
            "day": run.day,
            "seconds": seconds,
        }
