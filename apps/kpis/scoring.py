"""Judging a person's month by the rules of a scheme: the night, the trial and the form ask here.

Everything of a month is read once for everybody (MonthReader); judging then asks no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TypedDict

from django.db.models import Sum

from apps.core.metrics import (
    FEWEST_CASES,
    Columns,
    Direction,
    Metric,
    Unit,
    added,
    all_metrics,
    find_metric,
    source_in,
    source_of,
)
from apps.core.periods import add_months
from apps.kpis.calculations import expressions
from apps.kpis.calculations import score as calc
from apps.kpis.calculations.expressions import ExpressionError, Node
from apps.kpis.choices import PlanLevel
from apps.kpis.choices_schemes import Bound, Curve, ItemDirection, TargetKind
from apps.kpis.measuring import month_columns
from apps.kpis.models import PlanLine, PlanVersion, SchemeGate, SchemeItem, SchemeVersion

MONTHS_BEFORE = 3
ONE = Decimal(1)
# What is kept of a figure: enough for every unit, small enough for JSON.
KEPT = Decimal("0.0001")


class ItemRow(TypedDict):
    """A line of a scorecard. Facts and targets are in the metric's unit, the rest are shares."""

    formula: str
    name: str  # of a formula of one's own; a metric has its own
    unit: str
    target_kind: str
    fact: Decimal | None
    target: Decimal | None
    n: int | None  # cases behind a metric that counts them
    off: str  # calc.Off
    attainment: Decimal | None
    floor: Decimal
    cap: Decimal
    weight: Decimal  # stated, in percent
    weight_used: Decimal  # after rescaling; 0 when off
    points: Decimal  # the lines' points make the score before the gates
    on_pace: Decimal | None  # attainment of what was due by now
    light: str
    usual: Decimal | None  # own average of the three months before (of a flow: its part by now)
    trend: Decimal | None  # fact against it
    standing: Decimal | None  # share of the peers below
    is_less_better: bool


class GateRow(TypedDict):
    formula: str
    unit: str
    bound: str
    limit: Decimal
    factor: Decimal
    fact: Decimal | None
    is_broken: bool | None  # None: nothing is known


def knows_person(columns: Columns) -> bool:
    """Whether anything was written down of the person; working days alone are the calendar's."""
    return any(source_in(name) != "presence" for name in columns)


@dataclass
class MonthFacts:
    """A month with the three before it; `share` is what working days had to bring of it by now."""

    month: date
    share: Decimal
    columns: Mapping[int, Columns]
    before: list[Mapping[int, Columns]]
    plans: Mapping[int, Decimal]

    def usual_columns(self, person: int) -> tuple[Columns, int]:
        """The sums of the months before that know the person, and how many they are."""
        known = [
            columns[person] for columns in self.before if knows_person(columns.get(person, {}))
        ]
        return added(known), len(known)


class MonthReader:
    """Reads each month once, however many months lean on it."""

    def __init__(self) -> None:
        self._columns: dict[date, Mapping[int, Columns]] = {}

    def columns(self, start: date) -> Mapping[int, Columns]:
        if start not in self._columns:
            self._columns[start] = month_columns(start)
        return self._columns[start]

    def facts(self, start: date, share: Decimal = ONE) -> MonthFacts:
        before = [self.columns(add_months(start, -back)) for back in range(1, MONTHS_BEFORE + 1)]
        return MonthFacts(start, share, self.columns(start), before, planned_revenue(start))


def planned_revenue(month: date) -> dict[int, Decimal]:
    """Each person's plan of the month by the version in force."""
    version = PlanVersion.objects.in_force(month.year).first()
    lines = PlanLine.objects.filter(
        version=version, month=month, metric="revenue", level=PlanLevel.PLAN, user__isnull=False
    )
    sums = lines.order_by().values_list("user").annotate(Sum("amount"))
    return {person: amount for person, amount in sums if person is not None}


