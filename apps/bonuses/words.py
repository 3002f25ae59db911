"""Schemes, statements and lines in words: the same everywhere, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.bonuses.calculations import Step, tier_parts
from apps.bonuses.choices import Base, Kind, LineKind
from apps.bonuses.models import SchemeVersion, Statement, StatementLine
from apps.core.company_currency import company_currency
from apps.core.numerals import money, percent, typed
from apps.core.periods import month_of

WHOLE = Decimal(1)
# What keeps a part of the month's own bonus back.
HELD = (LineKind.CAP, LineKind.OVERDUE, LineKind.HYGIENE)


def roubles(value: Decimal) -> str:
    return money(value, company_currency())


def exactly(value: Decimal) -> str:
    return money(value, company_currency(), 2)


def precise(value: Decimal) -> str:
    """With kopecks where there are any: a sum that a person may check by hand."""
    return roubles(value) if value == value.to_integral_value() else exactly(value)


def rate_of(share: Decimal) -> str:
    """5 %, 4,8 %: no more digits than it has."""
    hundredth = share * 100
    digits = max(-int(hundredth.normalize().as_tuple().exponent), 0)
    return percent(share, min(digits, 2))


def rules_of(version: SchemeVersion) -> list[str]:
    """The whole scheme, sentence by sentence."""
    return [*_how_counted(version), *_what_is_kept(version), _taken_back(version)]


def base_of(version: SchemeVersion) -> str:
    vat = _("with VAT") if version.with_vat else _("without VAT")
    return f"{version.get_base_display()}, {vat}"


def kind_of(version: SchemeVersion) -> str:
    """Marginal or retroactive, said so that nobody mixes them up."""
    return {
        Kind.MARGINAL: _("Marginal: each rate pays only for the part of the sum inside its step."),
        Kind.RETROACTIVE: _("Retroactive: the rate of the step reached pays for the whole sum."),
        Kind.SCALE: _(
            "The share of the plan reached decides which share of the target bonus is paid."
        ),
    }[Kind(version.kind)]


def _how_counted(version: SchemeVersion) -> Iterator[str]:
    yield _("Counted from %(base)s; a shared deal counts by its shares.") % {
        "base": base_of(version)
    }
    yield kind_of(version)
    yield "; ".join(steps_of(version))
    if version.is_scale:
        yield _("Target bonus: %(sum)s.") % {"sum": roubles(version.target_bonus or Decimal(0))}


def steps_of(version: SchemeVersion) -> list[str]:
    """ "from 0: 3 %" or "at 70 % of the plan: 50 % of the bonus", from the lowest."""
    steps = sorted(Step(tier.starts_at, tier.rate) for tier in version.tiers.all())
    if not version.is_scale:
        text = _("from %(from)s: %(rate)s")
        return [text % {"from": roubles(at), "rate": rate_of(rate)} for at, rate in steps]
    return [*_points(steps), *_above(version, steps)]


def _points(steps: list[Step]) -> Iterator[str]:
    if steps:
        yield _("below %(from)s of the plan: nothing") % {"from": rate_of(steps[0].starts_at)}
    text = _("at %(from)s of the plan: %(rate)s of the bonus")
    yield from (text % {"from": rate_of(at), "rate": rate_of(rate)} for at, rate in steps)
    if len(steps) > 1:
        yield _("evenly in between")


def _above(version: SchemeVersion, steps: list[Step]) -> Iterator[str]:
    if steps and version.accelerator:
        yield _("above: ×%(times)s for each percent") % {"times": typed(version.accelerator)}
    if version.ceiling is not None:
        yield _("at most %(share)s of the bonus") % {"share": rate_of(version.ceiling)}


def _what_is_kept(version: SchemeVersion) -> Iterator[str]:
    if version.cap is not None:
        yield _("At most %(sum)s a month.") % {"sum": roubles(version.cap)}
    if version.overdue_limit is not None:
        yield _("More than %(limit)s of the debt overdue: %(keeps)s of the bonus is paid.") % {
            "limit": rate_of(version.overdue_limit),
            "keeps": rate_of(version.overdue_keeps),
        }
    if version.hygiene_limit is not None:
        yield _(
            "Fewer than %(limit)s of the open deals in order: %(keeps)s of the bonus is paid."
        ) % {"limit": rate_of(version.hygiene_limit), "keeps": rate_of(version.hygiene_keeps)}


def _taken_back(version: SchemeVersion) -> str:
    text = _("Reversed, refunded or lost later: its part is taken back in the month it happens.")
    if version.unpaid_days is None:
        return text
    late = ngettext(
        "Unpaid for more than %(days)d day after it was due: its part is held until it is paid.",
        "Unpaid for more than %(days)d days after it was due: its part is held until it is paid.",
        version.unpaid_days,
    )
    return f"{text} {late % {'days': version.unpaid_days}}"


def story_of(statement: Statement) -> str:
    """How the earned sum came about, in one sentence."""
    version = statement.scheme_version
    if version is None:
        return _("No scheme is in force for this month.")
    if version.is_scale:
        return _scale_story(statement, version)
    steps = sorted(Step(tier.starts_at, tier.rate) for tier in version.tiers.all())
    if version.kind == Kind.RETROACTIVE:
        rate = next(
            (step.rate for step in reversed(steps) if statement.base >= step.starts_at), None
        )
        values = {
            "base": precise(statement.base),
            "rate": rate_of(rate or Decimal(0)),
            "sum": precise(statement.earned),
        }
        return _("%(base)s × %(rate)s on the whole sum = %(sum)s") % values
    parts = [part for part in tier_parts(statement.base, steps) if part.part]
    terms = [f"{precise(part.part)} × {rate_of(part.rate)}" for part in parts]
    return f"{' + '.join(terms) or precise(Decimal(0))} = {precise(statement.earned)}"


def _scale_story(statement: Statement, version: SchemeVersion) -> str:
    if not statement.plan:
        return _("There is no approved plan for this month, so no share of it can be reached.")
    target = version.target_bonus or WHOLE
    return _("%(base)s of the plan of %(plan)s is %(share)s: %(paid)s of %(target)s = %(sum)s") % {
        "base": precise(statement.base),
        "plan": precise(statement.plan),
        "share": percent(statement.base / statement.plan, 1),
        "paid": percent(statement.earned / target, 1),
        "target": precise(target),
        "sum": precise(statement.earned),
    }


def sums_of(statement: Statement, amounts: dict[str, Decimal]) -> str:
    """From what was earned to the total; "" where nothing else stands between them.

    `amounts` are the sums of the lines by kind.
    """
    held = sum((amounts.get(kind, Decimal(0)) for kind in HELD), Decimal(0))
    later = statement.total - statement.earned - held
    if not held and not later:
        return ""
    terms = [exactly(statement.earned)]
    if held:
        terms.append(_("%(sum)s held") % {"sum": signed(held)})
    if later:
        terms.append(_("%(sum)s corrections of earlier months") % {"sum": signed(later)})
    return f"{' '.join(terms)} = {exactly(statement.total)}"


def signed(value: Decimal) -> str:
    return money(value, company_currency(), 2, signed=True)


def line_words(line: StatementLine, statement: Statement) -> str:
    """Why the line is there."""
    words = {
        LineKind.EARNED: _earned,
        LineKind.CAP: _cap,
        LineKind.OVERDUE: _overdue,
        LineKind.HYGIENE: _hygiene,
        LineKind.TAKEN_BACK: _back,
        LineKind.UNPAID: _unpaid,
        LineKind.MANUAL: lambda line, _statement: line.correction.reason,
    }
    return words[LineKind(line.kind)](line, statement)


def _late(line: StatementLine, statement: Statement) -> str:
    if line.event_month is None or line.event_month == statement.month:
        return ""
    text = _("entered late: it belongs to %(month)s")
    return text % {"month": month_of(line.event_month).label}


def _earned(line: StatementLine, statement: Statement) -> str:
    text = _("%(part)s of the month's %(whole)s")
    part = text % {"part": roubles(line.base), "whole": roubles(statement.base)}
    return "; ".join(filter(None, [part, _late(line, statement)]))


def _cap(_line: Any, statement: Statement) -> str:
    cap = statement.scheme_version.cap if statement.scheme_version else None
    return _("the scheme pays at most %(sum)s a month") % {"sum": roubles(cap or Decimal(0))}


def _overdue(_line: Any, statement: Any) -> str:
    version = statement.scheme_version
    return _("%(share)s of the debt is overdue, more than %(limit)s: %(keeps)s is paid") % {
        "share": percent(statement.overdue_share, 1),
        "limit": rate_of(version.overdue_limit),
        "keeps": rate_of(version.overdue_keeps),
    }


def _hygiene(_line: Any, statement: Any) -> str:
    version = statement.scheme_version
    return _(
        "%(share)s of the open deals are in order, fewer than %(limit)s: %(keeps)s is paid"
    ) % {
        "share": percent(statement.hygiene_share, 1),
        "limit": rate_of(version.hygiene_limit),
        "keeps": rate_of(version.hygiene_keeps),
    }


def _back(line: Any, _statement: Any) -> str:
    if line.original_id is None:
        return _("reversed; no bonus had been paid for it, so nothing is taken back")
    month = month_of(line.original.statement.month).label
    return _("reversed; it had been paid in %(month)s") % {"month": month}


def _unpaid(line: Any, _statement: Any) -> str:
    month = month_of(line.original.statement.month).label
    if line.amount > 0:
        return _("the client has paid: what was held of %(month)s comes back") % {"month": month}
    return _("the client is late; the deal had been counted in %(month)s") % {"month": month}


def next_words(statement: Statement) -> str:
    """ "up to 5 %: RUB 430,000 more"; "" on the last step."""
    if statement.next_missing is None or statement.next_rate is None:
        return ""
    version = statement.scheme_version
    is_scale = version is not None and version.is_scale
    text = (
        _("up to %(rate)s of the bonus: %(sum)s more")
        if is_scale
        else _("up to %(rate)s: %(sum)s more")
    )
    return text % {"rate": rate_of(statement.next_rate), "sum": roubles(statement.next_missing)}


def base_words(version: SchemeVersion | None) -> str:
    if version is None:
        return ""
    return _("payments") if version.base == Base.RECEIVED else _("won deals")
