"""What the evidence of a plan is put together from; each method of the reader is one statement."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Sum
from django.db.models.functions import Coalesce

from apps.core.periods import Period, add_months, month_of, year_of
from apps.deals.models import Deal
from apps.kpis.calculations import ZERO
from apps.kpis.choices import Metric, PlanLevel
from apps.kpis.models import DealFact, PlanLine, PlanVersion
from apps.kpis.plan_build import YEARS_BEHIND
from apps.staff.models import Absence, User

# Whole months behind "usual" figures: revenue a working day, the average deal, the share won.
USUAL_MONTHS = 12

MONEY = DecimalField(max_digits=18, decimal_places=2)
ByMonth = dict[date, Decimal]


@dataclass(frozen=True)
class Pipeline:
    """Open deals expected to close in a month."""

    count: int = 0
    amount: Decimal = ZERO
    weighted: Decimal = ZERO


@dataclass
class Reader:
    """Reads what concerns `version`, of the people in sight of `viewer`."""

    viewer: Any
    version: PlanVersion
    today: date
    staff: Any = field(init=False)

    def __post_init__(self) -> None:
        self.staff = User.objects.work_visible_to(self.viewer)

    @property
    def year(self) -> Period:
        return year_of(date(self.version.year, 1, 1))

    @property
    def usual(self) -> Period:
        """The last twelve whole months that are over."""
        this_month = month_of(self.today).start
        return Period(add_months(this_month, -USUAL_MONTHS), this_month)

    def revenue(self) -> ByMonth:
        first = date(self.version.year - YEARS_BEHIND, 1, 1)
        rows = DealFact.objects.filter(
            user__in=self.staff, day__gte=first, day__lt=min(self.year.start, self.today)
        )
        sums = (
            rows.order_by()
            .values("day__year", "day__month")
            .annotate(amount=Sum("won_amount") + Sum("adjusted_amount"))
        )
        return {date(row["day__year"], row["day__month"], 1): row["amount"] for row in sums}

    def plans_in_force(self) -> dict[int, PlanVersion]:
        """The version in force of each of the two years before."""
        years = [self.version.year - 1, self.version.year - 2]
        rows = PlanVersion.objects.filter(year__in=years, approved_at__isnull=False)
        return {row.year: row for row in rows.order_by("number")}

    def plan_lines(self, versions: list[PlanVersion]) -> dict[tuple[int, date], dict[int, Decimal]]:
        """Amounts of people by version and month, then by person."""
        rows = PlanLine.objects.visible_to(self.viewer).filter(
            version__in=versions,
            level=PlanLevel.PLAN,
            metric=Metric.REVENUE,
            user__isnull=False,
        )
        found: dict[Any, Any] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for pk, month, person, amount in rows.values_list("version", "month", "user", "amount"):
            found[pk, month][person] += amount
        return found

    def pipeline(self) -> dict[date, Pipeline]:
        chance = Coalesce(F("stage__norm__win_share"), F("stage__probability"))
        deals = Deal.objects.visible_to(self.viewer).open()
        rows = (
            deals.filter(
                expected_close_on__gte=self.year.start, expected_close_on__lt=self.year.end
            )
            .order_by()
            .values("expected_close_on__month")
            .annotate(
                count=Count("pk"),
                amount=Coalesce(Sum("amount_base"), ZERO, output_field=MONEY),
                weighted=Coalesce(
                    Sum(F("amount_base") * chance, output_field=MONEY), ZERO, output_field=MONEY
                ),
            )
        )
        return {
            date(self.version.year, row["expected_close_on__month"], 1): Pipeline(
                row["count"], row["amount"], row["weighted"]
            )
            for row in rows
        }

    def people(self, planned: set[int]) -> list[Any]:
        """Those the version counts on."""
        rows = self.staff.filter(pk__in=planned)
        return list(rows.select_related("team").in_name_order())

    def absences(self) -> list[Absence]:
        first, last = self.usual.start, self.year.end
        rows = Absence.objects.filter(user__in=self.staff, ends_on__gt=first, starts_on__lt=last)
        return list(rows)

    def usual_sums(self) -> dict[int, dict[str, Any]]:
        """Deals of each person over the usual months."""
        rows = DealFact.objects.filter(
            user__in=self.staff, day__gte=self.usual.start, day__lt=self.usual.end
        )
        sums = (
            rows.order_by()
            .values("user")
            .annotate(
                created=Sum("created_count"),
                won=Sum("won_count"),
                revenue=Sum("won_amount") + Sum("adjusted_amount"),
            )
        )
        return {row["user"]: dict(row) for row in sums}
