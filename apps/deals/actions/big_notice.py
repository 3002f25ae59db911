"""A leader learns at once that a deal of his people has become big."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from apps.core.notifying import notify
from apps.core.numerals import money
from apps.deals.models import BigThreshold, Deal
from apps.staff.leaders import leaders_above

BIG = "deal_is_big"


def tell_if_big(deal: Deal, *, before: Decimal | None, by: Any) -> None:
    """Tell the leaders over the owner when the amount has passed the threshold; once a deal.

    `before` is the amount in the company's currency until now, None for none.
    """
    if deal.amount_base is None or deal.amount_base <= (before or 0):
        return
    big_from = threshold_of(deal.pipeline_id)
    if big_from is None or not (before or 0) < big_from <= deal.amount_base:
        return
    notify(
        [person for person in leaders_above(deal.owner) if person.pk != by.pk],
        kind=BIG,
        title=format_lazy(gettext_lazy("A big deal: {deal}"), deal=deal.title),
        body=f"{deal.owner}, {money(deal.amount, deal.currency)}",
        url=reverse("deals:war_room", args=[deal.pk]),
        dedupe_key=f"{BIG}:{deal.pk}",
    )


def threshold_of(pipeline_id: int) -> Decimal | None:
    """From which sum deals of the pipeline are big; None when only marks make them so."""
    known = BigThreshold.by_pipeline()
    return known.get(pipeline_id, known.get(None))
