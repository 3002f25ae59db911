"""Money due and money received."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.choices import Currency
from apps.core.models import Versioned, append_only, audited
from apps.deals.choices import Outcome
from apps.deals.models.deals import Deal
from apps.staff.models import User


class ScheduleLineQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Those of the deals that `viewer` may see; asked through the owner, it is one join less."""
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def unpaid(self):
        return self.filter(paid__lt=F("amount"))

    def owed(self):
        """Unpaid parts of won deals: the receivables."""
        return self.unpaid().filter(deal__outcome=Outcome.WON, deal__archived_at=None)

    def overdue(self, today):
        """Due before `today` and not paid in full."""
        return self.unpaid().filter(due_on__lt=today)


@audited()
class ScheduleLine(Versioned):
    """A payment the client owes for a won deal, in the deal's currency.

    `paid` is the sum of its allocations, kept here for lists; written by apps.deals.actions.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="schedule")
    title = models.CharField(_("for what"), max_length=255, blank=True)
    due_on = models.DateField(_("due on"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    paid = models.DecimalField(
        _("paid"), max_digits=14, decimal_places=2, default=0, editable=False
    )

    objects = ScheduleLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled payment")
        verbose_name_plural = _("payment schedule")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="schedule_amount_positive"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="paid_within_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(paid__lt=F("amount")), name="schedule_unpaid"
            )
        ]

    def __str__(self):
        return f"{self.deal_id} {self.due_on:%Y-%m-%d}"

    def left(self):
        """What is still owed."""
        return self.amount - self.paid


class ReceiptQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Receipts of the clients, or towards the deals, that `viewer` may see."""
        return self.filter(
            Q(client__in=Client.objects.visible_to(viewer))
            | Q(pk__in=Allocation.objects.visible_to(viewer).values("receipt"))
        )

    def standing(self):
        """Not a reversal and not reversed."""
        return self.filter(reversal_of=None, reversals=None)


class Receipt(models.Model):
    """Money that came from a client; a refund or a mistake is a reversal with a negative amount."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="receipts")
    received_on = models.DateField(_("received on"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    amount_base = models.DecimalField(max_digits=14, decimal_places=2)
    number = models.CharField(_("document number"), max_length=50, blank=True)
    note = models.CharField(_("note"), max_length=255, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reversal_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals"
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reversal_of=None, amount__gt=0)
                | Q(reversal_of__isnull=False, amount__lt=0),
                name="only_reversals_are_negative",
            )
        ]
        indexes = [models.Index(fields=["received_on"], name="receipt_by_day")]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.client_id} {self.received_on:%Y-%m-%d}"

    def left(self):
        """What is not counted towards any scheduled payment yet: an advance."""
        used = self.allocations.aggregate(used=Sum("amount"))["used"]
        return self.amount - (used or 0)


class AllocationQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(line__in=ScheduleLine.objects.visible_to(viewer))

    def standing(self):
        """Not a reversal and not reversed."""
        return self.filter(reversal_of=None, reversed_by=None)


class Allocation(models.Model):
    """A part of a receipt counted towards a scheduled payment; `owner` is the deal's then.

    `happened_on` is the business day it counts on; a reversal repeats the sum with a minus.
    """

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="allocations")
    line = models.ForeignKey(ScheduleLine, models.PROTECT, related_name="allocations")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    amount_base = models.DecimalField(max_digits=14, decimal_places=2)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    happened_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    reversal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(
                condition=Q(reversal_of=None, amount__gt=0)
                | Q(reversal_of__isnull=False, amount__lt=0),
                name="only_reversed_allocations_are_negative",
            )
        ]
        indexes = [
            models.Index(fields=["recorded_at"], name="allocation_by_record"),
            models.Index(fields=["happened_on"], name="allocation_by_day"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.receipt_id} → {self.line_id}"
