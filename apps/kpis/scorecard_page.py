"""Scorecards in words, bars and links: the list of a month, one person's card, its past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.metrics import find_metric
from apps.core.periods import add_months, month_of
from apps.kpis.calculations.score import Off
from apps.kpis.choices_schemes import Bound, TargetKind
from apps.kpis.figures import label_of, shown
from apps.kpis.models import Scorecard
from apps.kpis.scoring import GateRow, ItemRow

MONTHS_SHOWN = 12
# The bar of an attainment ends at its cap, or here when the cap is lower.
SHORTEST_BAR = Decimal("1.2")
TENTH = Decimal("0.1")
TONES = {"good": "ok", "warn": "wn", "bad": "d", "": "m"}


@dataclass(frozen=True)
class CardLine:
    """A line of the card, ready to be drawn; `bar` and `mark` are fractions of the bar's width."""

    label: str
    formula: str
    url: str
    fact: str
    target: str
    target_note: str
    attainment: Decimal | None
    bar: Decimal
    mark: Decimal
    tone: str
    light: str
    points: Decimal
    most_points: Decimal
    weight: str
    floor: Decimal
    is_below_floor: bool
    off: str
    n: int | None
    trend: Decimal | None
    trend_tone: str
    usual: str
    standing: str


def card_line(row: ItemRow, person: int, month: date) -> CardLine:
    metric = find_metric(row["formula"])
    share, longest = row["attainment"], max(row["cap"], SHORTEST_BAR)
    return CardLine(
        label=label_of(row["formula"], row["name"]),
        formula="" if metric else row["formula"],
        url=metric.rows(person, month_of(month)) if metric and metric.rows else "",
        fact=shown(row["fact"], row["unit"]),
        target=shown(row["target"], row["unit"]),
        target_note=target_note(row),
        attainment=share,
        bar=min((share or Decimal(0)) / longest, Decimal(1)),
        mark=1 / longest,
        tone=TONES[row["light"]],
        light=row["light"],
        points=row["points"],
        most_points=row["weight_used"] * row["cap"],
        weight=weight_in_words(row),
        floor=row["floor"],
        is_below_floor=share is not None and share < row["floor"],
        off=why_off(row),
        n=row["n"],
        trend=row["trend"],
        trend_tone=trend_tone(row),
        usual=shown(row["usual"], row["unit"]),
        standing=standing_in_words(row["standing"]),
    )


def weight_in_words(row: ItemRow) -> str:
    """50 %; 50 % → 58,8 % after the weights were rescaled."""
    stated = numerals.percent(row["weight"] / 100, 0 if row["weight"] % 1 == 0 else 2)
    if row["off"] or row["weight_used"] == row["weight"]:
        return stated
    return f"{stated} → {numerals.percent(row['weight_used'] / 100)}"


def target_note(row: ItemRow) -> str:
    if row["target_kind"] == TargetKind.FIXED:
        return _("not more than") if row["is_less_better"] else str(TargetKind.FIXED.label)
    return str(TargetKind(row["target_kind"]).label)


def why_off(row: ItemRow) -> str:
    """Why the line does not count, in words; nothing when it does."""
    if not row["off"]:
        return ""
    words = {
        Off.FEW: _("too few cases: n=%(n)s, ten are needed") % {"n": row["n"]},
        Off.NO_FACT: _("nothing is known about it this month"),
        Off.NO_TARGET: _("there is no target for this month"),
    }
    return words[Off(row["off"])]


def trend_tone(row: ItemRow) -> str:
    """A change of a tenth is worth a colour."""
    trend = row["trend"]
    if trend is None or abs(trend) < TENTH:
        return ""
    return "good" if (trend > 0) != row["is_less_better"] else "bad"


def standing_in_words(standing: Decimal | None) -> str:
    if standing is None:
        return ""
    return _("above %(share)s of colleagues") % {"share": numerals.percent(standing, 0)}


@dataclass(frozen=True)
class GateLine:
    text: str
    is_broken: bool | None


