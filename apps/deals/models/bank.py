"""Bank statements that were taken in, and what became of each payment in them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.choices import Currency
from apps.core.models import audited
from apps.deals.choices import MatchReason, PaymentState
from apps.deals.models.money import Receipt
from apps.staff.models import User


class BankStatementQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(author__in=User.objects.work_visible_to(viewer))


class BankStatement(models.Model):
    """A file of a bank, read once. `faults` are its documents that could not be read.

    `repeated` counts the payments that an earlier statement had brought, `outgoing` those by which
    money left.
    """

    file_name = models.CharField(_("file"), max_length=150)
    file_hash = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    accounts = models.JSONField(default=list)
    starts_on = models.DateField(_("from"), null=True)
    ends_on = models.DateField(_("to"), null=True)
    repeated = models.PositiveIntegerField(default=0)
    outgoing = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    faults = models.JSONField(default=list)

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "file_hash"], name="one_statement_a_file")
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("deals:bank_statement", args=[self.pk])


class BankPaymentQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(statement__in=BankStatement.objects.visible_to(viewer))

    def waiting(self):
        """Not booked yet, and not set aside."""
        return self.exclude(state__in=[PaymentState.BOOKED, PaymentState.SKIPPED])


@audited()
class BankPayment(models.Model):
    """Money that came by the bank. `parts` is the proposal: [number of the schedule line, sum] pairs.

    `fingerprint` names the payment whatever file brings it; it can be booked once.
    """

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="payments")
    fingerprint = models.CharField(max_length=64)
    line = models.PositiveIntegerField(_("line of the file"))
    received_on = models.DateField(_("received on"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    number = models.CharField(_("document number"), max_length=50, blank=True)
    payer = models.CharField(_("payer"), max_length=255, blank=True)
    payer_inn = models.CharField(_("INN"), max_length=12, blank=True)
    payer_kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    payer_account = models.CharField(_("account"), max_length=40, blank=True)
    purpose = models.CharField(_("purpose"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PaymentState.choices)
    reason = models.CharField(max_length=20, choices=MatchReason.choices)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="bank_payments"
    )
    parts = models.JSONField(default=list)
    receipt = models.OneToOneField(
        Receipt, models.PROTECT, null=True, blank=True, related_name="bank_payment"
    )

    objects = BankPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment of a bank statement")
        verbose_name_plural = _("payments of bank statements")
        ordering = ["received_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "fingerprint"], name="one_payment_a_statement"
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(state=PaymentState.BOOKED),
                name="bank_payment_is_booked_once",
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.BOOKED, receipt__isnull=False)
                | ~Q(state=PaymentState.BOOKED) & Q(receipt=None),
                name="booked_payment_has_a_receipt",
            ),
        ]
        indexes = [models.Index(fields=["fingerprint"], name="payment_by_fingerprint")]

    def __str__(self):
        return f"{self.payer} {self.received_on:%Y-%m-%d}"
