"""What is open, owed and refused, as the last night found it: balances and panels are made of it.

Each night reads again only what something was done to (apps.kpis.night.present), so its cost follows
what has changed, not the base. Rows repeat what the records say; once a week they are written anew.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.deals.models import Deal, RefusalReason, ScheduleLine, Stage
from apps.kpis.models.facts import MONEY, key_to


def same_as(model) -> models.OneToOneField:
    """A row for one of `model`, under its number."""
    return models.OneToOneField(
        model, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )


class OpenDeal(models.Model):
    """An open deal that is not in the bin. `amount_base` is in the company's currency."""

    deal = same_as(Deal)
    owner = key_to(settings.AUTH_USER_MODEL)
    stage = key_to(Stage)
    amount_base = models.DecimalField(max_digits=14, decimal_places=2, null=True)
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
