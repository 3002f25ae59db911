"""Revenue against its plan, payments, the average deal, and what is owed (F17, F22)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Direction, Metric, Unit, add_metrics
from apps.deals.metrics.rows import deals, page

REVENUE = ("deals.won_amount", "deals.adjusted_amount")
WON = ("deals.won_count",)
LOST = ("deals.lost_count",)
CLOSED = (*WON, *LOST)
KPIS = _("Plan and KPI")

won_deals = deals("closed", outcome="won")
lost_deals = deals("closed", outcome="lost")
closed_deals = deals("closed")

MONEY = (
    Metric(
        code="revenue",
        label=_("Won revenue"),
        formula=_("amount of deals won in the period, plus corrections made in it"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=REVENUE,
        n=WON,
        subject="money",
        rows=won_deals,
    ),
    Metric(
        code="attainment",
        label=_("Plan attained"),
        formula=_("won revenue ÷ plan of the months that begin in the period"),
        unit=Unit.SHARE,
        owner=KPIS,
        top=REVENUE,
        bottom=("plans.revenue",),
        subject="money",
        rows=won_deals,
    ),
    Metric(
        code="corrections",
        label=_("Corrections of won amounts"),
        formula=_("changes of amounts won earlier, by the day of the change"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=("deals.adjusted_amount",),
        subject="money",
    ),
    Metric(
        code="received",
        label=_("Payments received"),
        formula=_("money allocated to payments of deals in the period"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=("payments.received_amount",),
        n=("payments.received_count",),
        subject="money",
    ),
    Metric(
        code="received_count",
        label=_("Payments, number"),
        formula=_("allocations of money to payments of deals, reversals taken off"),
        unit=Unit.COUNT,
        owner=KPIS,
        top=("payments.received_count",),
        n=("payments.received_count",),
        subject="money",
    ),
    Metric(
        code="collection",
        label=_("Money received against revenue"),
        formula=_("payments received ÷ won revenue of the same period"),
        unit=Unit.SHARE,
        owner=KPIS,
        top=("payments.received_amount",),
        bottom=REVENUE,
        subject="money",
    ),
)

RESULTS = (
    Metric(
        code="won_deals",
        label=_("Won deals"),
        formula=_("deals won in the period"),
        unit=Unit.COUNT,
        owner=KPIS,
        top=WON,
        n=WON,
        subject="results",
        rows=won_deals,
    ),
    Metric(
        code="average_deal",
        label=_("Average deal"),
        formula=_("won revenue ÷ won deals"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=REVENUE,
        bottom=WON,
        n=WON,
        subject="results",
        rows=won_deals,
    ),
    Metric(
        code="cycle",
        label=_("Cycle of won deals"),
        formula=_("Σ days from opening to winning ÷ won deals"),
        unit=Unit.DAYS,
        owner=KPIS,
        top=("deals.cycle_days",),
        bottom=WON,
        n=WON,
        direction=Direction.LESS,
        subject="results",
        rows=won_deals,
    ),
    Metric(
        code="win_rate",
        label=_("Share won"),
        formula=_("won ÷ (won + lost) among deals closed in the period"),
        unit=Unit.SHARE,
        owner=KPIS,
        top=WON,
        bottom=CLOSED,
        n=CLOSED,
        subject="results",
        rows=closed_deals,
    ),
    Metric(
        code="win_rate_amount",
        label=_("Share won, by money"),
        formula=_("won amount ÷ (won + lost amount) of deals closed in the period"),
        unit=Unit.SHARE,
        owner=KPIS,
        top=("deals.won_amount",),
        bottom=("deals.won_amount", "deals.lost_amount"),
        n=CLOSED,
        subject="results",
        rows=closed_deals,
    ),
    Metric(
        code="lost_deals",
        label=_("Lost deals"),
        formula=_("deals lost in the period"),
        unit=Unit.COUNT,
        owner=KPIS,
        top=LOST,
        n=LOST,
        direction=Direction.LESS,
        subject="results",
        rows=lost_deals,
    ),
    Metric(
        code="lost_amount",
        label=_("Lost amount"),
        formula=_("amount of deals lost in the period"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=("deals.lost_amount",),
        n=LOST,
        direction=Direction.LESS,
        subject="results",
        rows=lost_deals,
    ),
)

DEBTS = (
    Metric(
        code="debt",
        label=_("Receivables"),
        formula=_("unpaid parts of the payments of won deals, on the last day"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=("stock.debt_amount",),
        direction=Direction.LESS,
        subject="debts",
        rows=page("deals:debtor_list"),
    ),
    Metric(
        code="overdue_debt",
        label=_("Overdue receivables"),
        formula=_("unpaid parts of payments whose day has passed, on the last day"),
        unit=Unit.MONEY,
        owner=KPIS,
        top=("stock.overdue_debt_amount",),
        n=("stock.overdue_debt_count",),
        direction=Direction.LESS,
        subject="debts",
        rows=page("deals:debtor_list", overdue="on"),
    ),
    Metric(
        code="overdue_share",
        label=_("Overdue, share"),
        formula=_("overdue receivables ÷ receivables, on the last day"),
        unit=Unit.SHARE,
        owner=KPIS,
        top=("stock.overdue_debt_amount",),
        bottom=("stock.debt_amount",),
        direction=Direction.LESS,
        subject="debts",
        rows=page("deals:debtor_list", overdue="on"),
    ),
)


def register() -> None:
    add_metrics(*MONEY, *RESULTS, *DEBTS)
