"""Revenue, payments and the average deal."""

from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Metric, Unit, add_metrics

REVENUE = ("deals.won_amount", "deals.adjusted_amount")
KPIS = _("Plan and KPI")


def register() -> None:
    add_metrics(
        Metric(
            code="revenue",
            label=_("Won revenue"),
            formula=_("amount of deals won in the period, plus corrections made in it"),
            unit=Unit.MONEY,
            owner=KPIS,
            top=REVENUE,
            n=("deals.won_count",),
        ),
        Metric(
            code="won_deals",
            label=_("Won deals"),
            formula=_("deals won in the period"),
            unit=Unit.COUNT,
            owner=KPIS,
            top=("deals.won_count",),
            n=("deals.won_count",),
        ),
        Metric(
            code="average_deal",
            label=_("Average deal"),
            formula=_("won revenue ÷ won deals"),
            unit=Unit.MONEY,
            owner=KPIS,
            top=REVENUE,
            bottom=("deals.won_count",),
            n=("deals.won_count",),
        ),
        Metric(
            code="win_rate",
            label=_("Share won"),
            formula=_("won ÷ (won + lost) among deals closed in the period"),
            unit=Unit.SHARE,
            owner=KPIS,
            top=("deals.won_count",),
            bottom=("deals.won_count", "deals.lost_count"),
            n=("deals.won_count", "deals.lost_count"),
        ),
        Metric(
            code="received",
            label=_("Payments received"),
            formula=_("money allocated to payments of deals in the period"),
            unit=Unit.MONEY,
            owner=KPIS,
            top=("payments.received_amount",),
            n=("payments.received_count",),
        ),
    )
