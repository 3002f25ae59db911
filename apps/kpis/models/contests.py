"""Contests of a team: rules that stand once launched, participants, standings by night."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.models import Decision, Versioned, audited
from apps.core.periods import Period
from apps.kpis.contest_choices import ContestState, PrizeKind, ScoreKind
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
SCORE: dict[str, Any] = {"max_digits": 20, "decimal_places": 3}
RULES = (
    "name", "metric", "metric_version", "starts_on", "ends_on", "score_kind", "by_team", "prize_kind",
    "budget", "author_id",
)  # fmt: skip


def rules_change() -> str:
    """A launched contest would get other rules, or become a draft again."""
    old, new = (", ".join(f"{row}.{rule}" for rule in RULES) for row in ("OLD", "NEW"))
    changed = f"({old}) IS DISTINCT FROM ({new})"
    return f"OLD.state <> 'draft' AND (NEW.state = 'draft' OR {changed})"


def stands_once_launched() -> pgtrigger.Trigger:
    """Rows of a contest that is launched are neither added, changed nor removed."""
    return pgtrigger.Trigger(
        name="stands_once_launched",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("state_now", "TEXT")],
        func="""
            IF TG_OP = 'DELETE' THEN
                SELECT state INTO state_now FROM kpis_contest WHERE id = OLD.contest_id;
            ELSE
                SELECT state INTO state_now FROM kpis_contest WHERE id = NEW.contest_id;
            END IF;
            IF state_now <> 'draft' THEN
                RAISE EXCEPTION 'pgtrigger: the rules of a launched contest stand (%)', TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class ContestQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """What `viewer` takes part in, designed, or has only people of his sight in.

        A draft is seen by those who lead its people, not by its participants yet.
        """
        if viewer.role == Role.DIRECTOR:
            return self
        seats = ContestParticipant.objects.filter(contest=models.OuterRef("pk"))
        takes_part = models.Exists(seats.filter(user=viewer)) & ~Q(state=ContestState.DRAFT)
        if viewer.role == Role.SELLER:
            return self.filter(takes_part)
        seen = User.objects.work_visible_to(viewer).values("pk")
        within = models.Exists(seats) & ~models.Exists(seats.exclude(user__in=seen))
        return self.filter(takes_part | within | Q(author=viewer))

    def running(self):
        return self.filter(state=ContestState.LAUNCHED)

    def finished(self):
        return self.filter(state=ContestState.FINISHED)


@audited()
class Contest(Versioned):
    """From `starts_on` until before `ends_on`; the night of its last day ends it.

    `simulation` is what the contest would have brought before, as shown when it was designed
    (see apps.kpis.contest_history); `budget` is what its prizes may cost.
    """

    name = models.CharField(_("name"), max_length=120)
    metric = models.CharField(_("metric"), max_length=50)
    metric_version = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    score_kind = models.CharField(
        pgettext_lazy("contest", "score"),
        max_length=10,
        choices=ScoreKind.choices,
        default=ScoreKind.NORMALISED,
    )
    by_team = models.BooleanField(_("teams compete"), default=False)
    prize_kind = models.CharField(
        _("prizes"), max_length=10, choices=PrizeKind.choices, default=PrizeKind.PLACES
    )
    budget = models.DecimalField(_("budget"), **MONEY)
    state = models.CharField(
        _("state"), max_length=10, choices=ContestState.choices, default=ContestState.DRAFT
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    launched_at = models.DateTimeField(_("launched at"), null=True)
    finished_at = models.DateTimeField(null=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    simulation = models.JSONField(default=dict)

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="contest_lasts"),
            models.CheckConstraint(condition=Q(budget__gte=0), name="contest_budget_not_negative"),
            models.CheckConstraint(
                condition=Q(state="draft", launched_at=None, decision=None)
                | Q(~Q(state="draft"), launched_at__isnull=False, decision__isnull=False),
                name="launched_contest_is_a_decision",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="launched_rules_stand",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(rules_change()),
            ),
            pgtrigger.Protect(
                name="launched_contest_stays",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("kpis:contest", args=[self.pk])

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def is_normalised(self) -> bool:
        return self.score_kind == ScoreKind.NORMALISED

    @property
    def is_by_place(self) -> bool:
        return self.prize_kind == PrizeKind.PLACES


class ContestPrize(models.Model):
    """`reach` is the place (1, 2, …), or the score to be reached."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="prizes")
    reach = models.DecimalField(**SCORE)
    amount = models.DecimalField(**MONEY)

    class Meta:
        verbose_name = _("prize")
        verbose_name_plural = _("prizes of contests")
        ordering = ["reach"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "reach"], name="one_prize_a_reach"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, reach__gt=0), name="prize_is_positive"
            ),
        ]
        triggers = [stands_once_launched()]

    def __str__(self):
        return f"{self.contest_id} {self.reach} {self.amount}"


class ContestParticipantQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(contest__in=Contest.objects.visible_to(viewer))


class ContestParticipant(models.Model):
    """A person with the team he stands for; `baseline` of his side is fixed by the launch."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contests")
    team = models.ForeignKey(TeamNode, models.PROTECT, null=True, related_name="+")
    baseline = models.DecimalField(max_digits=24, decimal_places=6, null=True)

    objects = ContestParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants of contests")
        constraints = [
            models.UniqueConstraint(fields=["contest", "user"], name="one_seat_a_participant")
        ]
        triggers = [stands_once_launched()]

    def __str__(self):
        return f"{self.contest_id} {self.user_id}"


class ContestStandingQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """A leaderboard is seen whole by whoever may see its contest; facts have a rule of their own."""
        return self.filter(contest__in=Contest.objects.visible_to(viewer))


class ContestStanding(models.Model):
    """Where a side stood at the end of `as_of`; of the last day it is final and never changes.

    `side` is the id of a person, or of a team where teams compete. `missing` is the score lacking to
    the next better prize.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="standings")
    as_of = models.DateField()
    side = models.PositiveBigIntegerField()
    place = models.PositiveIntegerField(null=True)
    score = models.DecimalField(null=True, **SCORE)
    fact = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    prize = models.DecimalField(default=0, **MONEY)
    missing = models.DecimalField(null=True, **SCORE)
    is_final = models.BooleanField(default=False)

    objects = ContestStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing in a contest")
        verbose_name_plural = _("standings in contests")
        ordering = ["-as_of", F("place").asc(nulls_last=True), "side"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "as_of", "side"], name="one_standing_a_night"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="final_standing_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__is_final=True),
            )
        ]

    def __str__(self):
        return f"{self.contest_id} {self.as_of:%Y-%m-%d} {self.side} {self.place}"
