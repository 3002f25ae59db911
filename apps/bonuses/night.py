"""The night's step: the open months of everybody, in groups of people side by side."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.models import SchemeVersion
from apps.bonuses.reading.news import News
from apps.kpis.models import NightRun
from apps.kpis.night.steps import Step, add_step
from apps.staff.models import User

PEOPLE_AT_ONCE = 500
# The deals of some months are looked up in what memory holds already; helpers and compiling would
# take longer than they save.
TUNED = """SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1;
SET LOCAL max_parallel_workers_per_gather = 0"""


def everybody() -> list[int]:
    """In an order that lasts: parts name their people by their place in it."""
    return list(User.objects.order_by("pk").values_list("pk", flat=True))


def bonus_parts(_run: NightRun) -> list[str]:
    """No parts before a scheme is in force."""
    if not SchemeVersion.objects.started().exists():
        return [""]
    return [f"people:{first}" for first in range(0, len(everybody()), PEOPLE_AT_ONCE)]


def bonus_step(run: NightRun, part: str) -> int:
    if not part:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
    first = int(part.partition(":")[2])
    return accrue_people(everybody()[first : first + PEOPLE_AT_ONCE], run.day, News.of(run))


def join_the_night() -> None:
    # Gates and scales read the balances; the events are read themselves, not the facts.
    label = _("Bonuses")
    add_step(Step("bonuses", 50, label, bonus_step, bonus_parts, after=("balances",)))
