"""The scale as a picture: where the steps stand, where the person does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.bonuses.calculations import Step
from apps.bonuses.models import SchemeVersion, Statement
from apps.bonuses.words import rate_of, roubles

ROOM = Decimal("1.25")


@dataclass(frozen=True)
class Mark:
    """A step at the share `place` of the width; `is_reached` by the base."""

    place: Decimal
    at: str
    rate: str
    is_reached: bool


@dataclass(frozen=True)
class Picture:
    """`here` is the share of the width that is filled; `text` says where that is."""

    marks: list[Mark]
    here: Decimal
    text: str


def picture_of(statement: Statement) -> Picture | None:
    """None where there is no scale to stand on."""
    version = statement.scheme_version
    if version is None or (version.is_scale and not statement.plan):
        return None
    steps = sorted(Step(tier.starts_at, tier.rate) for tier in version.tiers.all())
    if not steps:
        return None
    unit = statement.plan if version.is_scale and statement.plan else Decimal(1)
    value = max(statement.base / unit, Decimal(0))
    width = max(steps[-1].starts_at * ROOM, value * Decimal("1.1")) or Decimal(1)
    marks = [
        Mark(
            step.starts_at / width, _at(step, version), rate_of(step.rate), value >= step.starts_at
        )
        for step in steps
    ]
    return Picture(marks, value / width, rate_of(value) if version.is_scale else roubles(value))


def _at(step: Step, version: SchemeVersion) -> str:
    return rate_of(step.starts_at) if version.is_scale else roubles(step.starts_at)
