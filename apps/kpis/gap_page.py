"""The page "Reason for the gap" in words, links and a chart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.calendars import company_today
from apps.core.models import Company
from apps.core.periods import Period, add_months, month_of
from apps.kpis.choices import GapBase, GapBy, GapSpan
from apps.kpis.gap import Gap, GapRow, GapScope

MILLION = Decimal(10**6)
MONTHS_BACK = 24
# Groups of the filters of the deal list.
FILTERS = {
    GapBy.TEAM: "team",
    GapBy.SELLER: "owner",
    GapBy.LEVEL: "level",
    GapBy.SOURCE: "source",
    GapBy.PIPELINE: "pipeline",
}


@dataclass(frozen=True)
class Asked:
    """The page's address, read."""

    period: Period
    span: str
    base: str
    by: str
    scope: GapScope
    nodes: list[Any]

    @property
    def query(self) -> dict[str, Any]:
        found = {
            "month": f"{self.period.start:%Y-%m}",
            "span": self.span,
            "base": self.base,
            "by": self.by,
        }
        return found | {"team" if self.scope.node else "person": self.scope.id}

    def url(self, **changes: Any) -> str:
        return f"?{urlencode(self.query | changes)}"


def default_group(scope: GapScope, nodes: list[Any]) -> str:
    """Teams of a node that has some below it, its sellers otherwise; a person has levels."""
    if scope.node is None:
        return GapBy.LEVEL
    has_teams = any(node.parent_id == scope.node.pk for node in nodes)
    return GapBy.TEAM if has_teams else GapBy.SELLER


def shown(found: Gap, asked: Asked) -> dict[str, Any]:
    links = Links(asked, found.stretch)
    return {
        "gap": found,
        "verdict": verdict(found, asked),
        "terms": [
            (label, getattr(found.whole.terms, name), note, links.of(name))
            for name, label, note in terms_in_words(found.whole)
        ],
        "rows": [(row, links.of_group(row.key, row.name)) for row in found.rows],
        "chart": chart(found, asked),
        "group_label": GapBy(asked.by).label,
    }


def base_name(asked: Asked) -> str:
    if asked.base == GapBase.PLAN:
        return _("Plan by now") if asked.period.end > company_today() else _("Plan")
    return _("Before") if asked.base == GapBase.BEFORE else _("A year ago")


def terms_in_words(whole: GapRow) -> list[tuple[str, str, str]]:
    """Field, name, and what moved: 400 → 360."""
    before, after = whole.before, whole.after
    return [
        ("leads", _("Leads"), arrow(before.leads, after.leads)),
        ("mix", _("Mix of groups"), _("shares of the groups among leads")),
        ("conversion", _("Conversion in groups"), overall(*map(rate, (before, after)))),
        ("average_deal", _("Average deal in groups"), overall(*map(average, (before, after)))),
        ("corrections", _("Corrections"), _("later changes of won amounts")),
    ]


def arrow(before: Decimal, after: Decimal) -> str:
    return f"{numerals.number(before)} → {numerals.number(after)}"


def overall(before: str, after: str) -> str:
    """Of all groups together: it may rise while that of every group falls, which is the mix."""
    return _("overall %(before)s → %(after)s") % {"before": before, "after": after}


def rate(sums: Any) -> str:
    return numerals.percent(sums.won / sums.leads if sums.leads else None)


def average(sums: Any) -> str:
    shown_sum = sums.amount / sums.won if sums.won > 0 else None
    return numerals.money_short(shown_sum, Company.current().currency)


def verdict(found: Gap, asked: Asked) -> str:
    """The gap in one sentence, the term that did most of it in a second one."""
    change = found.whole.change
    if not change:
        return _("Revenue is exactly what it is compared with.")
    first = heading(asked.base, is_below=change < 0) % {"sum": short(abs(change))}
    found_terms = worst_terms(found, change)
    _size, label, value = max((abs(value), label, value) for label, value in found_terms)
    second = _("Most of it: %(reason)s, %(part)s.")
    return f"{first} {second % {'reason': label.lower(), 'part': short(value, signed=True)}}"


def heading(base: str, *, is_below: bool) -> str:
    if base == GapBase.PLAN:
        return _("%(sum)s below the plan.") if is_below else _("%(sum)s above the plan.")
    if base == GapBase.BEFORE:
        below, above = (
            _("%(sum)s less than in the period before."),
            _("%(sum)s more than in the period before."),
        )
    else:
        below, above = _("%(sum)s less than a year ago."), _("%(sum)s more than a year ago.")
    return below if is_below else above


def worst_terms(found: Gap, change: Decimal) -> list[tuple[str, Decimal]]:
    """Terms that pull the same way as the whole."""
    names = terms_in_words(found.whole)
    values = [(label, getattr(found.whole.terms, name)) for name, label, _note in names]
    return [(label, value) for label, value in values if (value < 0) == (change < 0) and value]


