"""Which roles hold the permissions of this room, and of the settings that everybody shares."""

from apps.core.access import grant
from apps.staff.choices import Role

EVERYONE = tuple(Role)


def grant_permissions() -> None:
    grant("staff.view_team", to=EVERYONE)
    # The history of a person and of an absence, within `visible_to`.
    grant("staff.view_user", to=EVERYONE)
    grant("staff.change_capacity", to=[Role.HEAD, Role.HR])
    grant("staff.change_absence", to=[Role.LEAD, Role.HEAD, Role.HR])
    grant("staff.place_person", to=[Role.HR, Role.ADMIN])
    grant("staff.dismiss_person", to=[Role.HR, Role.ADMIN])
    grant("staff.use_admin_panel", to=[Role.HR, Role.ADMIN])
    grant("staff.read_with_reason", to=[Role.ADMIN])
    grant("staff.view_access_log", to=[Role.HEAD, Role.DIRECTOR, Role.ADMIN])
    grant("core.view_settings", to=[Role.HEAD, Role.ADMIN])
    grant("core.change_company", to=[Role.ADMIN])
