"""What is sold, where deals come from, and the pipeline they go through."""

from dataclasses import dataclass

from apps.clients.models import Source
from apps.dashboard.sample.writing import Table
from apps.deals.actions import (
    create_default_pipeline,
    create_refusal_reasons,
    create_trust_signals,
)
from apps.deals.choices import StageKind
from apps.deals.models import Competitor, Pipeline, Product, RefusalReason, Stage

# Name, series, list price in roubles, cost as a share of it.
PRODUCTS = (
    ("Вентустановка «Бриз-3000»", "Вентиляция", 186_000, 0.62),
    ("Вентустановка «Бриз-6000»", "Вентиляция", 342_000, 0.61),
    ("Вентустановка «Бриз-12000»", "Вентиляция", 624_000, 0.60),
    ("Крышный вентилятор КВ-5", "Вентиляция", 78_500, 0.66),
    ("Воздуховоды, комплект на 100 м²", "Вентиляция", 96_000, 0.70),
    ("Чиллер «Полюс-40»", "Холод", 1_180_000, 0.64),
    ("Чиллер «Полюс-90»", "Холод", 2_340_000, 0.63),
    ("Фанкойл ФК-35", "Холод", 41_200, 0.65),
    ("Прецизионный кондиционер «Сервер-12»", "Холод", 468_000, 0.62),
    ("Тепловая завеса «Шлюз-15»", "Тепло", 52_400, 0.60),
    ("Дестратификатор ДС-4", "Тепло", 34_900, 0.58),
    ("Тепловой пункт блочный БТП-250", "Тепло", 890_000, 0.67),
    ("Шкаф автоматики ША-2", "Автоматика", 118_000, 0.48),
    ("Диспетчеризация, лицензия на объект", "Автоматика", 154_000, 0.22),
    ("Датчики качества воздуха, комплект", "Автоматика", 28_600, 0.45),
    ("Монтаж и наладка, бригада-неделя", "Услуги", 165_000, 0.55),
    ("Проект вентиляции, раздел ОВ", "Услуги", 140_000, 0.40),
    ("Сервисный договор на год", "Услуги", 240_000, 0.35),
)
VAT = 0.22
REPEATED = "Повторное обращение"
SOURCES = (
    ("Сайт", 30, 1.0),
    ("Рекомендация", 16, 1.45),
    (REPEATED, 22, 1.35),
    ("Выставка «Климат»", 8, 0.85),
    ("Холодный звонок", 14, 0.55),
    ("Тендерная площадка", 10, 0.7),
)
COMPETITORS = ("ТехноОпт", "КлиматРесурс", "ВентСтройМаш", "Аэролайн-Трейд", "Холод Сервис")


@dataclass
class Way:
    """A pipeline as a path: `leads` of its stages are before the qualification."""

    pipeline: int
    path: list[Stage]
    leads: int
    won: Stage
    lost: Stage


@dataclass
class Catalogue:
    main: Way
    repeated: Way
    repeated_source: int
    sources: list[int]
    source_weights: list[float]
    source_luck: list[float]
    products: list[tuple[int, str, int, float]]
    reasons: list[RefusalReason]
    competitors: list[int]

    @property
    def series(self) -> dict[int, str]:
        """Series by product."""
        return {product: series for product, series, _, _ in self.products}


def make_catalogue() -> Catalogue:
    create_default_pipeline()
    create_refusal_reasons()
    create_trust_signals()
    ways = [_way(pipeline) for pipeline in Pipeline.objects.kept().order_by("order", "pk")]
    sources = {name: Source.objects.get_or_create(name=name)[0].pk for name, _, _ in SOURCES}
    reasons = RefusalReason.objects.kept().filter(is_system=False, children=None)
    return Catalogue(
        main=ways[0],
        repeated=ways[-1],
        repeated_source=sources[REPEATED],
        sources=list(sources.values()),
        source_weights=[weight for _, weight, _ in SOURCES],
        source_luck=[luck for _, _, luck in SOURCES],
        products=_make_products(),
        reasons=list(reasons.order_by("order", "pk")),
        competitors=[Competitor.objects.create(name=name).pk for name in COMPETITORS],
    )


def _way(pipeline: Pipeline) -> Way:
    stages = list(pipeline.stages.filter(archived_at=None).order_by("order", "pk"))
    path = [stage for stage in stages if stage.kind in (StageKind.LEAD, StageKind.OPEN)]
    return Way(
        pipeline.pk,
        path,
        sum(stage.kind == StageKind.LEAD for stage in path),
        next(stage for stage in stages if stage.kind == StageKind.WON),
        next(stage for stage in stages if stage.kind == StageKind.LOST),
    )


def _make_products() -> list[tuple[int, str, int, float]]:
    """Id, series, list price, share of cost."""
    table = Table(Product, "name", "code", "series", "list_price", "vat_rate", "cost")
    made = []
    for number, (name, series, price, cost) in enumerate(PRODUCTS, start=1):
        code = f"СВ-{number:03d}"
        made.append(
            (table.add(name, code, series, price, VAT, round(price * cost)), series, price, cost)
        )
    table.flush()
    return made
