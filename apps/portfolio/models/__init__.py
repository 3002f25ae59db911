from apps.portfolio.models.segments import ClientSegment, SegmentRules, SegmentRun
from apps.portfolio.models.service import ServiceNorm, ServiceState

__all__ = ["ClientSegment", "SegmentRules", "SegmentRun", "ServiceNorm", "ServiceState"]
