"""Which roles hold the permissions of this room."""

from apps.core.access import grant
from apps.staff.choices import SELLING_ROLES, Role

SEERS = (*SELLING_ROLES, Role.DIRECTOR, Role.ADMIN)
# They keep the installation, not the business: whoever reads it without working in it says why.
WITH_REASON = (Role.ADMIN,)


def grant_permissions() -> None:
    grant("clients.view_client", to=SEERS, with_reason=WITH_REASON)
    grant("clients.view_contact", to=SEERS, with_reason=WITH_REASON)
    grant("clients.add_client", to=SELLING_ROLES)
    grant("clients.change_client", to=SELLING_ROLES)
    grant("clients.assign_client", to=[Role.LEAD, Role.HEAD])
    grant("clients.archive_client", to=[Role.LEAD, Role.HEAD])
    grant("clients.export_client", to=[*SELLING_ROLES, Role.DIRECTOR])
    grant("clients.change_source", to=[Role.HEAD, Role.ADMIN])
    grant("clients.merge_client", to=[Role.LEAD, Role.HEAD])
    duplicates = [Role.LEAD, Role.HEAD, Role.DIRECTOR, Role.ADMIN]
    grant("clients.view_duplicate", to=duplicates, with_reason=WITH_REASON)
    grant("clients.change_consent", to=SELLING_ROLES)
    grant("clients.change_norm", to=[Role.HEAD, Role.ADMIN])
