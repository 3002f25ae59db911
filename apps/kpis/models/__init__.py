from apps.kpis.models.facts import (
    ActivityFact,
    DealFact,
    PaymentFact,
    StageCohort,
    StageNorm,
    StockFact,
    TaskFact,
)
from apps.kpis.models.nights import NightRun, NightStep, Snapshot
from apps.kpis.models.plans import PlanLine, PlanVersion

__all__ = [
    "ActivityFact",
    "DealFact",
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
