"""The night: everything anew, and one changed day."""

from contextlib import nullcontext
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.db.models import F, Max, Min
from django.utils import timezone

from apps.core.calendars import company_zone
from apps.deals.actions import log_activity, record_receipt
from apps.deals.models import Activity, Deal, ScheduleLine
from apps.kpis.actions.nights import last_due_day, start_night
from apps.kpis.models import NightRun, Snapshot
from apps.kpis.night.chain import do_night
from apps.kpis.night.dirty import MARGIN
from apps.staff.choices import Role
from apps.staff.models import User
from benchmarks.campaign import BY_ONE
from benchmarks.clock import Cost, cost_of
from benchmarks.second import second_process

CHANGED = 20


def run(*, alone: bool = False) -> dict[str, dict[str, Any]]:
    """Costs of the whole rebuild (with its steps) and of the night after one changed day.

    With a worker's usual two processes, then the rebuild once more by one of them, unless all is
    done `alone`; CPU and memory are those of the first.
    """
    day = last_due_day(timezone.now())
    with nullcontext() if alone else second_process():
        whole = cost_of(lambda: count_night(day, rebuild=True))
        _let_an_hour_pass(whole.result)
        _change_one_day(day)
        changed = cost_of(lambda: count_night(day, rebuild=False))
    told = {"whole": {**_told(whole), "rows": _rows()}, "changed day": _told(changed)}
    if not alone:
        told[BY_ONE] = _told(cost_of(lambda: count_night(day, rebuild=True)))
    return told


def ensure_night() -> None:
    """Pages of a base that no night has counted would be empty, and quick for nothing."""
    day = last_due_day(timezone.now())
    if not NightRun.objects.published().filter(day__gte=day).exists():
        count_night(day, rebuild=False)


def count_night(day: date, *, rebuild: bool) -> NightRun:
    night = start_night(day=day, rebuild=rebuild, in_background=False)
    do_night(night)
    return night


def _let_an_hour_pass(night: NightRun) -> None:
    """A night looks again at the last hour before the former one: in it this base was recorded."""
    NightRun.objects.filter(pk=night.pk).update(read_from=F("read_from") + MARGIN)


def _told(cost: Cost) -> dict[str, Any]:
    night = cost.result
    steps = {
        " ".join(filter(None, (step.code, step.part))): round(
            (step.finished_at - step.started_at).total_seconds(), 2
        )
        for step in night.steps.order_by("order", "pk")
    }
    counted = _span(night, "cohorts", "facts") + _span(night, "snapshots")
    spans = {"facts": _span(night, "facts"), "facts and snapshots": counted}
    return {**asdict(cost), "result": None, "steps": steps, **spans}


def _span(night: NightRun, *codes: str) -> float:
    """Seconds from the first beginning to the last end among the parts of these steps."""
    parts = night.steps.filter(code__in=codes)
    found = parts.aggregate(first=Min("started_at"), last=Max("finished_at"))
    return (found["last"] - found["first"]).total_seconds()


def _rows() -> dict[str, int]:
    return {
        "deals": Deal.objects.count(),
        "activities": Activity.objects.count(),
        "snapshots": Snapshot.objects.count(),
    }


def _change_one_day(day: date) -> None:
    """A day's late entries: calls about some deals, and a payment."""
    at = datetime.combine(day, time(12), company_zone())
    for deal in Deal.objects.open().select_related("owner").order_by("-pk")[:CHANGED]:
        log_activity(by=deal.owner, kind="call", deal=deal, text="Перезвонить", happened_at=at)
    line = ScheduleLine.objects.unpaid().select_related("deal__client").order_by("-pk")[0]
    rest = line.amount - line.paid
    record_receipt(
        by=User.objects.get(role=Role.HEAD),
        client=line.deal.client,
        amount=rest,
        currency=line.deal.currency,
        received_on=day,
        parts=[(line, rest)],
    )
