from apps.staff.models.absences import Absence
from apps.staff.models.people import User, name_key
from apps.staff.models.sessions import UserSession
from apps.staff.models.teams import Membership, Position, TeamNode

__all__ = [
    "Absence",
    "Membership",
    "Position",
    "TeamNode",
    "User",
    "UserSession",
    "name_key",
]
