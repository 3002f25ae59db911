"""The pages of KPI schemes: who is judged by which, versions side by side, the trial in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import numerals
from apps.core.metrics import all_metrics, find_metric
from apps.core.periods import add_months, month_of
from apps.kpis.actions.schemes import ItemDraft
from apps.kpis.choices_schemes import Curve, TargetKind
from apps.kpis.figures import label_of, shown
from apps.kpis.models import KpiScheme, SchemeGate, SchemeItem, SchemeVersion
from apps.kpis.scheme_places import fits, read_places, ruling
from apps.kpis.scoring import MonthReader, is_less_better, read_formula
from apps.staff.models import User

# A change of less than this is neither gain nor loss.
NOTHING = Decimal("0.5")
MONTHS_AHEAD = 12
VALUES_SHOWN = 60


def whom(scheme: KpiScheme) -> str:
    """For whom the scheme is, in words."""
    if scheme.user is not None:
        return str(scheme.user)
    narrowed = scheme.position or scheme.get_role_display()
    return f"{scheme.node}, {narrowed}" if narrowed else str(scheme.node)


@dataclass(frozen=True)
class SchemeRow:
    """A scheme in the list: what is in force, what comes, whether a draft waits."""

    scheme: KpiScheme
    whom: str
    current: SchemeVersion | None
    coming: SchemeVersion | None
    draft: SchemeVersion | None
    people: int


def read_list(viewer: Any, today: date) -> list[SchemeRow]:
    month = month_of(today).start
    versions = SchemeVersion.objects.order_by("-number")
    schemes = (
        KpiScheme.objects.visible_to(viewer)
        .select_related("node", "position", "user")
        .prefetch_related(Prefetch("versions", versions))
    )
    judged = count_judged(today)
    return [_row(scheme, month, judged) for scheme in schemes]


def count_judged(today: date) -> Counter[int]:
    """How many people each scheme judges this month."""
    month = month_of(today)
    versions = list(SchemeVersion.objects.in_force(month.start).select_related("scheme__node"))
    found = (ruling(versions, place) for place in read_places(month).values())
    return Counter(version.scheme_id for version in found if version)


def _row(scheme: KpiScheme, month: date, judged: Counter[int]) -> SchemeRow:
    current, coming, draft = standing_of(scheme, list(scheme.versions.all()), month)
    return SchemeRow(scheme, whom(scheme), current, coming, draft, judged[scheme.pk])


def standing_of(
    scheme: KpiScheme, versions: list[SchemeVersion], month: date
) -> tuple[SchemeVersion | None, SchemeVersion | None, SchemeVersion | None]:
    """The version in force, the one that comes, the newest draft; `versions` the newest first."""
    started = sorted(
        (version for version in versions if version.starts_on),
        key=lambda version: (version.starts_on or month, version.number),
    )
    past = [version for version in started if version.starts_on and version.starts_on <= month]
    ahead = [version for version in started if version.starts_on and version.starts_on > month]
    has_ended = scheme.ends_on is not None and scheme.ends_on <= month
    draft = versions[0] if versions and not versions[0].starts_on else None
    current = past[-1] if past and not has_ended else None
    return current, ahead[-1] if ahead else None, draft


@dataclass(frozen=True)
class RuleRow:
    """A line of a version in words."""

    key: str
    label: str
    formula: str
    weight: str
    target: str
    bounds: str
    direction: str


def rule_rows(version: SchemeVersion) -> list[RuleRow]:
    return [_rule_row(item) for item in version.items.all()]


def _rule_row(item: SchemeItem) -> RuleRow:
    metric = find_metric(item.formula)
    less = is_less_better(item.direction, read_formula(item.formula))
    return RuleRow(
        key=item.formula,
        label=label_of(item.formula, item.name),
        formula="" if metric else item.formula,
        weight=numerals.percent(item.weight / 100, 0 if item.weight % 1 == 0 else 2),
        target=target_in_words(item),
        bounds=bounds_in_words(item),
        direction=_("less is better") if less else "",
    )


def target_in_words(item: SchemeItem) -> str:
    if item.target_kind == TargetKind.FIXED:
        return shown(item.target, read_formula(item.formula).unit)
    return str(TargetKind(item.target_kind).label)


def bounds_in_words(item: SchemeItem) -> str:
    text = _("from %(floor)s up to %(cap)s") % {
        "floor": numerals.percent(item.floor, 0),
        "cap": numerals.percent(item.cap, 0),
    }
    if item.curve != Curve.STEPS:
        return text
    steps = ", ".join(
        f"{numerals.percent(Decimal(at), 0)} → {numerals.percent(Decimal(got), 0)}"
        for at, got in item.steps
    )
    return _("%(bounds)s; steps %(steps)s") % {"bounds": text, "steps": steps}


def gate_in_words(gate: SchemeGate) -> str:
    return _("%(metric)s %(bound)s %(limit)s, else the score × %(factor)s") % {
        "metric": label_of(gate.formula),
        "bound": gate.get_bound_display(),
        "limit": shown(gate.limit, read_formula(gate.formula).unit),
        "factor": numerals.typed(gate.factor),
    }


@dataclass(frozen=True)
class Compared:
    """A line in two versions; None where it is missing."""

    label: str
    old: RuleRow | None
    new: RuleRow | None

    @property
    def is_changed(self) -> bool:
        return self.old != self.new


def compare(old: SchemeVersion, new: SchemeVersion) -> list[Compared]:
    """Line by line, those of the new version first."""
    before = {row.key: row for row in rule_rows(old)}
    after = {row.key: row for row in rule_rows(new)}
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Compared((after.get(key) or before[key]).label, before.get(key), after.get(key))
        for key in keys
    ]


@dataclass(frozen=True)
class TrialRow:
    """A person in the trial: (old, new) by month and their averages."""

    name: str
    person: int
    cells: list[tuple[Decimal | None, Decimal | None]]
    old: Decimal | None
    new: Decimal | None

    @property
    def change(self) -> Decimal | None:
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def tone(self) -> str:
        if self.change is None or abs(self.change) < NOTHING:
            return ""
        return "good" if self.change > 0 else "bad"


@dataclass(frozen=True)
class TrialPage:
    """The trial of a version as the viewer may see it; `hidden` people are out of his sight."""

    on: date
    months: list[date]
    rows: list[TrialRow]
    hidden: int

    @property
    def winners(self) -> int:
        return sum(row.tone == "good" for row in self.rows)

    @property
    def losers(self) -> int:
        return sum(row.tone == "bad" for row in self.rows)

    @property
    def old(self) -> Decimal | None:
        return mean(row.old for row in self.rows)

    @property
    def new(self) -> Decimal | None:
        return mean(row.new for row in self.rows)

    @property
    def verdict(self) -> str:
        """What would have changed, in one sentence."""
        if not self.rows:
            return _("Nobody fits this scheme at present.")
        if self.new is None:
            return _("Over these months there is nothing to count a score from.")
        if self.old is None:
            text = _("No scheme ruled before: the average score would have been %(new)s.")
            return text % {"new": numerals.number(self.new, 1)}
        text = _("The average score goes from %(old)s to %(new)s: %(winners)s, %(losers)s.")
        return text % {
            "old": numerals.number(self.old, 1),
            "new": numerals.number(self.new, 1),
            "winners": ngettext("%(n)s wins", "%(n)s win", self.winners) % {"n": self.winners},
            "losers": ngettext("%(n)s loses", "%(n)s lose", self.losers) % {"n": self.losers},
        }


def mean(values: Iterable[Decimal | None]) -> Decimal | None:
    """Of those that are known, to tenths."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return numerals.rounded(sum(known, Decimal(0)) / len(known), 1)


