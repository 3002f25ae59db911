"""A scheme version as plain rules."""

from decimal import Decimal

from apps.bonuses.calculations import Gate, Step, Terms
from apps.bonuses.models import SchemeVersion


def terms_of(version: SchemeVersion) -> Terms:
    """Reads the steps unless they were prefetched; shares and amounts as stored."""
    steps = sorted(Step(tier.starts_at, tier.rate) for tier in version.tiers.all())
    return Terms(
        kind=version.kind,
        steps=steps,
        target=version.target_bonus or Decimal(0),
        accelerator=version.accelerator,
        ceiling=version.ceiling,
        cap=version.cap,
        overdue=_gate(version.overdue_limit, version.overdue_keeps),
        hygiene=_gate(version.hygiene_limit, version.hygiene_keeps),
    )


def _gate(limit: Decimal | None, keeps: Decimal) -> Gate | None:
    return None if limit is None else Gate(limit, keeps)
