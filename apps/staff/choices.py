"""Closed lists of the staff room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    SELLER = "seller", _("seller")
    LEAD = "lead", _("team lead")
    HEAD = "head", _("head of sales")
    DIRECTOR = "director", _("commercial director")
    HR = "hr", _("HR")
    ADMIN = "admin", _("administrator")


# Roles of people who answer for sales and so have deals, a plan and a place in the team table.
SELLING_ROLES = (Role.SELLER, Role.LEAD, Role.HEAD)


class NodeKind(models.TextChoices):
    COMPANY = "company", _("company")
    DEPARTMENT = "department", _("department")
    TEAM = "team", _("team")


class AbsenceKind(models.TextChoices):
    VACATION = "vacation", _("vacation")
    SICK = "sick", _("sick leave")
    TRIP = "trip", _("business trip")
    OTHER = "other", _("other")
