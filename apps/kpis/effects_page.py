"""Decisions and what they moved, in words, figures, links and a chart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import numerals
from apps.core.decision_kinds import DecisionKind, kind_of
from apps.core.metrics import Metric, find_metric, source_of
from apps.core.models import Decision
from apps.core.periods import Period
from apps.kpis import value_words
from apps.kpis.calculations.effect import on_the_plan, relative, windows_of
from apps.kpis.effect_choices import EffectVerdict
from apps.kpis.models.effects import DecisionEffect, EffectPerson, decisions_visible_to
from apps.staff.models import User

# A total of fewer people than these out of sight would tell of each of them.
FEWEST_STRANGERS = 3
TONES = {EffectVerdict.BETTER: "good", EffectVerdict.WORSE: "bad"}
CLEAR = (EffectVerdict.BETTER, EffectVerdict.WORSE)
REVENUE = "revenue"


def listed(viewer: Any) -> Any:
    """The decisions `viewer` may see with what a line of the list says, the newest first."""
    return (
        decisions_visible_to(viewer)
        .select_related("author")
        .annotate(people_count=Count("people"))
        .prefetch_related(Prefetch("effects", to_attr="measurements"))
        .order_by("-starts_on", "-pk")
    )


@dataclass(frozen=True)
class Bar:
    """The interval on a line that always shows zero; all are shares of its length."""

    left: float
    width: float
    middle: float
    zero: float


def bar_of(low: float, middle: float, high: float) -> Bar:
    first, last = min(low, 0.0), max(high, 0.0)
    length = (last - first) * 1.1 or 1.0
    edge = first - length / 22

    def place(value: float) -> float:
        return (value - edge) / length

    return Bar(place(low), (high - low) / length, place(middle), place(0.0))


@dataclass(frozen=True)
class Line:
    """A decision with its measurement, as `viewer` may know it."""

    decision: Decision
    measurement: DecisionEffect | None
    viewer: Any
    today: date
    # Peers out of the viewer's sight, fewer than three: figures would tell of them.
    hides_figures: bool = False

    @property
    def kind(self) -> DecisionKind:
        return kind_of(self.decision.kind)

    @property
    def address(self) -> str:
        return self.kind.address(self.decision, self.viewer)

    @property
    def metric(self) -> Metric | None:
        return find_metric(self.decision.metric)

    @property
    def metric_label(self) -> str:
        return str(self.metric.label) if self.metric else self.decision.metric

    @property
    def expected(self) -> str:
        change = self.decision.expected_change
        if change is None:
            return ""
        return numerals.percent(change, 1, signed=True) if change else _("no change")

    @property
    def is_over(self) -> bool:
        return self.measurement is not None and self.measurement.is_over

    @property
    def has_figures(self) -> bool:
        return self.is_over and self.row.effect is not None and not self.hides_figures

    @property
    def row(self) -> DecisionEffect:
        if self.measurement is None:
            raise LookupError("the decision has no measurement yet")
        return self.measurement

    @property
    def state(self) -> str:
        """In words: the verdict, or until when it is measured, or why it is not."""
        if self.is_over:
            return str(EffectVerdict(self.row.verdict).label)
        if self.metric is None:
            return _("not measured: no metric is named")
        if self.decision.starts_on > self.today:
            return _("begins %(day)s") % {"day": numerals.day(self.decision.starts_on)}
        if self.ends_on < self.today:
            return _("measured by the next calculation")
        return _("measuring until %(day)s") % {"day": numerals.day(self.ends_on)}

    @property
    def ends_on(self) -> date:
        """The last day that is measured."""
        return windows_of(self.decision.starts_on, self.decision.ends_on).after.last_day

    @property
    def tone(self) -> str:
        return TONES.get(EffectVerdict(self.row.verdict), "") if self.is_over else ""

    @property
    def is_clear(self) -> bool:
        return self.has_figures and self.row.verdict in CLEAR

    @property
    def effect(self) -> str:
        """As a share of what was expected without it where that exists, else as it is."""
        if not self.has_figures or self.metric is None:
            return ""
        share = self.share
        if share is not None:
            return numerals.percent(share, 1, signed=True)
        return value_words.difference(self.metric, self.row.effect)

    @property
    def share(self) -> float | None:
        row = self.row
        without = row.treated_before + row.peers_after - row.peers_before
        return relative(float(row.effect), float(without))

    @property
    def bar(self) -> Bar:
        row = self.row
        return bar_of(float(row.low), float(row.effect), float(row.high))

    @property
    def interval(self) -> str:
        if self.metric is None:
            return ""
        words = {
            "low": value_words.difference(self.metric, self.row.low),
            "high": value_words.difference(self.metric, self.row.high),
        }
        return _("from %(low)s to %(high)s") % words


def lines(decisions: Iterable[Any], viewer: Any, today: date) -> list[Line]:
    """The lines of a page of `listed` decisions."""
    found = [(one, one.measurements[0] if one.measurements else None) for one in decisions]
    hidden = with_few_strangers([row.pk for _one, row in found if row], viewer)
    return [
        Line(one, row, viewer, today, hides_figures=row is not None and row.pk in hidden)
        for one, row in found
    ]


def with_few_strangers(measurements: list[int], viewer: Any) -> set[int]:
    """Measurements with one or two peers whose work `viewer` does not see."""
    peers = EffectPerson.objects.filter(measurement__in=measurements, is_treated=False)
    strangers = peers.exclude(user__in=User.objects.work_visible_to(viewer).values("pk"))
    counted = strangers.order_by().values("measurement").annotate(n=Count("pk"))
    return {row["measurement"] for row in counted if row["n"] < FEWEST_STRANGERS}


@dataclass(frozen=True)
class PersonLine:
    """Both windows of one person; `name` empty for someone out of sight."""

    name: str
    is_treated: bool
    before: str
    after: str
    url: str = ""


def people_lines(line: Line) -> tuple[list[PersonLine], list[PersonLine], int]:
    """The treated and the peers that the viewer sees, and how many peers he does not."""
    metric = line.metric
    if metric is None or line.measurement is None:
        return [], [], 0
    rows = EffectPerson.objects.filter(measurement=line.measurement)
    seen = rows.visible_to(line.viewer).select_related("user").order_by("user__name_key", "pk")
    made = [person_line(metric, line.measurement, row) for row in seen]
    peers = [one for one in made if not one.is_treated]
    treated = [one for one in made if one.is_treated]
    return treated, peers, line.measurement.peers_count - len(peers)


def person_line(metric: Metric, row: DecisionEffect, person: EffectPerson) -> PersonLine:
    return PersonLine(
        str(person.user),
        person.is_treated,
        ratio(metric, person.before_top, person.before_bottom),
        ratio(metric, person.after_top, person.after_bottom),
        metric.rows(person.user_id, row.after) if metric.rows else "",
    )


def ratio(metric: Metric, top: Decimal, bottom: Decimal) -> str:
    return value_words.shown(metric, top / bottom if bottom else None)


def shown(line: Line) -> dict[str, Any]:
    """What the page of a decision shows of its measurement."""
    treated, peers, strangers = people_lines(line)
    context: dict[str, Any] = {
        "line": line,
        "treated": treated,
        "peers": peers,
        "strangers": strangers,
        "windows": windows_of(line.decision.starts_on, line.decision.ends_on),
    }
    if line.has_figures and line.metric is not None:
        context |= {
            "figures": figures(line, line.metric),
            "chart": chart(line, line.metric),
            "verdict": verdict(line),
            "per": value_words.per_what(line.metric, is_balance=is_balance(line.metric)),
            "plan": on_plan(line, today=line.today),
            "reservations": reservations(line.row),
            "rows_url": rows_address(line.metric, line.row.after),
        }
    return context


def is_balance(metric: Metric) -> bool:
    return any(source_of(code).is_stock for code in metric.sources)


def rows_address(metric: Metric, period: Period) -> str:
    return metric.rows(None, period) if metric.rows else ""


def figures(line: Line, metric: Metric) -> list[tuple[str, int, str, str, str]]:
    """Group, people, before, after, change."""
    row = line.row
    groups = (
        (_("Whom it is about"), row.treated_count, row.treated_before, row.treated_after),
        (_("Their peers"), row.peers_count, row.peers_before, row.peers_after),
    )
    return [
        (
            label,
            count,
            value_words.shown(metric, before),
            value_words.shown(metric, after),
            value_words.difference(metric, after - before),
        )
        for label, count, before, after in groups
    ]


def chart(line: Line, metric: Metric) -> dict[str, Any]:
    """Before, what the time brought to everybody, what the decision did, after: it adds up."""
    row = line.row
    scale, unit = value_words.chart_scale(metric)

    def term(label: str, value: Decimal, *, is_total: bool = False) -> dict[str, Any]:
        return {
            "label": label,
            "note": "",
            "value": float(round(value / scale, 3)),
            "is_total": is_total,
        }

    return {
        "unit": unit,
        "terms": [
            term(_("Before"), row.treated_before, is_total=True),
            term(_("As for the peers"), row.peers_after - row.peers_before),
            term(_("Effect"), row.effect),
            term(_("After"), row.treated_after, is_total=True),
        ],
    }


def verdict(line: Line) -> str:
    """The measurement in a sentence or two."""
    words = {"metric": line.metric_label, "effect": line.effect, "interval": line.interval}
    if not line.is_clear:
        return _("%(metric)s: no clear effect, the interval holds zero.") % words
    first = _("%(metric)s: %(effect)s against the peers.") % words
    return f"{first} {against_expected(line)}".strip()


def against_expected(line: Line) -> str:
    expected, share = line.decision.expected_change, line.share
    if expected is None or share is None:
        return ""
    words = {"expected": line.expected}
    if (share > 0) != (expected > 0) and expected:
        return _("Expected was %(expected)s: it went the other way.") % words
    if abs(share) >= abs(expected):
        return _("Expected was %(expected)s: it is reached.") % words
    return _("Expected was %(expected)s: it is not reached.") % words


@dataclass(frozen=True)
class OnPlan:
    """What the effect brings by the end of the year, with the bounds of its interval."""

    amount: float
    low: float
    high: float
    year: int


def on_plan(line: Line, *, today: date) -> OnPlan | None:
    """Of revenue alone, when it is clear and something is left of the year."""
    row, until = line.row, line.decision.ends_on
    since = max(row.after_end, today)
    if not line.is_clear or row.metric != REVENUE or (until is not None and until <= since):
        return None
    amount, low, high = (
        on_the_plan(float(value), people=row.treated_count, since=since, until=until)
        for value in (row.effect, row.low, row.high)
    )
    return OnPlan(amount, low, high, since.year)


def reservations(row: DecisionEffect) -> list[str]:
    """Reservations about the measurement."""
    said = []
    if row.left_out_count:
        text = ngettext(
            "%(n)s person is left out: not there all the time, or nobody stands on that level.",
            "%(n)s people are left out: not there all the time, or nobody stands on their level.",
            row.left_out_count,
        )
        said.append(text % {"n": numerals.number(row.left_out_count)})
    if row.also_decided_count:
        text = ngettext(
            "%(n)s of them was meant by another decision of these weeks too: it may have done it.",
            "%(n)s of them were meant by other decisions of these weeks too: they may have done it.",
            row.also_decided_count,
        )
        said.append(text % {"n": numerals.number(row.also_decided_count)})
    return said
