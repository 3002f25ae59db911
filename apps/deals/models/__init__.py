from apps.deals.models.bank import BankPayment, BankStatement
from apps.deals.models.deals import DEAL_SEARCH, Deal, DealLine, DealSplit
from apps.deals.models.events import Activity, StageMove, WonAdjustment
from apps.deals.models.files import DealFile
from apps.deals.models.money import Allocation, Receipt, ScheduleLine
from apps.deals.models.pipelines import Pipeline, Product, RefusalReason, Stage

__all__ = [
    "DEAL_SEARCH",
    "Activity",
    "Allocation",
    "BankPayment",
    "BankStatement",
    "Deal",
    "DealFile",
    "DealLine",
    "DealSplit",
    "Pipeline",
    "Product",
    "Receipt",
    "RefusalReason",
    "ScheduleLine",
    "Stage",
    "StageMove",
    "WonAdjustment",
]
