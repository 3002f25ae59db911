"""The way from an empty installation to a living dashboard, read from what is there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.access import allowed
from apps.core.models import Company
from apps.deals.models import Deal, Pipeline
from apps.kpis.models import NightRun, PlanLine
from apps.staff.choices import Role
from apps.staff.models import User


@dataclass(frozen=True)
class Step:
    """One line of the list: whether it is done, who does it, and where."""

    code: str
    title: str | Promise
    why: str | Promise
    is_done: bool
    permission: str

    def is_for(self, user: Any) -> bool:
        return allowed(user, self.permission)


def steps(today: date) -> list[Step]:
    """The steps in their order; `today` says which month needs a plan."""
    return [
        Step(
            "company",
            _("The company"),
            _("Name, time zone and currency: what a day and an amount mean here."),
            Company.objects.filter(pk=1).exists(),
            "dashboard.name_company",
        ),
        Step(
            "people",
            _("People and teams"),
            _("The department and its head first, then sellers: one by one or from a file."),
            User.objects.filter(role=Role.HEAD).exists(),
            "dashboard.found_department",
        ),
        Step(
            "pipeline",
            _("The pipeline"),
            _("Stages from the first contact to the payment; start from the usual ones."),
            Pipeline.objects.kept().exists(),
            "dashboard.make_pipeline",
        ),
        Step(
            "plan",
            _("The plan"),
            _("Revenue by month and seller, to compare the fact with."),
            PlanLine.objects.filter(month=today.replace(day=1)).exists(),
            "kpis.change_plan",
        ),
        Step(
            "deals",
            _("Clients and deals"),
            _("From the file of your former CRM or spreadsheet, or by hand."),
            Deal.objects.exists(),
            "deals.add_deal",
        ),
        Step(
            "night",
            _("The first calculation"),
            _("From now on it runs every night by itself."),
            NightRun.objects.filter(is_current=True).exists(),
            "kpis.run_night",
        ),
    ]
