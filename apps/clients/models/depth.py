"""Consents, likely duplicates, merges, and how soon an inquiry must be answered."""

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.clients.choices import ConsentKind
from apps.clients.models.clients import Client, Contact
from apps.core.models import audited


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(client__in=Client.objects.visible_to(viewer))

    def standing(self):
        return self.filter(withdrawn_on=None)


@audited()
class Consent(models.Model):
    """A person's consent, as 152-FZ wants it proved: to what text, on what day, how it came.

    `client` is always set, `contact` when the consent is of one of the client's people. A withdrawn
    consent stays as the proof of both days; the data must be destroyed within 30 days of it.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="consents")
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("who agreed"),
    )
    kind = models.CharField(_("to what"), max_length=20, choices=ConsentKind.choices)
    text_version = models.CharField(_("version of the text"), max_length=50)
    text = models.TextField(_("text agreed to"), blank=True)
    given_on = models.DateField(_("given on"))
    source = models.CharField(_("how it was given"), max_length=255)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)
    withdrawal_note = models.CharField(_("how it was withdrawn"), max_length=255, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
                name="consent_withdrawn_after_given",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.given_on:%Y-%m-%d}"


class DuplicateQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(client__in=Client.objects.kept().visible_to(viewer))


class LikelyDuplicate(models.Model):
    """A client of a group in which all are likely one; written anew by each search.

    `group` is the lowest number among its clients; `reasons` by what this one is tied to another:
    "inn", "phone", "email", "name".
    """

    client = models.OneToOneField(Client, models.CASCADE, related_name="likely_duplicate")
    group = models.BigIntegerField()
    reasons = ArrayField(models.CharField(max_length=5))

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        ordering = ["group", "client"]
        indexes = [models.Index(fields=["group"], name="duplicate_by_group")]

    def __str__(self):
        return f"{self.group} {self.client_id}"


class Different(models.Model):
    """Somebody compared the two clients: they are not one, and are not offered again."""

    first = models.ForeignKey(Client, models.CASCADE, related_name="+")
    second = models.ForeignKey(Client, models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("different clients")
        verbose_name_plural = _("different clients")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="lower_number_first"),
        ]

    def __str__(self):
        return f"{self.first_id} {self.second_id}"


class Merge(models.Model):
    """Two rows became one: what the kept one had before, and what followed it.

    `subject` is "client" or "contact"; `kept_id` and `gone_id` are numbers, not keys: the record is
    history and must not follow a later merge itself. `fields` maps a field to its stored value
    before and after, `before`, `after`; `version` is the kept row's after the merge.
    """

    subject = models.CharField(max_length=7)
    kept_id = models.BigIntegerField(db_index=True)
    gone_id = models.BigIntegerField(db_index=True)
    fields = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(_("merged at"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # What stayed with the kept row at the undo, because it was changed since: lines for people.
    skipped = models.JSONField(default=list)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "gone_id"],
                condition=Q(undone_at=None),
                name="merged_away_once",
            )
        ]

    def __str__(self):
        return f"{self.subject} {self.gone_id} → {self.kept_id}"


class MergedRows(models.Model):
    """The rows of one reference that followed; `versions` stand in the order of `numbers`."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="moved")
    reference = models.CharField(max_length=150)
    numbers = ArrayField(models.BigIntegerField())
    versions = ArrayField(models.PositiveIntegerField())

    class Meta:
        verbose_name = _("rows moved by a merge")
        verbose_name_plural = _("rows moved by merges")

    def __str__(self):
        return f"{self.reference} × {len(self.numbers)}"


@audited()
class AnswerNorm(models.Model):
    """How soon a new inquiry is to be answered, and the hours in which the clock runs.

    One row; without it the defaults hold. The days come from the production calendar.
    """

    opens_at = models.TimeField(_("the department works from"), default=time(9))
    closes_at = models.TimeField(_("until"), default=time(18))
    answer_minutes = models.PositiveSmallIntegerField(
        _("an inquiry is answered within, working minutes"), default=30
    )

    class Meta:
        verbose_name = _("norm of answering")
        verbose_name_plural = _("norms of answering")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_answer_norm"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="department_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(answer_minutes__gt=0), name="answer_takes_some_time"
            ),
        ]

    def __str__(self):
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    @classmethod
    def current(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)
