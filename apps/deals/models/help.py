"""A seller calls for a leader: the request, what happened to it, how soon it is to be answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.deals.big_choices import HelpEventKind, HelpState
from apps.deals.choices import Outcome
from apps.deals.models.deals import Deal
from apps.staff.models import User


class HelpNorm(models.Model):
    """How soon a request for help is answered; the hours are those of the norm of answering."""

    answer_minutes = models.PositiveSmallIntegerField(
        _("a request for help is answered within, working minutes"), default=240
    )

    class Meta:
        verbose_name = _("norm of helping")
        verbose_name_plural = _("norms of helping")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_help_norm"),
            models.CheckConstraint(condition=Q(answer_minutes__gt=0), name="help_takes_some_time"),
        ]

    def __str__(self):
        return f"{self.answer_minutes}"

    @classmethod
    def current(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class HelpRequestQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Those about deals that `viewer` may see."""
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def open(self):
        return self.filter(state=HelpState.OPEN)

    def waiting(self):
        """Open ones about deals that still go on; a closed deal needs no help any more."""
        return self.open().filter(deal__outcome=Outcome.OPEN, deal__archived_at=None)


class HelpRequest(models.Model):
    """What a seller asks of a leader about a deal; a deal has one open request at a time.

    `responded_at` is the first answer of any kind: it stops the clock. What happened stands in
    `events` and is never rewritten.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="help_requests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="help_asked",
        verbose_name=_("of whom"),
    )
    question = models.TextField(_("what is needed"), max_length=2000)
    needed_on = models.DateField(_("until"))
    state = models.CharField(
        _("state"), max_length=10, choices=HelpState.choices, default=HelpState.OPEN
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    responded_at = models.DateTimeField(_("answered at"), null=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal"], condition=Q(state="open"), name="one_open_request_a_deal"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"], responded_at=None)
                | (~Q(state__in=["open", "withdrawn"]) & Q(responded_at__isnull=False)),
                name="answered_request_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="open"), name="help_waiting"),
            models.Index(fields=["asked_at"], name="help_by_moment"),
        ]

    def __str__(self):
        return f"{self.deal_id} {self.state}"


class HelpEvent(models.Model):
    """What happened to a request for help, for ever."""

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=10, choices=HelpEventKind.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("words"), blank=True)
    happened_at = models.DateTimeField(_("happened at"), default=timezone.now)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("event of a request for help")
        verbose_name_plural = _("events of requests for help")
        ordering = ["happened_at", "pk"]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.request_id} {self.kind}"