def gate_line(row: GateRow) -> GateLine:
    """“Hygiene at least 80 %: now 72 %, the score is multiplied by 0.9”."""
    values = {
        "metric": label_of(row["formula"]),
        "bound": str(Bound(row["bound"]).label),
        "limit": shown(row["limit"], row["unit"]),
        "fact": shown(row["fact"], row["unit"]),
        "factor": numerals.typed(row["factor"]),
    }
    if row["is_broken"] is None:
        text = _("%(metric)s %(bound)s %(limit)s: not known, so it takes nothing away")
    elif row["is_broken"]:
        text = _("%(metric)s %(bound)s %(limit)s: it is %(fact)s, the score × %(factor)s")
    else:
        text = _("%(metric)s %(bound)s %(limit)s: it is %(fact)s, kept")
    return GateLine(text % values, row["is_broken"])


@dataclass(frozen=True)
class PastMonth:
    month: date
    label: str
    url: str
    score: Decimal | None
    bar: Decimal
    is_current: bool


@dataclass(frozen=True)
class CardPage:
    """A person's card of a month; without `card` the month has none."""

    person: Any
    month: date
    card: Scorecard | None
    past: list[PastMonth]

    @property
    def lines(self) -> list[CardLine]:
        if self.card is None:
            return []
        return [card_line(row, self.person.pk, self.month) for row in self.card.items]

    @property
    def gates(self) -> list[GateLine]:
        return [gate_line(row) for row in self.card.gates] if self.card else []

    @property
    def standing(self) -> str:
        return standing_in_words(self.card.standing) if self.card else ""

    @property
    def is_over(self) -> bool:
        return self.card is not None and self.card.share_expected >= 1

    @property
    def before(self) -> str:
        return card_address(self.person.pk, add_months(self.month, -1))

    @property
    def after(self) -> str:
        return card_address(self.person.pk, add_months(self.month, 1))


def card_address(person: int, month: date) -> str:
    return f"{reverse('kpis:scorecard', args=[person])}?month={month:%Y-%m}"


def read_card(viewer: Any, person: Any, month: date) -> CardPage:
    """The card with the scores of twelve months up to it."""
    first = add_months(month, 1 - MONTHS_SHOWN)
    cards = Scorecard.objects.visible_to(viewer).filter(
        user=person, month__gte=first, month__lte=month
    )
    found = {card.month: card for card in cards.shown().select_related("run", "version__scheme")}
    scores = [card.score for card in found.values() if card.score is not None]
    longest = max([*scores, Decimal(100)])
    past = [
        _past(person.pk, add_months(first, shift), found, month, longest)
        for shift in range(MONTHS_SHOWN)
    ]
    return CardPage(person, month, found.get(month), past if found else [])


def _past(
    person: int, month: date, found: dict[date, Scorecard], asked: date, longest: Decimal
) -> PastMonth:
    card = found.get(month)
    score = card.score if card else None
    return PastMonth(
        month=month,
        label=month_of(month).label,
        url=card_address(person, month) if card else "",
        score=score,
        bar=(score or Decimal(0)) / longest,
        is_current=month == asked,
    )


@dataclass(frozen=True)
class ListRow:
    """A person in the list of a month."""

    card: Scorecard
    url: str
    chips: list[tuple[str, str, str]]  # label, percent, tone
    change: Decimal | None
    standing: str


def list_rows(cards: list[Scorecard], before: dict[int, Decimal | None]) -> list[ListRow]:
    return [
        ListRow(
            card=card,
            url=card_address(card.user_id, card.month),
            chips=[chip(row) for row in card.items],
            change=_difference(card.score, before.get(card.user_id)),
            standing=numerals.percent(card.standing, 0) if card.standing is not None else "",
        )
        for card in cards
    ]


def chip(row: ItemRow) -> tuple[str, str, str]:
    if row["off"]:
        return label_of(row["formula"], row["name"]), "–", ""
    share = numerals.percent(row["attainment"], 0)
    return label_of(row["formula"], row["name"]), share, row["light"]


def _difference(now: Decimal | None, was: Decimal | None) -> Decimal | None:
    return None if now is None or was is None else now - was
