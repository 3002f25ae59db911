"""Which roles hold the permissions of this room."""

from apps.core.access import grant
from apps.staff.choices import SELLING_ROLES, Role

SEERS = (*SELLING_ROLES, Role.DIRECTOR, Role.ADMIN)


def grant_segment_permissions() -> None:
    """Everybody sees the segments of the clients he sees; the head alone sets the rules."""
    grant("portfolio.view_segment", to=SEERS, with_reason=[Role.ADMIN])
    grant("portfolio.export_segment", to=[*SELLING_ROLES, Role.DIRECTOR])
    grant("portfolio.run_segments", to=[Role.HEAD])
    grant("portfolio.change_rules", to=[Role.HEAD])


def grant_distribution_permissions() -> None:
    """Leaders divide and hand over within their teams; sellers see what was handed to them."""
    leaders = [Role.LEAD, Role.HEAD]
    overseers = [*leaders, Role.DIRECTOR, Role.ADMIN]
    grant("portfolio.view_distribution", to=overseers)
    grant("portfolio.export_distribution", to=[*leaders, Role.DIRECTOR])
    grant("portfolio.distribute", to=leaders)
    grant("portfolio.change_norms", to=[Role.HEAD])
    grant("portfolio.view_handover", to=SEERS)
    grant("portfolio.hand_over", to=leaders)
    grant("portfolio.view_lead_rule", to=overseers)
    grant("portfolio.change_lead_rule", to=[Role.HEAD])
