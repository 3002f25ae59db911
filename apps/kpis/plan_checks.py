"""What a look over the grid of a plan should find: sums that agree, absences, plans far above the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import numerals
from apps.kpis.calculations import ratio
from apps.kpis.choices import PlanLevel
from apps.kpis.plan_build import MONTHS_OF_POTENTIAL, Builder
from apps.kpis.plan_page import ZERO, Amounts, PlanPage
from apps.staff.models import TeamNode

# A plan so much above the last twelve months is worth a word.
FAR_ABOVE = Decimal("0.3")
PEOPLE_NAMED = 3


@dataclass(frozen=True)
class Check:
    is_good: bool
    text: str


def checks_of(page: PlanPage, builder: Builder, shown: Amounts, *, is_saved: bool) -> list[Check]:
    """`shown` is the grid as it stands; what is saved is compared with the nodes' own lines."""
    if not any(shown.values()):
        return []
    found = [_sums(page, is_saved), _capacity(builder)]
    if page.sees_facts and page.is_revenue and page.level == PlanLevel.PLAN:
        found += [*_whole(builder, shown), *_people(builder, shown)]
    return found


def _sums(page: PlanPage, is_saved: bool) -> Check:
    off = [node.name for node in page.shown_nodes if is_saved and differs(page, node)]
    if not off:
        return Check(True, _("Months and people make the year to the last kopeck."))
    text = _(
        "%(teams)s: the sum of the people is not the plan of the team, since somebody moved. "
        "It is mended when the plan is next saved."
    )
    return Check(False, text % {"teams": ", ".join(off)})


def differs(page: PlanPage, node: TeamNode) -> bool:
    people = [person.pk for person in page.inside(node)]
    amounts = page.amounts()
    return any(
        page.node_lines.get((node.pk, month), ZERO)
        != sum((amounts.get((person, month), ZERO) for person in people), ZERO)
        for month in page.months
    )


def _capacity(builder: Builder) -> Check:
    bearers = {person.pk for person in builder.bearers}
    mine = [found for (person, _month), found in builder.capacities.items() if person in bearers]
    away = sum(found.away for found in mine)
    text = ngettext(
        "Holidays, absences and ramp are counted: %(away)s day away.",
        "Holidays, absences and ramp are counted: %(away)s days away.",
        away,
    )
    return Check(True, text % {"away": numerals.number(away)})


def _whole(builder: Builder, shown: Amounts) -> Iterator[Check]:
    past = sum(builder.sold.values(), ZERO)
    above = _above(sum(shown.values(), ZERO), past)
    if above is not None:
        text = _("The plan is %(share)s to what the same people sold over the last 12 months.")
        share = numerals.percent(above, 0, signed=True)
        yield Check(above <= FAR_ABOVE, text % {"share": share})


def _people(builder: Builder, shown: Amounts) -> Iterator[Check]:
    """Those planned far above their own year, the farthest first."""
    found = []
    for person in builder.bearers:
        if builder.months_here(person) < MONTHS_OF_POTENTIAL:
            continue
        planned = sum((shown.get((person.pk, month), ZERO) for month in builder.months), ZERO)
        above = _above(planned, builder.sold.get(person.pk, ZERO))
        if above is not None and above > FAR_ABOVE:
            found.append((above, person.get_full_name()))
    for above, name in sorted(found, reverse=True)[:PEOPLE_NAMED]:
        text = _("%(name)s: the plan is %(share)s to the person's own last 12 months.")
        yield Check(False, text % {"name": name, "share": numerals.percent(above, 0, signed=True)})


def _above(planned: Decimal, past: Decimal) -> Decimal | None:
    share = ratio(planned, past) if past > 0 else None
    return None if share is None else share - 1