def short(amount: Decimal, *, signed: bool = False) -> str:
    return numerals.money_short(amount, Company.current().currency, signed=signed)


def chart(found: Gap, asked: Asked) -> dict[str, Any]:
    """The waterfall in millions."""
    whole = found.whole
    terms = [
        {"label": label, "note": note, "value": in_millions(getattr(whole.terms, name))}
        for name, label, note in terms_of_chart(whole)
        if getattr(whole.terms, name)
    ]
    return {
        "unit": numerals.millions_unit(Company.current().currency),
        "terms": [
            total(base_name(asked), whole.before.revenue),
            *terms,
            total(_("Fact"), whole.after.revenue),
        ],
    }


def terms_of_chart(whole: GapRow) -> list[tuple[str, str, str]]:
    """The same as `terms_in_words`, as short as a phone needs it."""
    before, after = whole.before, whole.after
    return [
        ("leads", _("Leads"), arrow(before.leads, after.leads)),
        ("mix", _("Mix of groups"), ""),
        ("conversion", _("Conversion"), f"{rate(before)} → {rate(after)}"),
        ("average_deal", _("Average deal"), f"{average(before)} → {average(after)}"),
        ("corrections", _("Corrections"), ""),
    ]


def total(label: str, amount: Decimal) -> dict[str, Any]:
    return {"label": label, "note": "", "value": in_millions(amount), "is_total": True}


def in_millions(amount: Decimal) -> float:
    return float(round(amount / MILLION, 4))


@dataclass(frozen=True)
class Links:
    """The deals behind the figures."""

    asked: Asked
    stretch: Period

    def deals(self, **filters: Any) -> str:
        scope = self.asked.scope
        narrowed: dict[str, Any] = {}
        if scope.node is None:
            narrowed = {"owner": scope.id}
        elif scope.node.parent_id is not None:
            narrowed = {"team": scope.node.pk}
        return f"{reverse('deals:deal_list')}?{urlencode(narrowed | filters)}"

    def of(self, term: str) -> str:
        """Leads are deals opened in the stretch, the rest is about won ones."""
        if term in ("leads", "mix"):
            return self.opened()
        return self.won() if term != "corrections" else ""

    def of_group(self, key: Any, name: str) -> str:
        """Won deals of a group; none for a group that no filter names."""
        return self.won(**{FILTERS[GapBy(self.asked.by)]: key}) if key and name else ""

    def opened(self) -> str:
        first, last = self.bounds()
        return self.deals(opened_from=first, opened_to=last)

    def won(self, **filters: Any) -> str:
        first, last = self.bounds()
        return self.deals(outcome="won", closed_from=first, closed_to=last, **filters)

    def bounds(self) -> tuple[str, str]:
        return self.stretch.start.isoformat(), self.stretch.last_day.isoformat()


def chips(asked: Asked) -> list[dict[str, Any]]:
    made = [
        month_chip(asked),
        menu(asked, _("Span"), "span", asked.span, GapSpan.choices, GapSpan.MONTH),
        menu(asked, _("Against"), "base", asked.base, GapBase.choices, GapBase.PLAN),
        menu(
            asked,
            _("Grouped by"),
            "by",
            asked.by,
            groups(asked),
            default_group(asked.scope, asked.nodes),
        ),
    ]
    if asked.scope.node and len(asked.nodes) > 1:
        nodes = [(node.pk, node.name) for node in asked.nodes]
        made.append(menu(asked, _("Team"), "team", asked.scope.id, nodes, asked.nodes[0].pk))
    return made


def groups(asked: Asked) -> list[tuple[str, Any]]:
    """A person is not told apart by team and seller."""
    left_out = (GapBy.TEAM, GapBy.SELLER) if asked.scope.node is None else ()
    return [(code, label) for code, label in GapBy.choices if code not in left_out]


def month_chip(asked: Asked) -> dict[str, Any]:
    current = month_of(company_today()).start
    months = [add_months(current, -back) for back in range(MONTHS_BACK + 1)]
    options = [(f"{month:%Y-%m}", month_of(month).label) for month in months]
    chosen = f"{asked.period.start:%Y-%m}"
    chip = menu(asked, _("Period"), "month", chosen, options, f"{current:%Y-%m}")
    return chip | {"value": asked.period.label}


def menu(
    asked: Asked, label: str, name: str, chosen: Any, options: Any, default: Any
) -> dict[str, Any]:
    return {
        "label": label,
        "value": dict(options).get(chosen, ""),
        "is_set": chosen != default,
        "options": [
            {"label": text, "url": asked.url(**{name: code}), "is_current": code == chosen}
            for code, text in options
        ],
    }
