from apps.portfolio.models.distribution import (
    Distribution,
    DistributionMove,
    DistributionSeat,
    LoadNorms,
    SellerFocus,
)
from apps.portfolio.models.handover import Handover, HandoverItem
from apps.portfolio.models.leads import LeadAssignment, LeadRule
from apps.portfolio.models.segments import ClientSegment, SegmentRules, SegmentRun
from apps.portfolio.models.service import ServiceNorm, ServiceState

__all__ = [
    "ClientSegment",
    "Distribution",
    "DistributionMove",
    "DistributionSeat",
    "Handover",
    "HandoverItem",
    "LeadAssignment",
    "LeadRule",
    "LoadNorms",
    "SegmentRules",
    "SegmentRun",
    "SellerFocus",
    "ServiceNorm",
    "ServiceState",
]
