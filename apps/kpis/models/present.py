"""What is open, owed and refused, as the last night found it: balances and panels are made of it.

Each night reads again only what something was done to (apps.kpis.night.present), so its cost follows
what has changed, not the base. Rows repeat what the records say; once a week they are written anew.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.deals.models import Deal, RefusalReason, ScheduleLine, Stage
from apps.kpis.models.facts import MONEY, key_to

# Money times a share of four decimals.
EXACT: dict[str, Any] = {"max_digits": 24, "decimal_places": 6, "default": 0}


def same_as(model) -> models.OneToOneField:
    """A row for one of `model`, under its number."""
    return models.OneToOneField(
        model, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )


class OpenDeal(models.Model):
    """An open deal that is not in the bin; `amount` is in the company's currency, 0 while unknown."""

    deal = same_as(Deal)
    owner = key_to(settings.AUTH_USER_MODEL)
    stage = key_to(Stage)
    amount = models.DecimalField(**MONEY)
    has_amount = models.BooleanField()
    has_client = models.BooleanField()
    has_contact = models.BooleanField()
    stage_since = models.DateTimeField()
    last_activity_at = models.DateTimeField(null=True)
    next_step_at = models.DateTimeField(null=True)
    expected_close_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("open deal of the night")
        verbose_name_plural = _("open deals of the night")
        # The dearest of a person are found without sorting all of his.
        indexes = [models.Index("owner", models.F("amount").desc(), "deal", name="open_by_worth")]


class OpenStage(models.Model):
    """A person's open deals in a stage as of the last night's morning: their states, added up.

    `due` ones are to be closed in the month of that morning; `burning` ones need a hand
    (apps.kpis.night.burning). What is weighted is not rounded yet.
    """

    owner = key_to(settings.AUTH_USER_MODEL)
    stage = key_to(Stage)
    open_count = models.IntegerField()
    open_amount = models.DecimalField(**MONEY)
    weighted_amount = models.DecimalField(**EXACT)
    lead_count = models.IntegerField()
    stuck_count = models.IntegerField()
    stuck_amount = models.DecimalField(**MONEY)
    idle_count = models.IntegerField()
    hygiene_good = models.IntegerField()
    no_step = models.IntegerField()
    overdue_step = models.IntegerField()
    no_client = models.IntegerField()
    no_amount = models.IntegerField()
    no_close_day = models.IntegerField()
    close_passed = models.IntegerField()
    due_count = models.IntegerField()
    due_amount = models.DecimalField(**MONEY)
    due_weighted_amount = models.DecimalField(**EXACT)
    burning_count = models.IntegerField()
    burning_amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("open deals in a stage")
        verbose_name_plural = _("open deals in stages")


class OpenDebt(models.Model):
    """What is left to pay of a payment of a won deal, `amount` in the company's currency."""

    line = same_as(ScheduleLine)
    deal = models.ForeignKey(Deal, models.DO_NOTHING, db_constraint=False, related_name="+")
    owner = key_to(settings.AUTH_USER_MODEL)
    due_on = models.DateField()
    amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("debt of the night")
        verbose_name_plural = _("debts of the night")


class RefusalFact(models.Model):
    """Deals that stand as lost since the day, by owner and reason; of the last ninety days only."""

    day = models.DateField()
    user = key_to(settings.AUTH_USER_MODEL)
    reason = key_to(RefusalReason, null=True)
    count = models.IntegerField(default=0)
    amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("fact of refusals")
        verbose_name_plural = _("facts of refusals")
        indexes = [models.Index(fields=["day"], name="refusal_fact_by_day")]
