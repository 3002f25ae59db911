"""What the buyer did, marked with its evidence; and the index that a deal is closed with (F16)."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.deals import rules
from apps.deals.actions import checks
from apps.deals.actions.errors import field_error
from apps.deals.actions.locks import lock_deal
from apps.deals.choices import Outcome
from apps.deals.models import Activity, Deal, DealFile, Pipeline, TrustMark, TrustSignal
from apps.staff.models import User

# Acts due by the stage that a closed deal left, and of them what had been recorded by the moment
# it was closed: what is marked, or done, afterwards proves nothing.
KEEP = """
INSERT INTO deals_trustatclose (deal_id, outcome, closed_on, closed_at, done, due, recorded_at)
SELECT deal.id, deal.outcome, deal.closed_on, deal.stage_since,
       COALESCE(SUM(signal.weight) FILTER (WHERE mark.id IS NOT NULL), 0),
       SUM(signal.weight), now()
FROM deals_deal deal
JOIN deals_stage at_close ON at_close.id = deal.closed_from_id
JOIN deals_stage stage ON stage.pipeline_id = deal.pipeline_id AND stage.archived_at IS NULL
     AND stage.kind IN ('lead', 'open') AND stage."order" <= at_close."order"
JOIN deals_trustsignal signal ON signal.stage_id = stage.id AND signal.archived_at IS NULL
LEFT JOIN deals_trustmark mark ON mark.deal_id = deal.id AND mark.signal_id = signal.id
     AND mark.recorded_at <= deal.stage_since AND mark.done_on <= deal.closed_on
     AND (mark.taken_back_at IS NULL OR mark.taken_back_at > deal.stage_since)
WHERE deal.outcome <> 'open' AND deal.id = ANY(%s)
GROUP BY deal.id
ON CONFLICT (deal_id, closed_at) DO NOTHING
"""


def keep_trust(deals: Sequence[int]) -> int:
    """Keep the index of the closed deals with these numbers; how many had acts due.

    One statement, whatever the number of deals; a closing that has its index keeps it.
    """
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [list(deals)])
        return int(cursor.rowcount)


@transaction.atomic
def mark_trust(
    deal: Deal,
    signal: TrustSignal,
    *,
    by: User,
    done_on: date,
    file: DealFile | None = None,
    activity: Activity | None = None,
    note: str = "",
) -> TrustMark:
    """The buyer did `signal` on the business day `done_on`; marked once, a repeat changes nothing.

    Raises PermissionDenied when `by` may not edit the deal, and ValidationError "closed" for a
    closed deal, "foreign_act" for an act of another pipeline, "future", "before_opening",
    "no_evidence" without file, activity and note, "foreign_evidence" for those of another deal.
    """
    deal = lock_deal(deal, by=by)
    if known := deal.trust_marks.standing().filter(signal=signal).first():
        return known
    check_mark(deal, signal, done_on)
    check_evidence(deal, file, activity, note)
    return deal.trust_marks.create(
        signal=signal,
        done_on=done_on,
        file=file,
        activity=activity,
        note=note.strip(),
        user=by,
        recorded_at=timezone.now(),
    )


def check_mark(deal: Deal, signal: TrustSignal, done_on: date) -> None:
    check_open(deal)
    if signal.archived_at or signal.stage.pipeline_id != deal.pipeline_id:
        raise ValidationError(_("The act is not asked for in this pipeline."), code="foreign_act")
    checks.check_not_future("done_on", done_on)
    if done_on < deal.opened_on:
        raise field_error("done_on", _("The deal was not open yet on that day."), "before_opening")


def check_open(deal: Deal) -> None:
    if deal.outcome != Outcome.OPEN:
        raise ValidationError(
            _("The deal is closed: its trust is kept as it was that day."), code="closed"
        )


def check_evidence(deal: Deal, file: DealFile | None, activity: Activity | None, note: str) -> None:
    if not (file or activity or note.strip()):
        raise field_error(
            "note", _("Choose a record or a file, or say how we know."), "no_evidence"
        )
    if any(one and one.deal_id != deal.pk for one in (file, activity)):
        raise field_error("evidence", _("This is of another deal."), "foreign_evidence")


@transaction.atomic
def take_mark_back(mark: TrustMark, *, by: User) -> TrustMark:
    """The buyer has not done it after all; a second time changes nothing. Code "closed"."""
    check_open(lock_deal(mark.deal, by=by))
    locked = TrustMark.objects.select_for_update().get(pk=mark.pk)
    if locked.taken_back_at is None:
        locked.taken_back_at, locked.taken_back_by = timezone.now(), by
        locked.save(update_fields=["taken_back_at", "taken_back_by"])
    return locked


@transaction.atomic
def put_mark_back(mark: TrustMark, *, by: User) -> TrustMark:
    """Undo of taking back; the mark that was made meanwhile stays instead. Code "closed"."""
    check_open(lock_deal(mark.deal, by=by))
    locked = TrustMark.objects.select_for_update().get(pk=mark.pk)
    same = TrustMark.objects.standing().filter(deal=locked.deal_id, signal=locked.signal_id)
    if standing := same.first():
        return standing
    locked.taken_back_at = locked.taken_back_by = None
    locked.save(update_fields=["taken_back_at", "taken_back_by"])
    return locked


@transaction.atomic
def create_trust_signals() -> int:
    """The usual acts for the stages of every kept pipeline, in the active language.

    Nothing is made when acts exist, whether kept or not. Returns how many were made.
    """
    if TrustSignal.objects.exists():
        return 0
    made = [
        TrustSignal(stage=stage, name=name, hint=hint, weight=weight)
        for pipeline in Pipeline.objects.kept()
        for stage, acts in zip(stages_in_work(pipeline), usual_acts(), strict=False)
        for name, hint, weight in acts
    ]
    return len(TrustSignal.objects.bulk_create(made))


def stages_in_work(pipeline: Pipeline) -> list:
    stages = pipeline.stages.kept().filter(kind__in=rules.IN_WORK)
    return list(stages.order_by("order", "pk"))


def usual_acts() -> list[list[tuple[str, str, int]]]:
    """By the place of the stage: what the buyer does, how to check it, its weight."""
    return [
        [(_("Answered our questions"), _("A letter or a recorded call"), 10)],
        [
            (_("Named the budget"), _("A sum in a letter or in the record of a call"), 20),
            (_("Introduced the one who decides"), _("He was at a meeting or wrote himself"), 25),
        ],
        [
            (_("Sent data for the calculation"), _("A specification or a drawing"), 15),
            (_("Named the day of the decision"), _("A date in his own words"), 20),
        ],
        [
            (_("Told what others offer"), _("A quote or its terms"), 15),
            (_("Agreed the plan of steps to the contract"), _("A letter with dates"), 20),
        ],
        [
            (_("Sent details and the signatory"), _("A card of the company"), 15),
            (_("Confirmed the payment schedule"), _("A letter or a signed page"), 20),
        ],
    ]
