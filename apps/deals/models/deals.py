"""Deals, their lines and splits."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Case, DurationField, ExpressionWrapper, F, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, Contact, Source
from apps.core.choices import Currency
from apps.core.models import Archived, ArchivedQuerySet, Tag, Versioned, audited
from apps.core.money import round_money
from apps.core.words import without_marks
from apps.deals.choices import Outcome
from apps.deals.models.competitors import Competitor
from apps.deals.models.pipelines import Pipeline, Product, RefusalReason, Stage
from apps.deals.stuck import learned_limits
from apps.staff.models import User

DEAL_SEARCH = SearchVector(without_marks("title"), config="simple")


class DealQuerySet(ArchivedQuerySet):
    def visible_to(self, viewer):
        """Deals of the people whose work `viewer` may see."""
        return self.filter(owner__in=User.objects.work_visible_to(viewer))

    def open(self):
        return self.filter(outcome=Outcome.OPEN, archived_at=None)

    def without_step(self):
        return self.open().filter(next_step_at=None)

    def step_overdue(self, now):
        return self.open().filter(next_step_at__lt=now)

    def stuck(self, now):
        """Open and longer in its stage than deals that were won stayed there (apps.deals.stuck)."""
        learned = [When(stage=stage, then=days) for stage, days in learned_limits().items()]
        limit = Case(*learned, default=F("stage__max_idle_days"), output_field=IntegerField())
        allowed = ExpressionWrapper((limit + 1) * Value(timedelta(days=1)), DurationField())
        return (
            self.open().alias(due_to_leave=F("stage_since") + allowed).filter(due_to_leave__lte=now)
        )

    def won_in(self, period):
        """Won within the half-open `period` of business days (see apps.core.periods)."""
        return self.filter(
            outcome=Outcome.WON,
            archived_at=None,
            closed_on__gte=period.start,
            closed_on__lt=period.end,
        )

    def lost_in(self, period):
        return self.filter(
            outcome=Outcome.LOST,
            archived_at=None,
            closed_on__gte=period.start,
            closed_on__lt=period.end,
        )


@audited()
class Deal(Versioned, Archived):
    """A sale from the first contact to the money.

    `amount` is in `currency`; `amount_base`, in the company's currency, is fixed when the deal is
    booked. `outcome` always agrees with the kind of `stage` and `closed_on` with both. `opened_on`
    and `closed_on` are business days of the company; `closed_from` is the stage that a closed deal
    left, None when it came closed from elsewhere. Imported deals may lack client and amount
    while they are open; they count against hygiene. Written by apps.deals.actions only.
    """

    title = models.CharField(_("title"), max_length=255)
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("client"),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("contact"),
    )
    pipeline = models.ForeignKey(
        Pipeline, models.PROTECT, related_name="deals", verbose_name=_("pipeline")
    )
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="deals", verbose_name=_("stage"))
    stage_since = models.DateTimeField(_("in this stage since"))
    outcome = models.CharField(
        _("outcome"), max_length=4, choices=Outcome.choices, default=Outcome.OPEN, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deals", verbose_name=_("owner")
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(
        _("currency"), max_length=3, choices=Currency.choices, default=Currency.RUB
    )
    amount_base = models.DecimalField(
        _("amount in the company's currency"),
        max_digits=14,
        decimal_places=2,
        null=True,
        editable=False,
    )
    opened_on = models.DateField(_("opened on"))
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    next_step = models.CharField(_("next step"), max_length=255, blank=True)
    next_step_at = models.DateTimeField(_("when"), null=True, blank=True)
    last_activity_at = models.DateTimeField(_("last activity"), null=True, editable=False)
    refusal_reason = models.ForeignKey(
        RefusalReason,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("refusal reason"),
    )
    refusal_comment = models.TextField(_("comment on the refusal"), blank=True, editable=False)
    competitor = models.ForeignKey(
        Competitor,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="deals",
        verbose_name=_("competitor"),
    )
    closed_from = models.ForeignKey(
        Stage,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("closed from the stage"),
    )
    note = models.TextField(_("note"), blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="deals", verbose_name=_("tags"))
    external_id = models.CharField(_("external code"), max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open", closed_on=None)
                | (~Q(outcome="open") & Q(closed_on__isnull=False)),
                name="closed_deal_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="won") | Q(amount__isnull=False, amount_base__isnull=False),
                name="won_deal_has_an_amount",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="lost") | Q(refusal_reason__isnull=False),
                name="lost_deal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="deal_closes_after_it_opens",
            ),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="one_deal_a_code"
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_on", "-id"], name="deal_by_day"),
            models.Index(fields=["owner", "-opened_on", "-id"], name="deal_by_owner"),
            # The largest open, won or lost deals, in the order of the list.
            models.Index(
                "outcome",
                F("amount_base").desc(nulls_last=True),
                F("id").desc(),
                name="deal_by_amount",
            ),
            # Those in the bin are few; the night leaves them out of what counts.
            models.Index(
                fields=["archived_at"],
                condition=Q(archived_at__isnull=False),
                name="deal_archived",
            ),
            models.Index(
                fields=["owner", "next_step_at"],
                condition=Q(outcome="open", archived_at=None),
                name="deal_open_by_step",
            ),
            models.Index(
                fields=["stage", "next_step_at", "id"],
                condition=Q(outcome="open", archived_at=None),
                name="deal_open_by_stage",
            ),
            # The largest open deals of a stage: sorted by itself, a stage of a large base is read whole.
            models.Index(
                F("stage"),
                F("amount_base").desc(nulls_last=True),
                F("id").desc(),
                condition=Q(outcome="open", archived_at=None),
                name="deal_open_by_stage_amount",
            ),
            models.Index(
                fields=["closed_on", "owner"],
                condition=~Q(outcome="open"),
                name="deal_closed",
            ),
            GinIndex(DEAL_SEARCH, name="deal_search"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("deals:deal", args=[self.pk])


@audited()
class DealLine(models.Model):
    """A product in a deal: money per unit in the deal's currency, VAT as a fraction."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=1)
    list_price = models.DecimalField(_("list price"), max_digits=14, decimal_places=2)
    sold_price = models.DecimalField(_("sold at"), max_digits=14, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT"), max_digits=4, decimal_places=3, default=0)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("product line")
        verbose_name_plural = _("product lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quantity_is_positive"),
            models.CheckConstraint(condition=Q(sold_price__gte=0), name="sold_price_not_negative"),
        ]

    def __str__(self):
        return f"{self.product_id} × {self.quantity}"

    @property
    def total(self):
        """What the client pays for the line."""
        return round_money(self.quantity * self.sold_price)

    @property
    def decimals(self):
        """How many decimals the quantity needs to be written."""
        return 0 if self.quantity == self.quantity.to_integral_value() else 3


@audited()
class DealSplit(models.Model):
    """A person's share of the amount, as a fraction; without rows the owner has it all.

    The shares of a deal make exactly 1; the *count* always goes to the primary owner.
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="splits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=4)

    class Meta:
        verbose_name = _("split")
        verbose_name_plural = _("splits")
        constraints = [
            models.UniqueConstraint(fields=["deal", "user"], name="one_share_a_person"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="share_is_a_share"),
        ]

    def __str__(self):
        return f"{self.deal_id} {self.user_id}"