def read_trial(version: SchemeVersion, viewer: Any) -> TrialPage | None:
    """The kept trial with names, the greatest loss first; None when the version has none."""
    kept = version.trial
    if not kept:
        return None
    people = User.objects.work_visible_to(viewer).filter(
        pk__in=[row["person"] for row in kept["people"]]
    )
    names = {person.pk: person.get_full_name() for person in people}
    rows = [_trial_row(row, names) for row in kept["people"] if row["person"] in names]
    rows.sort(key=lambda row: (row.change is None, row.change or Decimal(0), row.name))
    months = [date.fromisoformat(month) for month in kept["months"]]
    return TrialPage(date.fromisoformat(kept["on"]), months, rows, len(kept["people"]) - len(rows))


def _trial_row(row: dict[str, Any], names: dict[int, str]) -> TrialRow:
    cells = [(_number(old), _number(new)) for old, new in zip(row["old"], row["new"], strict=True)]
    return TrialRow(
        names[row["person"]],
        row["person"],
        cells,
        mean(old for old, _new in cells),
        mean(new for _old, new in cells),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def start_months(today: date) -> list[tuple[str, str]]:
    first = month_of(today).start
    months = [add_months(first, ahead) for ahead in range(MONTHS_AHEAD + 1)]
    return [(f"{month:%Y-%m}", month_of(month).label) for month in months]


def catalogue() -> list[tuple[str, str]]:
    """Codes and names of the metrics, offered while a formula is typed."""
    return [(metric.code, str(metric.label)) for metric in all_metrics()]


@dataclass(frozen=True)
class Valued:
    """What each line would have come to last month, person by person."""

    month: date
    labels: list[str]
    rows: list[tuple[str, list[str]]]
    left_out: int


def value_lines(items: list[ItemDraft], scheme: KpiScheme, viewer: Any, today: date) -> Valued:
    """The figures of last month of those in sight whom the scheme fits."""
    month = add_months(today, -1)
    columns = MonthReader().columns(month)
    fitting = [
        place.person for place in read_places(month_of(month)).values() if fits(scheme, place)
    ]
    people = User.objects.work_visible_to(viewer).filter(pk__in=fitting).in_name_order()
    names = [(person.pk, person.get_full_name()) for person in people[:VALUES_SHOWN]]
    formulas = [read_formula(item.formula) for item in items]
    rows = [
        (
            name,
            [shown(one.figure(columns.get(pk, {})).value, one.unit) for one in formulas],
        )
        for pk, name in names
    ]
    return Valued(month, [item.label for item in items], rows, len(fitting) - len(rows))
