"""What debtors promised in calls, and what became of it: events, never edited."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, Contact
from apps.core.choices import Currency
from apps.core.models import append_only
from apps.deals.calculations import ZERO, promise_state
from apps.deals.choices import DebtCallResult, PromiseState
from apps.deals.models.deals import Deal
from apps.deals.models.events import Activity
from apps.deals.models.money import Allocation, ScheduleLine
from apps.staff.models import User
from apps.tasks.models import Task

MONEY = models.DecimalField(max_digits=16, decimal_places=2)


class DebtCallQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Calls about the debts of the people whose work `viewer` may see, and his own calls."""
        people = User.objects.work_visible_to(viewer)
        return self.filter(Q(owner__in=people) | Q(activity__user__in=people))

    def standing(self):
        """Not struck out: a call is a record of an activity, and goes with it."""
        return self.filter(activity__reversed_by=None)


class DebtCall(models.Model):
    """A talk with a debtor: how it ended, and when to call again.

    `activity` is the record of the call itself; striking that out takes the promise away too.
    `owner` answers for the debt (the owner of its deal then).
    """

    activity = models.OneToOneField(Activity, models.PROTECT, related_name="debt_call")
    client = models.ForeignKey(Client, models.PROTECT, related_name="debt_calls")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    result = models.CharField(_("result"), max_length=10, choices=DebtCallResult.choices)
    next_call_on = models.DateField(_("next call"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = DebtCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call to a debtor")
        verbose_name_plural = _("calls to debtors")
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["client", "-recorded_at"], name="debt_call_by_client")]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.client_id} {self.result}"


class PromiseQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Promises about the debts of the people whose work `viewer` may see, and those he was given."""
        people = User.objects.work_visible_to(viewer)
        return self.filter(Q(owner__in=people) | Q(author__in=people))

    def standing(self):
        """Those whose call has not been struck out."""
        return self.filter(call__activity__reversed_by=None)

    def with_paid(self):
        """`paid`: money that came for the promised debts from the day of the promise to its term.

        Money of a receipt that was reversed never came. Each promise is looked at alone: by its deal
        where it names one, a client may have hundreds.
        """
        money = Allocation.objects.standing().filter(
            line__deal__client=OuterRef("client"),
            line__deal__currency=OuterRef("currency"),
            line=Coalesce(OuterRef("line"), F("line")),
        )
        # From the day of the promise to its term, said so that no index of days is taken: a debtor's
        # payments are few, those of a month are many.
        money = money.filter(happened_on=Greatest("happened_on", OuterRef("made_on")))
        money = money.filter(happened_on=Least("happened_on", OuterRef("promised_on")))
        of_deal = sum_of(money.filter(line__deal=OuterRef("deal")))
        found = Case(When(deal=None, then=sum_of(money)), default=of_deal)
        return self.annotate(paid=Coalesce(found, Value(ZERO, MONEY)))

    def in_state(self, state, today):
        """Those in `state` (PromiseState) on the morning of `today`; reads `paid` of with_paid."""
        match state:
            case PromiseState.KEPT:
                return self.filter(paid__gte=F("amount"))
            case PromiseState.OPEN:
                return self.filter(promised_on__gte=today, paid__lt=F("amount"))
            case PromiseState.PART_KEPT:
                return self.filter(promised_on__lt=today, paid__gt=0, paid__lt=F("amount"))
        return self.filter(promised_on__lt=today, paid__lte=0)


def sum_of(allocations):
    """What the allocations of one client make together; NULL when there are none."""
    summed = allocations.order_by().values("line__deal__client").annotate(sum=Sum("amount"))
    return Subquery(summed.values("sum"))


class PromiseToPay(models.Model):
    """A debtor's word: so much by that day, for a scheduled payment, a deal, or all his debts.

    `line` None: any payment of `deal`; `deal` None: any debt of the client in this currency.
    Whether it was kept is never typed in: see PromiseQuerySet.with_paid and calculations.
    """

    call = models.OneToOneField(DebtCall, models.PROTECT, related_name="promise")
    client = models.ForeignKey(Client, models.PROTECT, related_name="promises")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="promises")
    line = models.ForeignKey(
        ScheduleLine, models.PROTECT, null=True, blank=True, related_name="promises"
    )
    said_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, verbose_name=_("who promised")
    )
    amount = models.DecimalField(_("promised"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    made_on = models.DateField(_("made on"))
    promised_on = models.DateField(_("promised by"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_is_of_something"),
            models.CheckConstraint(
                condition=Q(promised_on__gte=F("made_on")), name="promise_is_for_later"
            ),
            models.CheckConstraint(
                condition=Q(line=None) | Q(deal__isnull=False), name="promised_line_has_its_deal"
            ),
        ]
        indexes = [models.Index(fields=["promised_on"], name="promise_by_term")]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.client_id} {self.amount} {self.promised_on:%Y-%m-%d}"

    def state(self, today):
        """PromiseState on `today`; for rows of with_paid."""
        return promise_state(self.amount, self.paid, self.promised_on, today)


class BrokenPromise(models.Model):
    """A promise was found not kept in full, once: `paid` of it had come, and `task` was set."""

    promise = models.OneToOneField(PromiseToPay, models.PROTECT, related_name="broken")
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2)
    found_on = models.DateField(_("day"))
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("broken promise")
        verbose_name_plural = _("broken promises")
        triggers = [append_only()]

    def __str__(self):
        return str(self.promise_id)
