from apps.deals.models.bank import BankPayment, BankStatement
from apps.deals.models.big_deals import (
    BigMark,
    BigThreshold,
    Concession,
    DealRisk,
    PlanStep,
    Stakeholder,
)
from apps.deals.models.competitors import Competitor
from apps.deals.models.deals import DEAL_SEARCH, Deal, DealLine, DealSplit
from apps.deals.models.events import Activity, StageMove, WonAdjustment
from apps.deals.models.files import DealFile
from apps.deals.models.help import HelpEvent, HelpNorm, HelpRequest
from apps.deals.models.money import Allocation, Receipt, ScheduleLine
from apps.deals.models.pipelines import Pipeline, Product, RefusalReason, Stage
from apps.deals.models.promises import BrokenPromise, DebtCall, PromiseToPay
from apps.deals.models.refusals import VerificationCall, VerificationNorm
from apps.deals.models.trust import TrustAtClose, TrustMark, TrustSignal

__all__ = [
    "DEAL_SEARCH",
    "Activity",
    "Allocation",
    "BankPayment",
    "BankStatement",
    "BigMark",
    "BigThreshold",
    "BrokenPromise",
    "Competitor",
    "Concession",
    "Deal",
    "DealFile",
    "DealLine",
    "DealRisk",
    "DealSplit",
    "DebtCall",
    "HelpEvent",
    "HelpNorm",
    "HelpRequest",
    "Pipeline",
    "PlanStep",
    "Product",
    "PromiseToPay",
    "Receipt",
    "RefusalReason",
    "ScheduleLine",
    "Stage",
    "StageMove",
    "Stakeholder",
    "TrustAtClose",
    "TrustMark",
    "TrustSignal",
    "VerificationCall",
    "VerificationNorm",
    "WonAdjustment",
]
