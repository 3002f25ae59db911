"""What is open, how it moves and how it is kept (F3, F4, F18): closing balances and cohorts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Direction, Metric, Unit, add_metrics
from apps.deals.metrics.rows import deals
from apps.kpis.metrics.money import KPIS

OPEN = ("stock.open_count",)


def balance(code: str, label: Any, column: str, formula: Any, **more: Any) -> Metric:
    given = {"unit": Unit.COUNT, "subject": "pipeline", **more}
    return Metric(
        code=code,
        label=label,
        formula=formula,
        owner=KPIS,
        top=(f"stock.{column}",),
        n=OPEN,
        **given,
    )


def of_open(code: str, label: Any, column: str, formula: Any, **more: Any) -> Metric:
    """A share of the open deals; stuck and idle ones belong to the pipeline, the rest to order."""
    is_flow = column in ("stuck_count", "idle_count")
    given = {
        "unit": Unit.SHARE,
        "direction": Direction.LESS,
        "subject": "pipeline" if is_flow else "quality",
        "bottom": OPEN,
        **more,
    }
    return balance(code, label, column, formula, **given)


def cohort(code: str, label: Any, top: str, bottom: str, formula: Any) -> Metric:
    return Metric(
        code=code,
        label=label,
        formula=formula,
        unit=Unit.SHARE,
        owner=KPIS,
        top=(f"cohorts.{top}",),
        bottom=(f"cohorts.{bottom}",),
        n=(f"cohorts.{bottom}",),
        subject="conversion",
    )


OPENED = (
    Metric(
        code="new_deals",
        label=_("New deals"),
        formula=_("deals and leads opened in the period"),
        unit=Unit.COUNT,
        owner=KPIS,
        top=("deals.created_count",),
        n=("deals.created_count",),
        subject="pipeline",
        rows=deals("opened"),
    ),
    Metric(
        code="new_amount",
        label=_("Amount of new deals"),
        formula=_("amounts with which the deals of the period were opened"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=("deals.created_amount",),
        n=("deals.created_count",),
        subject="pipeline",
        rows=deals("opened"),
    ),
)

STANDING = (
    balance("open_deals", _("Open deals"), "open_count", _("open deals on the last day"),
            rows=deals("", outcome="open")),
    balance("open_leads", _("Open leads"), "lead_count",
            _("open deals in stages of kind “lead” on the last day")),
    balance("open_amount", _("Open pipeline"), "open_amount",
            _("amount of open deals on the last day"), unit=Unit.MONEY, rows=deals("", outcome="open")),
    balance("weighted_amount", _("Weighted pipeline"), "weighted_amount",
            _("Σ amount × probability of the stage over open deals, on the last day"),
            unit=Unit.MONEY, rows=deals("", outcome="open")),
    of_open("stuck_share", _("Stuck deals, share"), "stuck_count",
            _("deals in their stage longer than won ones stayed there ÷ open deals"),
            rows=deals("", outcome="open", stuck="on")),
    balance("stuck_amount", _("Stuck amount"), "stuck_amount",
            _("amount of stuck deals on the last day"), unit=Unit.MONEY,
            direction=Direction.LESS, rows=deals("", outcome="open", stuck="on")),
    of_open("idle_share", _("Idle deals, share"), "idle_count",
            _("deals without activity beyond the limit of their stage ÷ open deals")),
)  # fmt: skip

CONVERSIONS = (
    cohort("conversion", _("Conversion"), "first_won", "first_entered",
           _("won ÷ entered the first stage, over 13 weeks of matured entries")),
    cohort("lead_conversion", _("Leads qualified"), "lead_passed", "lead_entered",
           _("went beyond ÷ entered stages of kind “lead”, over matured entries")),
    cohort("stage_conversion", _("Passage of stages"), "open_passed", "open_entered",
           _("went beyond ÷ entered the stages in progress, over matured entries")),
)  # fmt: skip

HYGIENE = (
    of_open("hygiene", _("Deals in order"), "hygiene_good",
            _("deals with a step ahead, a close day, all fields and no overdue task ÷ open deals"),
            direction=Direction.MORE),
    of_open("no_step_share", _("Without a next step"), "no_step",
            _("open deals without a next step ÷ open deals"),
            rows=deals("", outcome="open", no_step="on")),
    of_open("overdue_step_share", _("Next step overdue"), "overdue_step",
            _("open deals whose next step has passed ÷ open deals"),
            rows=deals("", outcome="open", overdue_step="on")),
    of_open("close_passed_share", _("Expected close passed"), "close_passed",
            _("open deals whose expected close has passed ÷ open deals"),
            rows=deals("", outcome="open", close_passed="on")),
    of_open("no_close_day_share", _("Without an expected close"), "no_close_day",
            _("open deals without an expected close ÷ open deals"),
            rows=deals("", outcome="open", no_close_day="on")),
    of_open("no_amount_share", _("Without an amount"), "no_amount",
            _("open deals without an amount ÷ open deals"),
            rows=deals("", outcome="open", no_amount="on")),
)  # fmt: skip


def register() -> None:
    add_metrics(*OPENED, *STANDING, *CONVERSIONS, *HYGIENE)
