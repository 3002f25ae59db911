"""What the cells of a deal name: stages, products, sources, reasons, currencies, and the rates."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.clients.models import Source
from apps.core.calendars import company_today, company_zone
from apps.core.choices import Currency
from apps.core.currencies import rate_on
from apps.core.importing.problems import Problem
from apps.core.importing.references import References, fold
from apps.core.models import Company
from apps.core.money import round_money
from apps.deals import rules
from apps.deals.actions import not_stated_reason
from apps.deals.choices import StageKind
from apps.deals.models import Pipeline, Product, RefusalReason, Stage

# How other systems call the two ends of a pipeline.
END_WORDS = {
    StageKind.WON: ("won", "closed won", "closed - won", "выиграна", "сделка успешна", "успешно реализовано"),
    StageKind.LOST: (
        "lost", "closed lost", "closed - lost", "проиграна", "сделка провалена",
        "закрыто и не реализовано", "отказ",
    ),
}  # fmt: skip
STATUSES = {"open": "", "won": StageKind.WON, "lost": StageKind.LOST}
NOON = time(12)


class StageNames:
    """The stages of each pipeline by name; the ends by their usual words too."""

    def __init__(self, values: Mapping[str, Mapping[str, str]], pipeline: str = ""):
        pipelines = list(Pipeline.objects.kept().prefetch_related("stages"))
        self.pipelines = References(
            "pipeline",
            [(each.name, each) for each in pipelines],
            substitutes=values.get("pipeline"),
        )
        chosen = [each for each in pipelines if each.pk == int(pipeline or 0)]
        default = [each for each in pipelines if each.is_default]
        self.default: Pipeline | None = next(iter(chosen or default or pipelines), None)
        self._stages = {each.pk: _kept_stages(each) for each in pipelines}
        self._names = {
            each.pk: References(
                "stage", _named(self._stages[each.pk]), substitutes=values.get("stage")
            )
            for each in pipelines
        }

    def find(self, pipeline: Pipeline, name: str) -> Stage | Problem:
        names = self._names[pipeline.pk]
        return names.find(name) or names.unknown(name)

    def end(self, pipeline: Pipeline, kind: str) -> Stage | None:
        return next((stage for stage in self._stages[pipeline.pk] if stage.kind == kind), None)

    def first(self, pipeline: Pipeline) -> Stage | None:
        """Where a deal of the pipeline begins."""
        return next((s for s in self._stages[pipeline.pk] if s.kind in rules.IN_WORK), None)

    def names(self) -> list[str]:
        return [stage.name for stages in self._stages.values() for stage in stages]


def _kept_stages(pipeline: Pipeline) -> list[Stage]:
    stages = [stage for stage in pipeline.stages.all() if stage.archived_at is None]
    return sorted(stages, key=lambda stage: (stage.order, stage.pk))


def _named(stages: list[Stage]) -> list[tuple[str, Stage]]:
    named = [(stage.name, stage) for stage in stages]
    for stage in stages:
        named += [(word, stage) for word in END_WORDS.get(StageKind(stage.kind), ())]
    return named


class DealNames:
    """Everything a row of a deal may name, read once for a run."""

    def __init__(self, policy: Mapping[str, Any]):
        values = policy.get("values", {})
        self.stages = StageNames(values, policy.get("pipeline") or "")
        products = [(product.name, product) for product in Product.objects.kept()]
        self.products = References("product", products, substitutes=values.get("product"))
        sources = [(source.name, source) for source in Source.objects.kept()]
        self.sources = References("source", sources, substitutes=values.get("source"))
        self.currencies = References(
            "currency",
            [(code, code) for code in Currency.values],
            substitutes=values.get("currency"),
        )
        self.statuses = References("status", STATUSES.items(), substitutes=values.get("status"))
        self._reasons = {
            fold(reason.name): reason
            for reason in RefusalReason.objects.filter(archived_at=None, is_system=False)
        }
        self._not_stated: RefusalReason | None = None

    def reason(self, name: str) -> RefusalReason:
        """The reason of that name, else "not stated (import)"."""
        if known := self._reasons.get(fold(name)):
            return known
        self._not_stated = self._not_stated or not_stated_reason()
        return self._not_stated


class Booking:
    """Rates and moments for many rows: each rate and the company are read once."""

    def __init__(self) -> None:
        self.today, self.now = company_today(), timezone.now()
        self.currency = Company.current().currency
        self._zone = company_zone()
        self._rates: dict[tuple[str, date], Decimal | None] = {}

    def has_rate(self, currency: str, on: date) -> bool:
        return self._rate(currency, on) is not None

    def base(self, amount: Decimal | None, currency: str, on: date) -> Decimal | None:
        rate = self._rate(currency, on)
        return None if amount is None or rate is None else round_money(amount * rate)

    def _rate(self, currency: str, on: date) -> Decimal | None:
        if currency == self.currency:
            return Decimal(1)
        if (currency, on) not in self._rates:
            try:
                self._rates[currency, on] = rate_on(currency, on)
            except ValidationError:
                self._rates[currency, on] = None
        return self._rates[currency, on]

    def moment(self, day: date) -> datetime:
        """Now for today, noon in the company for another day."""
        return self.now if day == self.today else datetime.combine(day, NOON, self._zone)
