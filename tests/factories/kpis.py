"""Plans and nights. A night is done by its own steps, in this process."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import factory
import time_machine
from django.db import connection
from factory.django import DjangoModelFactory

from apps.kpis.actions.nights import start_night
from apps.kpis.models import NightRun, PlanLine, PlanVersion
from apps.kpis.night.chain import do_night
from tests.factories.staff import TeamNodeFactory, UserFactory

MOSCOW = ZoneInfo("Europe/Moscow")


class PlanVersionFactory(DjangoModelFactory):
    """A draft, as long as it takes lines; tests.kpis.plan_steps puts it in force."""

    class Meta:
        model = PlanVersion

    year = 2026
    number = factory.Sequence(lambda n: n + 1)
    author = factory.SubFactory(UserFactory)


class PlanLineFactory(DjangoModelFactory):
    class Meta:
        model = PlanLine

    version = factory.SubFactory(PlanVersionFactory)
    month = date(2026, 3, 1)
    node = factory.SubFactory(TeamNodeFactory)
    user = None
    amount = Decimal("1000000.00")


def morning_after(day: date) -> datetime:
    """When the night of `day` has begun in Moscow."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), MOSCOW).replace(hour=3)


HISTORIES = (
    "deals_dealhistory", "deals_deallinehistory", "deals_dealsplithistory",
    "deals_schedulelinehistory", "core_companyhistory", "core_calendardayhistory",
    "clients_answernormhistory",
)  # fmt: skip


def age_histories(day: date) -> None:
    """Histories are written by the database's clock: bring what they hold to before the night."""
    with connection.cursor() as cursor:
        for table in HISTORIES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE {table} SET pgh_created_at = %s WHERE pgh_created_at > %s",
                [morning_after(day) - timedelta(hours=6)] * 2,
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def do_night_of(day: date, *, rebuild: bool = False) -> NightRun:
    """The published night of `day`, done on the morning after it."""
    with time_machine.travel(morning_after(day), tick=False):
        run = start_night(day=day, rebuild=rebuild, in_background=False)
        do_night(run)
    run.refresh_from_db()
    return run
