"""Statements: what a person has earned in a month, line by line. Locked ones never change."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.bonuses.choices import LineKind, StatementStatus
from apps.bonuses.models.schemes import SchemeVersion
from apps.core.models import append_only
from apps.deals.models import Allocation, Deal
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User


class PayQuerySet(models.QuerySet):
    """Rows about somebody's pay, in the column `person`."""

    def visible_to(self, viewer):
        """Pay is seen by the person, the head of his department, the director and HR: by no lead."""
        if viewer.role in (Role.DIRECTOR, Role.HR):
            return self
        if viewer.role == Role.HEAD:
            return self.filter(person__in=User.objects.work_visible_to(viewer))
        return self.filter(person=viewer)


class StatementQuerySet(PayQuerySet):
    def open(self):
        return self.filter(status=StatementStatus.OPEN)

    def locked(self):
        return self.exclude(status=StatementStatus.OPEN)


LOCKED = pgtrigger.Trigger(
    name="locked",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func=pgtrigger.Func(
        """
        IF OLD.status <> 'open' AND (TG_OP = 'DELETE' OR OLD.status = 'paid' OR NEW.status <> 'paid'
            OR to_jsonb(NEW) - 'status' - 'paid_by_id' - 'paid_at'
                <> to_jsonb(OLD) - 'status' - 'paid_by_id' - 'paid_at') THEN
            RAISE EXCEPTION 'a locked bonus statement does not change';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """
    ),
)
LINES_LOCKED = pgtrigger.Trigger(
    name="lines_locked",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("place", "bigint")],
    func=pgtrigger.Func(
        """
        FOREACH place IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.statement_id]
            WHEN 'DELETE' THEN ARRAY[OLD.statement_id]
            ELSE ARRAY[OLD.statement_id, NEW.statement_id] END LOOP
            IF EXISTS (SELECT FROM bonuses_statement WHERE id = place AND status <> 'open') THEN
                RAISE EXCEPTION 'the lines of a locked bonus statement do not change';
            END IF;
        END LOOP;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """
    ),
)


class Statement(models.Model):
    """The bonus of a person for `month` (its first day), in the company's currency.

    `base` is what it was counted from, `earned` what the scale gave, `total` the sum of the lines;
    `next_missing` is the base that lacks to the next step, which brings `next_rate`.
    `plan` and the shares are those of the last night; None: not known or not needed. `digest` names
    the lines: whoever approves sends the one he saw.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="bonus_statements",
        verbose_name=_("person"),
    )
    month = models.DateField(_("month"))
    node = models.ForeignKey(
        TeamNode, models.PROTECT, null=True, related_name="+", verbose_name=_("team")
    )
    scheme_version = models.ForeignKey(
        SchemeVersion, models.PROTECT, null=True, related_name="statements"
    )
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=StatementStatus.choices,
        default=StatementStatus.OPEN,
    )
    base = models.DecimalField(_("base"), max_digits=16, decimal_places=2, default=0)
    plan = models.DecimalField(_("plan"), max_digits=16, decimal_places=2, null=True)
    overdue_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    hygiene_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    earned = models.DecimalField(_("earned"), max_digits=14, decimal_places=2, default=0)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2, default=0)
    next_missing = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    next_rate = models.DecimalField(max_digits=7, decimal_places=5, null=True)
    digest = models.CharField(max_length=64, blank=True)
    counted_on = models.DateField(_("as of"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    paid_at = models.DateTimeField(_("paid at"), null=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("bonus statement")
        verbose_name_plural = _("bonus statements")
        ordering = ["-month", "person"]
        constraints = [
            models.UniqueConstraint(fields=["person", "month"], name="one_statement_a_month"),
            models.CheckConstraint(
                condition=Q(month__day=1), name="statement_month_is_a_first_day"
            ),
            models.CheckConstraint(
                condition=Q(status="open", approved_by=None, approved_at=None)
                | (~Q(status="open") & Q(approved_by__isnull=False, approved_at__isnull=False)),
                name="locked_statement_has_its_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("person")),
                name="nobody_approves_his_own_bonus",
            ),
        ]
        indexes = [models.Index(fields=["month", "status"], name="statement_by_month")]
        triggers = [LOCKED]

    def __str__(self):
        return f"{self.person_id} {self.month:%Y-%m}"

    def get_absolute_url(self):
        return reverse("bonuses:statement", args=[self.pk])

    @property
    def is_open(self):
        return self.status == StatementStatus.OPEN


class Correction(models.Model):
    """Money added (or, negative, taken) by hand, with a reason; the night puts it into the first open
    month of the person as a line."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bonus_corrections"
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=255)
    about = models.ForeignKey(Statement, models.PROTECT, related_name="corrections")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = PayQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a bonus")
        verbose_name_plural = _("corrections of bonuses")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="correction_is_not_nothing"),
            models.CheckConstraint(
                condition=~Q(author=F("person")), name="nobody_corrects_his_own_bonus"
            ),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.person_id} {self.amount}"


class StatementLineQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(statement__in=Statement.objects.visible_to(viewer))

    def in_order(self):
        places = [models.When(kind=kind, then=at) for at, kind in enumerate(LineKind.values)]
        place = models.Case(*places, output_field=models.IntegerField())
        return self.order_by(place, "event_month", F("base").desc(), "key")


class StatementLine(models.Model):
    """One reason of the total. `key` names it within the statement from night to night.

    `base` is what of the deal (of the payment) counts here: negative where it was reversed.
    `amount` is the money; of an earned line `kept` is what of it is left after cap and gates.
    `event_month` is the month in which it happened; before the statement's, it came late. `original`
    is the locked line from which money is taken back or held.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="lines")
    key = models.CharField(max_length=60)
    kind = models.CharField(_("why"), max_length=12, choices=LineKind.choices)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="+")
    allocation = models.ForeignKey(Allocation, models.PROTECT, null=True, related_name="+")
    event_month = models.DateField(null=True)
    base = models.DecimalField(_("base"), max_digits=16, decimal_places=2, default=0)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    kept = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    original = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    correction = models.ForeignKey(Correction, models.PROTECT, null=True, related_name="lines")

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        constraints = [models.UniqueConstraint(fields=["statement", "key"], name="one_line_a_key")]
        indexes = [models.Index(fields=["deal", "statement"], name="bonus_line_by_deal")]
        triggers = [LINES_LOCKED]

    def __str__(self):
        return f"{self.statement_id} {self.key}"

    @property
    def rate(self):
        """The average rate of the line, a fraction; None without a base."""
        return self.amount / self.base if self.base and self.amount else None
