"""A snapshot as the page shows it: the verdict, bars, charts, tinted rows and links."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core import numerals
from apps.dashboard import tones
from apps.dashboard.comparison import compared
from apps.dashboard.rows import Rows
from apps.kpis.choices import ScopeKind
from apps.kpis.snapshots import KpiScore, Payload, TeamRow

MILLION_FROM = Decimal(3_000_000)
# Half-width of a 50 % interval over that of an 80 % one, for a normal error.
HALF_OF_80 = Decimal("0.674") / Decimal("1.2816")
# The rest of the exceptions and reasons is one click away.
BURNING_SHOWN = 10
REFUSALS_SHOWN = 8
PAST_SHOWN = 3
# Up to so many people the table of the team shows all; of more, the two ends until it is unfolded.
PEOPLE_UNFOLDED, PEOPLE_AHEAD, PEOPLE_BEHIND = 25, 8, 12
# Distances of two marks of the plan bar, as shares of its length: labels touch, labels overlap.
CLOSE = Decimal("0.15")
TOO_CLOSE = Decimal("0.06")
# A person's own page shows the scorecard itself.
NO_SCORES: Mapping[int, KpiScore] = {}


class Screen:
    """What the template of a scope and period reads; built from the payload and its people's scores.

    Money is shown in one unit for the whole page, millions or thousands of the company's currency.
    """

    def __init__(self, payload: Payload, scores: Mapping[int, KpiScore] = NO_SCORES) -> None:
        self.payload, self.scores = payload, scores
        self.start = date.fromisoformat(payload["period"]["start"])
        self.end = date.fromisoformat(payload["period"]["end"])
        self.rows = Rows(payload["scope"]["kind"], payload["scope"]["id"])

        self.scope, self.period = payload["scope"], payload["period"]
        self.plan, self.result, self.deals = payload["plan"], payload["result"], payload["deals"]
        self.forecast, self.receivables = payload["forecast"], payload["receivables"]

    @cached_property
    def month_name(self) -> str:
        """ "ноябрь": stands after a comma, so in lower case where the language writes so."""
        name = date_format(self.start, "F")
        return name.lower() if numerals.is_russian() else name

    @cached_property
    def in_millions(self) -> bool:
        plan, result = self.payload["plan"], self.payload["result"]
        return max(plan["plan"] or 0, result["fact"], Decimal(0)) >= MILLION_FROM

    @cached_property
    def unit(self) -> str:
        """ "млн ₽" or "RUB m": stands in headings."""
        currency = self.payload["currency"]
        if self.in_millions:
            return numerals.millions_unit(currency)
        return numerals.thousands_unit(currency)

    def amount(self, amount: Decimal | None) -> str:
        """ "2,44 млн ₽" or "RUB 2.44m": stands in sentences."""
        if numerals.is_russian():
            return f"{self.short(amount)}{numerals.SPACE}{self.unit}"
        currency = self.payload["currency"]
        return f"{currency}{numerals.SPACE}{self.short(amount)}{'m' if self.in_millions else 'k'}"

    def short(self, amount: Decimal | None, *, signed: bool = False) -> str:
        if self.in_millions:
            return numerals.millions(amount, signed=signed)
        return numerals.thousands(amount, signed=signed)

    @cached_property
    def verdict(self) -> str:
        """The first thing on the page, in one sentence."""
        plan, result = self.payload["plan"]["plan"], self.payload["result"]
        values = {
            "fact": self.amount(result["fact"]),
            "plan": self.amount(plan),
            "gap": self.amount(abs(result["gap"] or Decimal(0))),
            "share": numerals.percent(result["attainment"]),
            "rate": self.amount(result["run_rate"]),
        }
        return self._verdict_text() % values

    def _verdict_text(self) -> str:
        plan, result = self.payload["plan"]["plan"], self.payload["result"]
        if not plan:
            return _("%(fact)s earned; there is no plan to compare with.")
        if self.payload["period"]["is_over"]:
            return _("The plan was met by %(share)s: %(fact)s of %(plan)s.")
        if result["fact"] >= plan:
            return _("The plan is met: %(fact)s of %(plan)s.")
        if result["gap"] is None:
            return _("%(fact)s of %(plan)s so far.")
        if result["gap"] < 0:
            return _(
                "%(gap)s behind the pace. At this rate the month ends at %(rate)s; the plan is %(plan)s."
            )
        return _(
            "%(gap)s ahead of the pace. At this rate the month ends at %(rate)s; the plan is %(plan)s."
        )

    @property
    def fact_text(self) -> str:
        return self.short(self.payload["result"]["fact"])

    @property
    def plan_text(self) -> str:
        return self.short(self.payload["plan"]["plan"])

    @property
    def received_text(self) -> str:
        return self.short(self.payload["result"]["received"])

    @property
    def run_rate_text(self) -> str:
        return self.short(self.payload["result"]["run_rate"])

    @property
    def needed_text(self) -> str:
        return self.short(self.payload["result"]["needed_per_day"])

    @property
    def current_text(self) -> str:
        return self.short(self.payload["result"]["current_per_day"])

    @property
    def missing_text(self) -> str:
        return self.short(self.payload["result"]["short_per_day"])

    @cached_property
    def tone(self) -> str:
        return tones.pace(self.payload["result"]["pace"])

    @cached_property
    def pace_points(self) -> Decimal | None:
        """Pace above (or below) the expected one, as a difference of shares."""
        pace = self.payload["result"]["pace"]
        return None if pace is None else pace - 1

    @property
    def gap_url(self) -> str:
        """Where the difference from the plan is taken apart."""
        return self.rows.gap(self.start)

    @property
    def pace_gap(self) -> Decimal | None:
        """The same without its sign, for "6.4 points below"."""
        return None if self.pace_points is None else abs(self.pace_points)

    @cached_property
    def plan_bar(self) -> dict[str, Any]:
        plan, result = self.payload["plan"], self.payload["result"]
        levels = [
            (_("to date"), result["expected"], True),
            (_("minimum"), plan["minimum"], False),
            (_("plan"), plan["plan"], False),
        ]
        length = max(
            [result["fact"], *(amount for _label, amount, _is in levels if amount)]
        ) * Decimal("1.16")
        marks = [
            {
                "at": amount / length,
                "label": label,
                "value": self.short(amount),
                "is_today": is_today,
            }
            for label, amount, is_today in levels
            if amount and length
        ]
        return {"fact": result["fact"] / length if length else 0, "marks": _apart(marks)}

    @cached_property
    def chart(self) -> dict[str, Any]:
        """Cumulative lines in the page's unit, for charts.js."""
        series = self.payload["series"]
        drawn: dict[str, Any] = {
            "unit": self.unit,
            "days": series["days"],
            "plan": self._scaled(series["plan"]),
            "fact": self._scaled(series["fact"]),
        }
        if forecast := self._fan():
            drawn["forecast"] = forecast
        return drawn

    def _fan(self) -> dict[str, Any] | None:
        forecast = self.payload["forecast"]
        if not forecast or not any(value is not None for value in forecast["line"]):
            return None
        middle = [value for value in forecast["line"] if value is not None]
        low = _known(forecast["low"], middle)
        high = _known(forecast["high"], middle)
        inner = [
            (m - (m - b) * HALF_OF_80, m + (t - m) * HALF_OF_80)
            for m, b, t in zip(middle, low, high, strict=True)
        ]
        return {
            "middle": self._scaled(middle),
            "low80": self._scaled(low),
            "high80": self._scaled(high),
            "low50": self._scaled([bottom for bottom, _top in inner]),
            "high50": self._scaled([top for _bottom, top in inner]),
        }

    def _scaled(self, amounts: Sequence[Decimal | None]) -> list[float]:
        unit = Decimal(1_000_000 if self.in_millions else 1_000)
        return [round(float(amount / unit), 3) for amount in amounts if amount is not None]

    @cached_property
    def burning(self) -> dict[str, Any] | None:
        part = self.payload["burning"]
        if part is None:
            return None
        rows = [
            {**row, "on_day": row["on"] and date.fromisoformat(row["on"])}
            for row in part["rows"][:BURNING_SHOWN]
        ]
        return {**part, "rows": rows}

    @property
    def closed_text(self) -> str:
        return self.short(self.forecast and self.forecast["closed_amount"])

    @property
    def weighted_text(self) -> str:
        return self.short(self.forecast and self.forecast["weighted_amount"])

    @property
    def pipeline_text(self) -> str:
        return self.short(self.forecast and self.forecast["pipeline_amount"])

    @cached_property
    def coverage_tone(self) -> str:
        if not self.forecast:
            return tones.PLAIN
        return tones.coverage(self.forecast["coverage"], self.forecast["coverage_needed"])

    @property
    def due_url(self) -> str:
        last = self.end - timedelta(days=1)
        return self.rows.deals(outcome="open", expected_to=last.isoformat())

    @cached_property
    def methods(self) -> list[dict[str, Any]]:
        labels = {"run_rate": _("Run-rate"), "weighted": _("Closed + weighted")}
        found = self.forecast["methods"] if self.forecast else []
        return [
            {**method, "label": labels[method["code"]], "amount_text": self.short(method["amount"])}
            for method in found
        ]

    @cached_property
    def past(self) -> list[dict[str, Any]]:
        return [
            {
                "day": date.fromisoformat(month["month"]),
                "forecast_text": self.short(month["forecast"]),
                "fact_text": self.short(month["fact"]),
                "error": month["error"],
            }
            for month in (self.forecast["past"][:PAST_SHOWN] if self.forecast else [])
        ]

    @cached_property
    def compared(self) -> list[dict[str, Any]]:
        return compared(self.payload, self.rows, self.short)

    @property
    def debtors_url(self) -> str:
        return self.rows.debtors()

    @cached_property
    def team(self) -> list[dict[str, Any]]:
        """Teams below the scope first, then its people; each by pace, as the night left them."""
        rows = sorted(self.payload["team"], key=lambda row: row["kind"] == ScopeKind.PERSON)
        return [self._team_row(row) for row in rows]

    @cached_property
    def folded_team(self) -> list[dict[str, Any]]:
        """The table as it opens: of many people those furthest ahead and furthest behind."""
        nodes = [row for row in self.team if row["kind"] != ScopeKind.PERSON]
        people = [row for row in self.team if row["kind"] == ScopeKind.PERSON]
        if len(people) <= PEOPLE_UNFOLDED:
            return self.team
        return [*nodes, *people[:PEOPLE_AHEAD], *people[-PEOPLE_BEHIND:]]

    @property
    def everyone_url(self) -> str:
        """This page with the whole table."""
        query = {"team": self.scope["id"], "month": f"{self.start:%Y-%m}", "everyone": 1}
        return f"{reverse('dashboard:department')}?{urlencode(query)}"

    @property
    def people_hidden(self) -> int:
        return len(self.team) - len(self.folded_team)

    @cached_property
    def total(self) -> dict[str, Any]:
        return self._team_row(self.payload["total"])

    def _team_row(self, row: TeamRow) -> dict[str, Any]:
        total = self.payload["total"]
        forecast = self.payload["forecast"]
        needed = forecast["coverage_needed"] if forecast else None
        own = Rows(row["kind"], row["id"])
        score = self.scores.get(row["id"]) if row["kind"] == ScopeKind.PERSON else None
        return {
            **row,
            "score": score,
            "score_url": self._card_of(row) if score else "",
            "url": self._page_of(row),
            "rows": own.deals(outcome="open"),
            "won": own.closed("won", self.start, self.end),
            "share": row["attainment"] or 0,
            "expected_share": self.payload["result"]["share_expected"],
            "pace_tone": tones.pace(row["pace"]),
            "coverage_tone": tones.coverage(row["coverage"], needed),
            "conversion_tone": tones.against(
                row["conversion"], total["conversion"], row["conversion_n"]
            ),
            "activity_tone": tones.activity(row["against_norm"]),
            "hygiene_tone": tones.hygiene(row["hygiene"], row["hygiene_n"]),
            "stuck_url": own.deals(outcome="open", stuck=1),
            "late_url": own.late_tasks(),
        }

    def _page_of(self, row: TeamRow) -> str:
        month = f"{self.start:%Y-%m}"
        if row["kind"] == ScopeKind.PERSON:
            return f"{reverse('dashboard:employee', args=[row['id']])}?month={month}"
        return f"{reverse('dashboard:department')}?team={row['id']}&month={month}"

    def _card_of(self, row: TeamRow) -> str:
        return f"{reverse('kpis:scorecard', args=[row['id']])}?month={self.start:%Y-%m}"

    @cached_property
    def won_url(self) -> str:
        return self.rows.closed("won", self.start, self.end)

    @cached_property
    def lost_url(self) -> str:
        return self.rows.closed("lost", self.start, self.end)

    @cached_property
    def funnel(self) -> list[dict[str, Any]]:
        part = self.payload["funnel"]
        rows = part["rows"] if part else []
        widest = max((row["entered"] for row in rows), default=0)
        return [
            {
                **row,
                "width": row["entered"] / widest if widest else 0,
                "open_url": self.rows.deals(stage=row["stage_id"], outcome="open"),
                "stuck_url": self.rows.deals(stage=row["stage_id"], outcome="open", stuck=1),
            }
            for row in rows
        ]

    @cached_property
    def refusals(self) -> list[dict[str, Any]]:
        part = self.payload["refusals"]
        rows = part["days_90"] if part else []
        widest = max((row["amount"] for row in rows), default=0)
        return [
            {
                **row,
                "width": row["amount"] / widest if widest else 0,
                "amount_text": self.short(row["amount"]),
                "url": self.rows.deals(outcome="lost", reason=row["reason_id"]),
            }
            for row in rows[:REFUSALS_SHOWN]
        ]

    @cached_property
    def ageing(self) -> list[dict[str, Any]]:
        labels = {
            "not_due": _("Not due yet"),
            "1_30": _("1–30 days"),
            "31_60": _("31–60 days"),
            "61_90": _("61–90 days"),
            "over_90": _("Over 90 days"),
        }
        part = self.payload["receivables"]
        rows = part["rows"] if part else []
        return [
            {**row, "label": labels[row["code"]], "url": self.rows.receivables(bucket=row["code"])}
            for row in rows
        ]

    @cached_property
    def quality(self) -> list[tuple[str, int, str]]:
        """What is missing in open deals: label, count, the rows."""
        part = self.payload["quality"]
        gaps = [
            (_("no next step"), part["no_step"], {"no_step": 1}),
            (_("next step overdue"), part["overdue_step"], {"overdue_step": 1}),
            (_("expected close passed"), part["close_passed"], {"close_passed": 1}),
            (_("no expected close"), part["no_close_day"], {"no_close_day": 1}),
            (_("no amount"), part["no_amount"], {"no_amount": 1}),
            (_("no client"), part["no_client"], {"no_client": 1}),
        ]
        return [
            (label, count, self.rows.deals(outcome="open", **query)) for label, count, query in gaps
        ]


def _known(bounds: list[Decimal | None], middle: list[Decimal]) -> list[Decimal]:
    """The bounds beside `middle`; where history gave none, the middle itself."""
    found = [bound for bound in bounds if bound is not None]
    return found if len(found) == len(middle) else middle


def _apart(marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Marks from left to right, with the labels of close levels leaning away or dropped.

    Today's label has a line of its own and only leans away from the ends of the bar.
    """
    ordered = sorted(marks, key=lambda mark: mark["at"])
    for left, right in pairwise(mark for mark in ordered if not mark["is_today"]):
        distance = right["at"] - left["at"]
        if distance < TOO_CLOSE:
            left |= {"label": "", "value": ""}
        elif distance < CLOSE:
            left["lean"], right["lean"] = left.get("lean") or "end", "st"
    for today in (mark for mark in ordered if mark["is_today"]):
        if not CLOSE < today["at"] < 1 - CLOSE:
            today["lean"] = "st" if today["at"] <= CLOSE else "end"
    return ordered
