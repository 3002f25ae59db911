"""What is measured about deals besides the facts of the night."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Direction, Metric, Unit, add_metrics
from apps.deals.metrics import rows

DEALS = _("Deals")
LINES = ("lines.costed_count",)
WON = rows.deals("closed", outcome="won")

MARGIN = (
    Metric(
        code="margin",
        label=_("Margin"),
        formula=_("sold − cost of the products of won deals whose every line has its cost"),
        unit=Unit.MONEY,
        owner=DEALS,
        top=("lines.margin_amount",),
        n=LINES,
        subject="margin",
        rows=WON,
    ),
    Metric(
        code="margin_share",
        label=_("Margin, share"),
        formula=_("(sold − cost) ÷ sold, over won deals whose every line has its cost"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("lines.margin_amount",),
        bottom=("lines.costed_amount",),
        n=LINES,
        subject="margin",
        rows=WON,
    ),
    Metric(
        code="discount",
        label=_("Discounts given"),
        formula=_("list prices − sold prices of the products of won deals"),
        unit=Unit.MONEY,
        owner=DEALS,
        top=("lines.discount_amount",),
        n=("lines.priced_count",),
        direction=Direction.LESS,
        subject="margin",
        rows=WON,
    ),
    Metric(
        code="discount_share",
        label=_("Lost in discounts"),
        formula=_("(list − sold) ÷ list, over the products of won deals"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("lines.discount_amount",),
        bottom=("lines.list_amount",),
        n=("lines.priced_count",),
        direction=Direction.LESS,
        subject="margin",
        rows=WON,
    ),
    Metric(
        code="cost_known",
        label=_("Cost is known"),
        formula=_("won deals whose every line has its cost ÷ won deals with products"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=LINES,
        bottom=("lines.deal_count",),
        n=("lines.deal_count",),
        subject="margin",
        rows=WON,
    ),
)

ORDERS = (
    Metric(
        code="new_buyers",
        label=_("First orders"),
        formula=_("won deals that are the first of their client"),
        unit=Unit.COUNT,
        owner=DEALS,
        top=("orders.first_count",),
        n=("orders.client_count",),
        subject="base",
        rows=WON,
    ),
    Metric(
        code="repeat_share",
        label=_("Repeated orders"),
        formula=_("won deals of clients who had bought before ÷ won deals with a client"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("orders.repeat_count",),
        bottom=("orders.client_count",),
        n=("orders.client_count",),
        subject="base",
        rows=WON,
    ),
)

SPEED = (
    Metric(
        code="speed_to_lead",
        label=_("Time to the first answer"),
        formula=_("working minutes from a lead's coming to the first call, meeting or e-mail"),
        unit=Unit.MINUTES,
        owner=DEALS,
        top=("leads.answer_minutes",),
        bottom=("leads.answered_count",),
        n=("leads.answered_count",),
        direction=Direction.LESS,
        subject="speed",
    ),
    Metric(
        code="leads_in_norm",
        label=_("Leads answered within the norm"),
        formula=_("leads answered within the norm ÷ leads that came (unanswered ones too)"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("leads.in_norm_count",),
        bottom=("leads.lead_count",),
        n=("leads.lead_count",),
        subject="speed",
    ),
    Metric(
        code="leads_unanswered",
        label=_("Leads without an answer"),
        formula=_("open leads that nobody has answered ÷ leads that came"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("leads.waiting_count",),
        bottom=("leads.lead_count",),
        n=("leads.lead_count",),
        direction=Direction.LESS,
        subject="speed",
    ),
)

TALKS = (
    Metric(
        code="measured_share",
        label=_("Measured talks"),
        formula=_("calls and e-mails that the exchange or mailbox confirms ÷ all of them"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("talks.measured_count",),
        bottom=("talks.talk_count",),
        n=("talks.talk_count",),
        subject="activity",
    ),
    Metric(
        code="reached_share",
        label=_("Calls that reached somebody"),
        formula=_("calls with another result than “no answer” ÷ calls with a result"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("talks.reached_count",),
        bottom=("talks.told_call_count",),
        n=("talks.told_call_count",),
        subject="activity",
    ),
    Metric(
        code="late_records",
        label=_("Recorded late"),
        formula=_("stage moves recorded more than a day after they happened ÷ stage moves"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("records.late_count",),
        bottom=("records.move_count",),
        n=("records.move_count",),
        direction=Direction.LESS,
        subject="quality",
    ),
)

DEBTS = (
    Metric(
        code="promises_kept",
        label=_("Promises to pay kept"),
        formula=_("promises kept in full ÷ promises whose day has come"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("promises.kept_count",),
        bottom=("promises.ended_count",),
        n=("promises.ended_count",),
        subject="debts",
    ),
)

TRUST = (
    Metric(
        code="trust",
        label=_("Trust at closing"),
        formula=_("Σ weight of the buyer's acts done ÷ Σ weight of those due, closed deals"),
        unit=Unit.SHARE,
        owner=DEALS,
        top=("trust.done_weight",),
        bottom=("trust.due_weight",),
        n=("trust.deal_count",),
        subject="quality",
        rows=rows.deals("closed"),
    ),
)


def register() -> None:
    add_metrics(*MARGIN, *ORDERS, *SPEED, *TALKS, *DEBTS, *TRUST)
