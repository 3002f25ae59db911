"""What stands against the plan from below: the pipeline of people, and what they expect themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, JSONObject

from apps.core.money import round_money
from apps.core.periods import Period
from apps.deals.models import Deal
from apps.kpis.models import PlanOffer
from apps.staff.models import User

ZERO = Decimal(0)


@dataclass(frozen=True)
class Offer:
    amount: Decimal
    words: str


@dataclass(frozen=True)
class Below:
    """By person: `weighted` open deals due in the month (F3), the last of his own `offers`."""

    weighted: dict[int, Decimal]
    offers: dict[int, Offer]

    def offered(self, people: Collection[int]) -> Decimal | None:
        """The sum of their expectations; None while nobody of them has said any."""
        said = [self.offers[person].amount for person in people if person in self.offers]
        return sum(said, ZERO) if said else None

    def silent(self, people: Collection[int]) -> int:
        """How many of them have not said anything."""
        return sum(person not in self.offers for person in people)

    def words(self, person: int | None) -> str:
        return self.offers[person].words if person in self.offers else ""


def read_below(month: Period, people: Collection[int]) -> Below:
    """One statement, whatever the number of people."""
    rows = User.objects.filter(pk__in=list(people)).values_list(
        "pk", Subquery(_weighted(month)), Subquery(_last_offer(month))
    )
    weighted, offers = {}, {}
    for person, due, offer in rows:
        if due:
            weighted[person] = round_money(due)
        if offer:
            offers[person] = Offer(Decimal(offer["amount"]), offer["words"])
    return Below(weighted, offers)


def _weighted(month: Period) -> QuerySet[Any, Any]:
    """Amount × probability of the open deals due in the month."""
    chance = Coalesce(F("stage__norm__win_share"), F("stage__probability"))
    due = (
        Deal.objects.kept()
        .open()
        .filter(
            owner=OuterRef("pk"),
            expected_close_on__gte=month.start,
            expected_close_on__lt=month.end,
        )
    )
    sums = due.order_by().values("owner").annotate(sum=Sum(F("amount_base") * chance))
    return sums.values("sum")


def _last_offer(month: Period) -> QuerySet[Any, Any]:
    offers = PlanOffer.objects.filter(user=OuterRef("pk"), month=month.start).order_by("-pk")
    # A number of JSON would be a fraction of two; the text keeps the kopecks.
    amount = Cast("amount", CharField())
    return offers.values(said=JSONObject(amount=amount, words="words"))[:1]
