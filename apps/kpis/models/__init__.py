from apps.kpis.models.facts import (
    ActivityFact,
    CountedMove,
    DealFact,
    PaymentFact,
    StageCohort,
    StageNorm,
    StockFact,
    TaskFact,
)
from apps.kpis.models.months import MonthColumns
from apps.kpis.models.nights import NightRun, NightStep, Snapshot
from apps.kpis.models.plans import PlanLine, PlanVersion

__all__ = [
    "ActivityFact",
    "CountedMove",
    "DealFact",
    "MonthColumns",
    "NightRun",
    "NightStep",
    "PaymentFact",
    "PlanLine",
    "PlanVersion",
    "Snapshot",
    "StageCohort",
    "StageNorm",
    "StockFact",
    "TaskFact",
]
