from apps.staff.actions.absences import add_absence, change_absence, remove_absence
from apps.staff.actions.accounts import (
    change_password,
    change_preferences,
    create_first_admin,
    end_other_sessions,
    end_session,
    end_sessions,
)
from apps.staff.actions.leaving import dismiss, successor_of
from apps.staff.actions.passwords import invite, request_reset, send_letter
from apps.staff.actions.people import change_capacity, change_person, hire, rehire
from apps.staff.actions.readings import close_reading, open_reading
from apps.staff.actions.teams import create_company_node, create_node, join_team, set_leader

__all__ = [
    "add_absence",
    "change_absence",
    "change_capacity",
    "change_password",
    "change_person",
    "change_preferences",
    "close_reading",
    "create_company_node",
    "create_first_admin",
    "create_node",
    "dismiss",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "hire",
    "invite",
    "join_team",
    "open_reading",
    "rehire",
    "remove_absence",
    "request_reset",
    "send_letter",
    "set_leader",
    "successor_of",
]
