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
from apps.kpis.models.months import (
    ClosedMonth,
    LateEvent,
    LateShare,
    MonthEvent,
    ReopenRequest,
)
from apps.kpis.models.nights import NightRun, NightStep, Snapshot
from apps.kpis.models.plans import PlanLine, PlanVersion

__all__ = [
    "ActivityFact",
    "ClosedMonth",
    "CountedMove",
    "DealFact",
    "LateEvent",
    "LateShare",
    "MonthEvent",
    "NightRun",
    "NightStep",
    "PaymentFact",
    "PlanLine",
    "PlanVersion",
    "ReopenRequest",
    "Snapshot",
    "StageCohort",
    "StageNorm",
    "StockFact",
    "TaskFact",
]
