"""Facts that the night keeps: additive measures by day, person, team on that day and dimensions.

Rows are written by the SQL of apps.kpis.night only: a whole day at a time, grouped by the key, so
the key is single. Of the big tables the database checks neither that nor the references: the night
inserts millions of rows at once from tables that hold those constraints themselves, and the checks
would take most of its time. Money is in the company's currency.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Source
from apps.deals.models import Pipeline, Product, Stage
from apps.staff.models import TeamNode

MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 2, "default": 0}


def key_to(model, **options) -> models.ForeignKey:
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )


def key_is_single(name: str, *fields: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["day", *fields], nulls_distinct=False, name=name)


class Fact(models.Model):
    """A day of the company × a person × his team on that day."""

    day = models.DateField()
    user = key_to(settings.AUTH_USER_MODEL)
    team = key_to(TeamNode, null=True)

    class Meta:
        abstract = True


class DealFact(Fact):
    """What happened to deals; counts go to the primary owner, money by the splits.

    A deal that leaves "won" or "lost" again takes its count back on that day. `adjusted_amount`
    holds later corrections of won amounts; revenue is `won_amount` + `adjusted_amount`.
    `cycle_days` sums the days from opening to winning over `won_count` deals. `segment` is the
    client's level.
    """

    pipeline = key_to(Pipeline)
    segment = models.CharField(max_length=1, blank=True)
    source = key_to(Source, null=True)
    created_count = models.IntegerField(default=0)
    created_amount = models.DecimalField(**MONEY)
    won_count = models.IntegerField(default=0)
    won_amount = models.DecimalField(**MONEY)
    adjusted_amount = models.DecimalField(**MONEY)
    lost_count = models.IntegerField(default=0)
    lost_amount = models.DecimalField(**MONEY)
    cycle_days = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("fact of deals")
        verbose_name_plural = _("facts of deals")
        indexes = [models.Index(fields=["day"], name="deal_fact_by_day")]


class ProductFact(models.Model):
    """Won revenue of a day by product, in parts of each deal as its lines are worth.

    A deal without lines counts under no product, so the sum of a day is that of DealFact. What lines
    are changed to later shows after the next count of everything, once a week.
    """

    day = models.DateField()
    product = key_to(Product, null=True)
    amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("fact of products")
        verbose_name_plural = _("facts of products")
        indexes = [models.Index(fields=["day"], name="product_fact_by_day")]


class PaymentFact(Fact):
    """Money allocated to payments of deals, by the day it counts on and the deal's owner then."""

    pipeline = key_to(Pipeline)
    segment = models.CharField(max_length=1, blank=True)
    source = key_to(Source, null=True)
    received_count = models.IntegerField(default=0)
    received_amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("fact of payments")
        verbose_name_plural = _("facts of payments")
        indexes = [models.Index(fields=["day"], name="payment_fact_by_day")]


class ActivityFact(Fact):
    """Standing activities (a reversed one never happened); `pipeline` None: about no deal.

    A talk that was typed in and measured as well counts once.
    """

    pipeline = key_to(Pipeline, null=True)
    segment = models.CharField(max_length=1, blank=True)
    source = key_to(Source, null=True)
    calls = models.IntegerField(default=0)
    meetings = models.IntegerField(default=0)
    emails = models.IntegerField(default=0)
    notes = models.IntegerField(default=0)
    minutes = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("fact of activities")
        verbose_name_plural = _("facts of activities")
        indexes = [models.Index(fields=["day"], name="activity_fact_by_day")]


class TaskFact(Fact):
    """Tasks by their assignee: due on the day, of these done in time, and done on the day."""

    due_count = models.IntegerField(default=0)
    on_time_count = models.IntegerField(default=0)
    done_count = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("fact of tasks")
        verbose_name_plural = _("facts of tasks")
        constraints = [key_is_single("one_task_fact", "user", "team")]


class StockFact(Fact):
    """Closing balances of a person: never summed over days.

    `hygiene_good` of `open_count` deals are in order (FORMULAS.md, "Hygiene"). The balance of a day
    that the night caught up later is `is_reconstructed` from what is known about it now.
    """

    open_count = models.IntegerField(default=0)
    open_amount = models.DecimalField(**MONEY)
    weighted_amount = models.DecimalField(**MONEY)
    lead_count = models.IntegerField(default=0)
    stuck_count = models.IntegerField(default=0)
    stuck_amount = models.DecimalField(**MONEY)
    idle_count = models.IntegerField(default=0)
    hygiene_good = models.IntegerField(default=0)
    no_step = models.IntegerField(default=0)
    overdue_step = models.IntegerField(default=0)
    no_client = models.IntegerField(default=0)
    no_amount = models.IntegerField(default=0)
    no_close_day = models.IntegerField(default=0)
    close_passed = models.IntegerField(default=0)
    debt_amount = models.DecimalField(**MONEY)
    overdue_debt_count = models.IntegerField(default=0)
    overdue_debt_amount = models.DecimalField(**MONEY)
    overdue_tasks = models.IntegerField(default=0)
    is_reconstructed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("closing balance")
        verbose_name_plural = _("closing balances")
        constraints = [key_is_single("one_balance_a_day", "user")]


class StageCohort(models.Model):
    """First entries of a person's deals into a stage in the week of `week` (its Monday).

    entered = passed + lost + still_open. A deal that skipped the stage entered and passed it on
    the day it went beyond; `won_count` of the entered ones are won now. Deals in the bin stay:
    putting losses there does not better a conversion.
    """

    week = models.DateField()
    user = key_to(settings.AUTH_USER_MODEL)
    stage = key_to(Stage)
    entered = models.IntegerField(default=0)
    passed = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)
    still_open = models.IntegerField(default=0)
    won_count = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("cohort of a stage")
        verbose_name_plural = _("cohorts of stages")
        constraints = [
            models.UniqueConstraint(fields=["week", "user", "stage"], name="one_cohort_a_stage")
        ]


class CountedMove(models.Model):
    """A late stage move that the cohorts already hold: the next night reads its hour again."""

    move_id = models.BigIntegerField(primary_key=True)


class StageNorm(models.Model):
    """What the night learned about a stage; days are whole, probabilities fractions.

    `stuck_after_days` is the 75th percentile of the days that won deals spent here, when there were
    at least 20 (`stay_count`), else the stage's idle limit. `win_share` is shrunk to the stage's
    own probability (FORMULAS.md, "Probability of a stage").
    """

    stage = models.OneToOneField(Stage, models.CASCADE, related_name="norm")
    stuck_after_days = models.PositiveIntegerField()
    stay_count = models.PositiveIntegerField(default=0)
    win_share = models.DecimalField(max_digits=5, decimal_places=4)
    closed_count = models.PositiveIntegerField(default=0)
    learned_on = models.DateField()

    class Meta:
        verbose_name = _("norm of a stage")
        verbose_name_plural = _("norms of stages")
