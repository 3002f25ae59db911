"""Which roles hold the permissions of this room. An administrator holds none: pay is not his matter."""

from apps.core.access import grant
from apps.staff.choices import Role

SEERS = (Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR, Role.HR)
EARNING = (Role.SELLER, Role.LEAD, Role.HEAD)


def grant_permissions() -> None:
    # The rows are those of `Statement.objects.visible_to`: of others only for head, director and HR.
    grant("bonuses.view_statement", to=SEERS)
    grant("bonuses.export_statement", to=SEERS)
    grant("bonuses.approve_statement", to=[Role.DIRECTOR])
    grant("bonuses.pay_statement", to=[Role.DIRECTOR, Role.HR])
    grant("bonuses.export_payroll", to=[Role.DIRECTOR, Role.HR])
    grant("bonuses.ask_what_if", to=EARNING)
    grant("bonuses.open_dispute", to=EARNING)
    grant("bonuses.view_dispute", to=SEERS)
    grant("bonuses.settle_dispute", to=[Role.HEAD, Role.DIRECTOR])
    grant("bonuses.view_scheme", to=[Role.HEAD, Role.DIRECTOR, Role.HR])
    grant("bonuses.change_scheme", to=[Role.HEAD])
    grant("bonuses.start_scheme", to=[Role.DIRECTOR])
    grant("bonuses.run_back_test", to=[Role.HEAD, Role.DIRECTOR])
