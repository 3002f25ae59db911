"""Which roles hold the permissions of this room."""

from apps.core.access import grant
from apps.staff.choices import Role


def grant_permissions() -> None:
    grant("api.change_intake", to=[Role.HEAD, Role.ADMIN])
    grant("api.view_schema", to=[Role.HEAD, Role.ADMIN])
