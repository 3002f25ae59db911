"""Closed lists of the kpis room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    REPLACED = "replaced", _("replaced")


class PlanLevel(models.TextChoices):
    MINIMUM = "minimum", _("minimum")
    PLAN = "plan", _("plan")
    STRETCH = "stretch", _("stretch")


class Metric(models.TextChoices):
    """What a plan may name; the code is stored in plans, decisions and snapshots."""

    REVENUE = "revenue", _("won revenue")


class NightStatus(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class ScopeKind(models.TextChoices):
    PERSON = "person", _("person")
    TEAM = "team", _("team")
    DEPARTMENT = "department", _("department")
    COMPANY = "company", _("company")


class PeriodKind(models.TextChoices):
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


class Burning(models.TextChoices):
    """Why something needs a hand today, most telling first."""

    CLOSE_PASSED = "close_passed", _("the expected close has passed")
    PAYMENT_OVERDUE = "payment_overdue", _("a payment is overdue")
    LEAD_WAITING = "lead_waiting", _("a lead waits for the first contact")
    STEP_OVERDUE = "step_overdue", _("the next step is overdue")
    STUCK = "stuck", _("stuck in its stage")
    SILENT = "silent", _("no contact for too long")
    NO_STEP = "no_step", _("no next step")


class GapSpan(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class GapBase(models.TextChoices):
    """What revenue is compared with."""

    PLAN = "plan", _("the plan")
    BEFORE = "before", _("the period before")
    YEAR_AGO = "year_ago", _("a year ago")


class GapBy(models.TextChoices):
    """What the gap is told apart by."""

    TEAM = "team", _("Team")
    SELLER = "seller", _("Seller")
    LEVEL = "level", _("Level of the client")
    SOURCE = "source", _("Source")
    PIPELINE = "pipeline", _("Pipeline")


class MonthChange(models.TextChoices):
    CLOSED = "closed", pgettext_lazy("month", "closed")
    REOPENED = "reopened", pgettext_lazy("month", "opened again")


class Journal(models.TextChoices):
    """Where events are written down that facts of a month count."""

    MOVES = "moves", _("stage move")
    CORRECTIONS = "corrections", _("correction of a won amount")
    PAYMENTS = "payments", _("payment")
    ACTIVITIES = "activities", _("activity")
    SHARES = "shares", _("share of a deal")
