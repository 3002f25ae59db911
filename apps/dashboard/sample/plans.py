"""Plans of every year lived: by month, person, team and department, on three levels."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth

from apps.core.money import round_money
from apps.core.periods import Period
from apps.dashboard.sample.days import Span, moment_of
from apps.dashboard.sample.people import Person, Staff
from apps.dashboard.sample.plan_approvals import Totals, Way
from apps.dashboard.sample.writing import Table, flush_all
from apps.deals.choices import Outcome
from apps.deals.models import Deal, DealLine
from apps.kpis.calculations.decomposition import split_in_steps
from apps.kpis.choices import Metric, PlanDimension, PlanLevel
from apps.kpis.models import PlanLine, PlanShare
from apps.kpis.plan_shares import key_of, proposed
from apps.staff.choices import NodeKind, Role
from apps.staff.models import TeamNode

STEP = Decimal(100_000)
# Persons' plans are round sums, so that the sums above them are as well.
PERSON_STEP = Decimal(10_000)
AMBITION = 1.06
LEVELS = ((PlanLevel.MINIMUM, 0.875), (PlanLevel.PLAN, 1.0), (PlanLevel.STRETCH, 1.125))
# The plan of the running month keeps the department between these paces: behind, not lost.
SLOWEST, FASTEST = 0.78, 0.95
# A head sets plans that are met more or less; only the failed month is far off.
WORST, BEST = 0.9, 1.1
GIVE = 0.12


def make_plans(span: Span, staff: Staff) -> None:
    lines = Table(
        PlanLine, "version_id", "month", "node_id", "user_id", "metric", "level", "amount"
    )
    above = [TeamNode.objects.get(kind=kind).pk for kind in (NodeKind.DEPARTMENT, NodeKind.COMPANY)]

    def write_lines(version: int, totals: Totals) -> None:
        for month, total in totals.items():
            for level, share in LEVELS:
                for node, person, amount in _lines(staff, month, Decimal(total * share), above):
                    place = (month.start, node, person, Metric.REVENUE.value, level.value)
                    lines.add(version, *place, amount)

    shares = Table(PlanShare, "version_id", "dimension", "key", "share")
    totals = _totals(span)
    head, director = staff.one(Role.HEAD).id, staff.one(Role.DIRECTOR).id
    way = Way(span, head, director, write_lines)
    for year in sorted({month.start.year for month in totals}):
        made = moment_of(span.calendar.add_working_days(date(year, 1, 1), -9), 11)
        version = way.put_in_force(year, made)
        write_lines(version, {m: total for m, total in totals.items() if m.start.year == year})
        for key, share in _product_shares().items():
            shares.add(version, PlanDimension.PRODUCT.value, key, share)
    way.let_one_wait(totals)
    flush_all([way.versions, lines, way.steps, shares])


def _product_shares() -> dict[str, Decimal]:
    """As the lines of what has been won are worth, by product."""
    lines = DealLine.objects.filter(deal__outcome=Outcome.WON).order_by()
    worth = lines.values_list("product").annotate(worth=Sum(F("quantity") * F("sold_price")))
    return proposed({key_of(product): round_money(total) for product, total in worth})


def _totals(span: Span) -> dict[Period, float]:
    """The department's plan of each month from the first one to the end of this year."""
    sums = Deal.objects.won_in(Period(span.start, span.today)).values_list(TruncMonth("closed_on"))
    won = {month: float(total) for month, total in sums.annotate(Sum("amount_base"))}
    past, current = span.months[:-1], span.months[-1]
    months = list(span.months)
    while months[-1].end.year == span.today.year:
        months.append(months[-1].next())
    level = sum(won.get(m.start, 0) for m in past) / sum(span.demand(m.start) for m in past)
    totals = {month: level * AMBITION * span.demand(month.start) for month in months}
    for month in past:
        if month != span.failed:
            totals[month] = _within_reach(totals[month], won.get(month.start, 0), WORST, BEST)
    share = max(span.expected_share(), 0.01)
    fact = won.get(current.start, 0) / share
    totals[current] = _within_reach(totals[current], fact, SLOWEST, FASTEST)
    return totals


def _within_reach(total: float, fact: float, worst: float, best: float) -> float:
    """`total`, moved a little so that `fact` makes from `worst` to `best` of it."""
    wanted = min(max(total, fact / best), fact / worst)
    return min(max(wanted, total * (1 - GIVE)), total * (1 + GIVE))


def _lines(
    staff: Staff, month: Period, total: Decimal, above: list[int]
) -> Iterator[tuple[int, int | None, Decimal]]:
    """Node, person (None for the node whole) and amount, `total` in all at each height."""
    shares = [(p, _node(p, month), _weight(p, month)) for p in staff.sellers]
    shares = [share for share in shares if share[2] > 0]
    total = total // STEP * STEP
    weights = [Decimal(str(weight)) for _, _, weight in shares]
    parts = split_in_steps(total, weights, PERSON_STEP)
    nodes: dict[int, Decimal] = defaultdict(Decimal)
    for (person, node, _), part in zip(shares, parts, strict=True):
        nodes[node] += part
        yield node, person.id, part
    for node, amount in nodes.items():
        yield node, None, amount
    for node in above:
        yield node, None, total


def _node(person: Person, month: Period) -> int:
    moved = person.transferred_on
    team = person.old_team if moved and month.start < moved else None
    return (team or person.home).id


def _weight(person: Person, month: Period) -> float:
    """Capacity in the month: skill, ramp, and the share of it that the person works here."""
    days = [day for day in month.days() if person.works_on(day)]
    if not days:
        return 0
    half = 0.5 if person.role == Role.LEAD else 1.0
    share = len(days) / month.length
    return round(half * share * person.ramp(days[-1]) * (0.7 + 0.3 * person.skill), 4)
