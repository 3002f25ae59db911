"""Closed lists of the kpis room."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waits for the answer")
    RETURNED = "returned", _("sent back")
    APPROVED = "approved", _("approved")
    REPLACED = "replaced", _("replaced")


class PlanLevel(models.TextChoices):
    MINIMUM = "minimum", _("minimum")
    PLAN = "plan", _("plan")
    STRETCH = "stretch", _("stretch")


class DiffBy(models.TextChoices):
    """What the differences of two plans are put together by."""

    TEAM = "team", _("Teams")
    PERSON = "person", _("People")
    MONTH = "month", _("Months")
    CELL = "cell", _("Every cell")


class PlanDimension(models.TextChoices):
    """What else than people the revenue plan is divided by, in shares."""

    PRODUCT = "product", _("Product")
    LEVEL = "level", _("Level of the client")
    SOURCE = "source", _("Source")


class Metric(StrEnum):
    """Codes of the metric catalogue (apps.core.metrics) that this room itself speaks of."""

    REVENUE = "revenue"


class PlanFillKind(models.TextChoices):
    """What the cells of a plan are filled from."""

    TOTAL = "total", _("a total")
    GROWTH = "growth", _("the fact of the year before")
    COPY = "copy", _("another version")
    REPLAN = "replan", _("what is left of the year")


class SeasonSource(models.TextChoices):
    HISTORY = "history", _("of the company")
    EVEN = "even", _("even")
    SHOWN = "shown", _("as in the grid")


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


class MetricSubject(models.TextChoices):
    """The groups of the metric catalogue, in its order; rooms name them by code."""

    MONEY = "money", _("Money")
    RESULTS = "results", _("Results of deals")
    MARGIN = "margin", _("Margin and discounts")
    PIPELINE = "pipeline", _("Pipeline")
    CONVERSION = "conversion", _("Conversion of matured cohorts")
    SPEED = "speed", _("Speed to lead")
    ACTIVITY = "activity", _("Activity")
    QUALITY = "quality", _("Order in deals")
    DISCIPLINE = "discipline", _("Discipline of tasks")
    LEARNING = "learning", _("Learning")
    DEBTS = "debts", _("Receivables")
    BASE = "base", _("Client base")


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
