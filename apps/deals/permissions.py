"""Which roles hold the permissions of this room."""

from apps.core.access import grant
from apps.staff.choices import Role

SELLING = (Role.SELLER, Role.LEAD, Role.HEAD)
LEADING = (Role.LEAD, Role.HEAD)
READING = (*SELLING, Role.DIRECTOR, Role.ADMIN)


def grant_permissions() -> None:
    grant("deals.view_deal", to=READING, with_reason=[Role.ADMIN])
    grant("deals.add_deal", to=SELLING)
    grant("deals.change_deal", to=SELLING)
    grant("deals.assign_deal", to=LEADING)
    grant("deals.export_deal", to=[*SELLING, Role.DIRECTOR])
    grant("deals.add_activity", to=SELLING)
    grant("deals.view_receipt", to=READING, with_reason=[Role.ADMIN])
    grant("deals.add_receipt", to=SELLING)
    grant("deals.reverse_receipt", to=LEADING)
    # A statement holds the money of the whole account, not of one team.
    grant("deals.import_statement", to=[Role.HEAD])
    grant("deals.view_pipeline", to=[Role.HEAD, Role.ADMIN])
    grant("deals.change_pipeline", to=[Role.ADMIN])
    grant("deals.view_losses", to=[*LEADING, Role.DIRECTOR])
    grant("deals.verify_refusal", to=LEADING)
    grant("deals.change_losses", to=[Role.HEAD, Role.ADMIN])
    grant("deals.mark_big_deal", to=LEADING)
    # A head has nobody above him who sells.
    grant("deals.ask_help", to=[Role.SELLER, Role.LEAD])
    grant("deals.answer_help", to=LEADING)
    grant("deals.compare_big_deal", to=[*LEADING, Role.DIRECTOR, Role.ADMIN])
    grant("deals.change_big_norm", to=[Role.HEAD, Role.ADMIN])