@dataclass(frozen=True)
class Formula:
    """A metric, or arithmetic over metrics; `tree` is None when one of them is no longer there."""

    text: str
    tree: Node | None

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(expressions.names(self.tree)) if self.tree else frozenset()

    @cached_property
    def metric(self) -> Metric | None:
        """The metric, when the formula is nothing else."""
        return find_metric(self.tree.name) if self.tree and self.tree.name else None

    @property
    def unit(self) -> str:
        return self.metric.unit.value if self.metric else Unit.RATIO.value

    @cached_property
    def is_flow(self) -> bool:
        """Whether it grows over the month, so that half a month means half of it."""
        return self.tree is not None and grows(self.tree)

    def figure(self, columns: Columns, months: int = 1) -> Figure:
        """What it comes to over `columns`: the sums of so many months, averaged."""
        values, cases, few = {}, None, False
        for code in self.codes:
            metric = find_metric(code)
            if metric is None:
                continue
            if not is_known(metric, columns):
                continue
            measure = metric.measure(columns)
            is_few = metric.is_rate and measure.n < FEWEST_CASES
            value = None if is_few else measure.value
            values[code] = value / months if value is not None and not metric.bottom else value
            cases, few = measure.n, few or is_few
        value = expressions.evaluate(self.tree, values) if self.tree else None
        n = cases if self.metric and self.metric.n else None
        return Figure(value, n, few)


@dataclass(frozen=True)
class Figure:
    value: Decimal | None
    n: int | None
    is_few: bool


def read_formula(text: str) -> Formula:
    try:
        return Formula(text, expressions.parse(text, metric_codes()))
    except ExpressionError:
        return Formula(text, None)


def metric_codes() -> frozenset[str]:
    return frozenset(metric.code for metric in all_metrics())


def grows(tree: Node) -> bool:
    """Sums of flows, their choice, and flows times or by a number."""
    if tree.name:
        metric = find_metric(tree.name)
        return metric is not None and is_flow(metric)
    if tree.sign in ("×", "÷"):
        flows = [part for part in tree.parts if grows(part)]
        numbers = [part for part in tree.parts if not expressions.names(part)]
        return len(flows) == len(numbers) == 1 and (tree.sign == "×" or grows(tree.parts[0]))
    return bool(tree.parts) and all(grows(part) for part in tree.parts)


def is_known(metric: Metric, columns: Columns) -> bool:
    """No event is zero; no closing balance is nothing known."""
    stocks = [code for code in metric.sources if source_of(code).is_stock]
    return not stocks or any(name.partition(".")[0] in stocks for name in columns)


def is_flow(metric: Metric) -> bool:
    return not metric.bottom and not any(source_of(code).is_stock for code in metric.sources)


@dataclass(frozen=True)
class Line:
    """An item of a scheme, read."""

    item: SchemeItem
    formula: Formula
    rule: calc.Rule


@dataclass(frozen=True)
class Rules:
    """A version, read once for all people."""

    version: SchemeVersion
    lines: list[Line]
    gates: list[tuple[SchemeGate, Formula]]


def read_rules(version: SchemeVersion) -> Rules:
    return Rules(
        version,
        [_line(item) for item in version.items.all()],
        [(gate, read_formula(gate.formula)) for gate in version.gates.all()],
    )


def _line(item: SchemeItem) -> Line:
    formula = read_formula(item.formula)
    steps = tuple((Decimal(at), Decimal(got)) for at, got in item.steps)
    rule = calc.Rule(
        key=item.formula,
        weight=item.weight,
        floor=item.floor,
        cap=item.cap,
        is_less_better=is_less_better(item.direction, formula),
        steps=steps if item.curve == Curve.STEPS else (),
    )
    return Line(item, formula, rule)


def is_less_better(stated: str, formula: Formula) -> bool:
    if stated:
        return stated == ItemDirection.LESS
    return formula.metric is not None and formula.metric.direction == Direction.LESS


@dataclass
class Judged:
    """What came out for a person; the night adds how he stands among his peers."""

    person: int
    rules: Rules
    score: calc.Score
    on_pace: Decimal | None
    items: list[ItemRow] = field(default_factory=list)
    gates: list[GateRow] = field(default_factory=list)

    @property
    def value(self) -> Decimal | None:
        return self.score.value


