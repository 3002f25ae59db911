from apps.kpis.models.approval import ApprovalStep
from apps.kpis.models.contests import (
    Contest,
    ContestParticipant,
    ContestPrize,
    ContestStanding,
)
from apps.kpis.models.effects import DecisionEffect, EffectPerson
from apps.kpis.models.facts import (
    ActivityFact,
    CountedMove,
    DealFact,
    PaymentFact,
    ProductFact,
    StageCohort,
    StageNorm,
    StockFact,
    TaskFact,
)
from apps.kpis.models.month_columns import DayColumns, MonthColumns
from apps.kpis.models.months import (
    ClosedMonth,
    LateEvent,
    LateShare,
    MonthEvent,
    ReopenRequest,
)
from apps.kpis.models.nights import NightRun, NightStep, Snapshot
from apps.kpis.models.plan_offers import PlanOffer
from apps.kpis.models.plan_shares import PlanShare
from apps.kpis.models.plans import PlanLine, PlanVersion
from apps.kpis.models.present import OpenDeal, OpenDebt, OpenStage, RefusalFact
from apps.kpis.models.schemes import KpiScheme, SchemeGate, SchemeItem, SchemeVersion
from apps.kpis.models.scorecards import Scorecard

__all__ = [
    "ActivityFact",
    "ApprovalStep",
    "ClosedMonth",
    "Contest",
    "ContestParticipant",
    "ContestPrize",
    "ContestStanding",
    "CountedMove",
    "DayColumns",
    "DealFact",
    "DecisionEffect",
    "EffectPerson",
    "KpiScheme",
    "LateEvent",
    "LateShare",
    "MonthColumns",
    "MonthEvent",
    "NightRun",
    "NightStep",
    "OpenDeal",
    "OpenDebt",
    "OpenStage",
    "PaymentFact",
    "PlanLine",
    "PlanOffer",
    "PlanShare",
    "PlanVersion",
    "ProductFact",
    "RefusalFact",
    "ReopenRequest",
    "SchemeGate",
    "SchemeItem",
    "SchemeVersion",
    "Scorecard",
    "Snapshot",
    "StageCohort",
    "StageNorm",
    "StockFact",
    "TaskFact",
]
