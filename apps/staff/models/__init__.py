from apps.staff.models.absences import Absence
from apps.staff.models.people import User, name_key
from apps.staff.models.sessions import PasswordResetRequest, UserSession
from apps.staff.models.teams import Membership, Position, TeamNode

__all__ = [
    "Absence",
    "Membership",
    "PasswordResetRequest",
    "Position",
    "TeamNode",
    "User",
    "UserSession",
    "name_key",
]