def judge(rules: Rules, person: int, facts: MonthFacts) -> Judged:
    mine = facts.columns.get(person, {})
    usual_columns, months = facts.usual_columns(person)
    seen = [
        Seen(line, facts, line.formula.figure(mine), _usual(line, usual_columns, months), person)
        for line in rules.lines
    ]
    gates = [_gate(gate, formula, mine) for gate, formula in rules.gates]
    factors = [gate["factor"] for gate in gates if gate["is_broken"]]
    whole = calc.score([(one.line.rule, one.given) for one in seen], factors)
    on_pace = whole
    if facts.share != ONE:
        on_pace = calc.score([(one.line.rule, one.given_by_now) for one in seen], factors)
    items = [
        one.row(part, due) for one, part, due in zip(seen, whole.parts, on_pace.parts, strict=True)
    ]
    return Judged(person, rules, whole, on_pace.value, items, gates)


def _usual(line: Line, columns: Columns, months: int) -> Decimal | None:
    return line.formula.figure(columns, months).value if months else None


@dataclass(frozen=True)
class Seen:
    """A line with what is known about it of one person."""

    line: Line
    facts: MonthFacts
    figure: Figure
    usual: Decimal | None
    person: int

    @property
    def target(self) -> Decimal | None:
        kind = self.line.item.target_kind
        if kind == TargetKind.PLAN:
            return self.facts.plans.get(self.person)
        return self.line.item.target if kind == TargetKind.FIXED else self.usual

    @property
    def given(self) -> calc.Given:
        return calc.Given(self.figure.value, self.target, self.figure.is_few)

    @property
    def given_by_now(self) -> calc.Given:
        return calc.Given(self.figure.value, self._by_now(self.target), self.figure.is_few)

    def _by_now(self, whole: Decimal | None) -> Decimal | None:
        return (
            whole * self.facts.share if whole is not None and self.line.formula.is_flow else whole
        )

    def row(self, part: calc.Part, due: calc.Part) -> ItemRow:
        usual = self._by_now(self.usual)
        item, formula = self.line.item, self.line.formula
        share = due.attainment
        return ItemRow(
            formula=item.formula,
            name=item.name,
            unit=formula.unit,
            target_kind=item.target_kind,
            fact=kept(self.figure.value),
            target=kept(self.target),
            n=self.figure.n,
            off=part.off.value,
            attainment=part.attainment,
            floor=item.floor,
            cap=item.cap,
            weight=item.weight,
            weight_used=part.weight_used,
            points=part.points,
            on_pace=share,
            light=calc.light(None if share is None else share * 100),
            usual=kept(usual),
            trend=calc.change(self.figure.value, usual),
            standing=None,
            is_less_better=self.line.rule.is_less_better,
        )


def kept(value: Decimal | None) -> Decimal | None:
    """A figure as the card keeps it; the score is counted from the exact one."""
    return None if value is None else value.quantize(KEPT, ROUND_HALF_UP)


def _gate(gate: SchemeGate, formula: Formula, columns: Columns) -> GateRow:
    fact = formula.figure(columns).value
    return GateRow(
        formula=gate.formula,
        unit=formula.unit,
        bound=gate.bound,
        limit=gate.limit,
        factor=gate.factor,
        fact=kept(fact),
        is_broken=calc.is_broken(fact, gate.limit, at_most=gate.bound == Bound.AT_MOST),
    )


def rank_peers(judged: Iterable[tuple[Judged, object]]) -> dict[int, tuple[Decimal | None, int]]:
    """How each person stands among those of his group: share below, people with a score.

    Writes the standing of each line into its row.
    """
    groups: dict[object, list[Judged]] = {}
    for one, group in judged:
        groups.setdefault(group, []).append(one)
    found = {}
    for members in groups.values():
        _rank_lines(members)
        scores = sorted(one.value for one in members if one.value is not None)
        for one in members:
            found[one.person] = calc.standing(one.value, scores), len(scores)
    return found


def _rank_lines(members: list[Judged]) -> None:
    by_formula: dict[str, list[ItemRow]] = {}
    for one in members:
        for row in one.items:
            by_formula.setdefault(row["formula"], []).append(row)
    for rows in by_formula.values():
        shares = sorted(row["attainment"] for row in rows if row["attainment"] is not None)
        for row in rows:
            row["standing"] = calc.standing(row["attainment"], shares)
