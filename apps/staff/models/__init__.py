from apps.staff.models.absences import Absence
from apps.staff.models.people import User, name_key
from apps.staff.models.readings import DataReading, PageRead, has_stated_reason
from apps.staff.models.sessions import PasswordResetRequest, UserSession
from apps.staff.models.teams import Membership, Position, TeamNode

__all__ = [
    "Absence",
    "DataReading",
    "Membership",
    "PageRead",
    "PasswordResetRequest",
    "Position",
    "TeamNode",
    "User",
    "UserSession",
    "has_stated_reason",
    "name_key",
]
