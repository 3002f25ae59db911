"""Closed months: the facts of one never change; what arrives late counts on the first open day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.deals.models import Deal
from apps.kpis.choices import Journal, MonthChange
from apps.kpis.models.facts import key_to
from apps.kpis.models.nights import NightRun
from apps.staff.models import User


class ClosedMonth(models.Model):
    """A month (its first day) that is closed now; reopening removes the row, MonthEvent keeps both."""

    month = models.DateField(_("month"), unique=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"))
    note = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_is_a_first_day")
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"


class MonthEvent(models.Model):
    """A month was closed or reopened, by whom and why.

    `marks` holds the number of the last row of each Journal then: while the month was closed, rows
    with greater numbers came late. They are exact, since nothing is written while they are taken.
    """

    month = models.DateField(_("month"))
    change = models.CharField(_("change"), max_length=10, choices=MonthChange.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    marks = models.JSONField()
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a month")
        verbose_name_plural = _("changes of months")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="month_event_is_a_first_day"),
            models.CheckConstraint(
                condition=~Q(change="reopened") | (Q(approved_by__isnull=False) & ~Q(reason="")),
                name="reopening_is_approved_and_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("author")),
                name="nobody_approves_his_own_reopening",
            ),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.change}"


class ReopenRequest(models.Model):
    """The head asks to open a closed month again; the director decides."""

    month = models.DateField(_("month"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=255)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    is_approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("request to reopen a month")
        verbose_name_plural = _("requests to reopen months")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(decided_at=None), name="one_open_request_a_month"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_approved=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False),
                name="request_is_open_or_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="nobody_decides_his_own_request",
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.asked_by_id}"


class BookedQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(user__in=User.objects.work_visible_to(viewer))


class LateEvent(models.Model):
    """A row of a journal that came late for `month`, closed by then: it counts on `counts_on`.

    Once booked it stays there, even if the month is reopened. `user` has the count; `amount` is the
    money it moves in the company's currency (of a won deal, its whole sum).
    """

    journal = models.CharField(max_length=12, choices=Journal.choices)
    event_id = models.BigIntegerField()
    month = models.DateField(_("month"))
    counts_on = models.DateField(_("counts on"))
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True)
    booked_in = key_to(NightRun)

    objects = BookedQuerySet.as_manager()

    class Meta:
        verbose_name = _("late event")
        verbose_name_plural = _("late events")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["journal", "event_id"], name="one_booking_an_event")
        ]
        indexes = [
            models.Index(fields=["journal", "counts_on"], name="late_event_by_day"),
            models.Index(fields=["month"], name="late_event_by_month"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.journal} {self.event_id} {self.counts_on:%Y-%m-%d}"


class LateShare(models.Model):
    """The shares of a deal that counted in `month`, closed by now, were changed.

    What moves from one person to another counts on `counts_on`; over the people it adds up to 0.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    counts_on = models.DateField(_("counts on"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    booked_in = key_to(NightRun)

    objects = BookedQuerySet.as_manager()

    class Meta:
        verbose_name = _("late share")
        verbose_name_plural = _("late shares")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["counts_on"], name="late_share_by_day"),
            models.Index(fields=["month"], name="late_share_by_month"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.deal_id} {self.user_id} {self.amount}"
