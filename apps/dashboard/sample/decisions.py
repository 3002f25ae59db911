"""What the head decided in the last year: decisions to be measured, a contest over, one running, one drafted."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db.models import Sum
from django.utils import timezone

from apps.core.models import Decision
from apps.core.periods import DAY, Period, month_of
from apps.dashboard.sample.days import moment_of
from apps.dashboard.sample.writing import history_asleep
from apps.deals.models import Deal
from apps.kpis.actions.contests import DECISION_KIND
from apps.kpis.calculations.contest import Tally, baselines
from apps.kpis.calculations.effect import Record, Sums, measure, windows_of
from apps.kpis.contest_choices import ContestState, PrizeKind, ScoreKind
from apps.kpis.contest_history import BASELINE
from apps.kpis.effect_choices import EffectVerdict
from apps.kpis.models import Contest, ContestParticipant, ContestPrize
from apps.staff.choices import Role
from apps.staff.models import User

MEANT = 5
SIX = Decimal("0.000001")
# Kind, weeks ago, metric, expected, words; the newest is still being measured.
KEPT = (
    ("redistribution", 34, "revenue", "0.08", "Выровнять базы двух команд перед сезоном."),
    ("training", 26, "win_rate", "0.10", "Тренинг по работе с возражением «дорого»."),
    ("resolution", 17, "won_deals", "0.15", "Раз в неделю – час звонков клиентам, молчащим дольше 60 дней."),
    ("script", 12, "won_deals", "0.05", "Новый скрипт первого звонка: два вопроса до цены."),
    ("resolution", 3, "average_deal", "0.05", "Предлагать комплект вместо одной позиции."),
)  # fmt: skip
# The resolution that worked is about people for whom it can be said so, and it worked moderately.
WORKED, TRIES = 2, 300
LASTED = timedelta(weeks=10)


def make_decisions(today: date) -> None:
    """The same rows for the same sales; nothing in a department too small to compare."""
    head = User.objects.get(role=Role.HEAD)
    sellers = list(steady(today))
    if len(sellers) < 2 * MEANT:
        return
    for at, (kind, weeks, metric, expected, note) in enumerate(KEPT):
        start = today - timedelta(weeks=weeks)
        start -= timedelta(days=start.weekday())
        meant = helped(sellers, start) if at == WORKED else sellers[at :: len(sellers) // MEANT]
        made = keep(head, kind, start, metric, Decimal(expected), note, meant[:MEANT])
        if at == WORKED:
            made.ends_on = start + LASTED
            made.save(update_fields=["ends_on"])
    make_contests(today, head, sellers)


def steady(today: date):
    """Sellers who were here for a year, so that both windows of each decision hold them."""
    rows = User.objects.filter(role=Role.SELLER, dismissed_on=None)
    return rows.filter(hired_on__lte=today - timedelta(days=365)).order_by("pk")


def helped(sellers: list[User], start: date) -> list[User]:
    """The five with the smallest clear improvement among many fives drawn; any when there is none."""
    windows = windows_of(start, start + LASTED)
    before, after = counts(windows.before), counts(windows.after)
    records = [
        Record(one.pk, Sums(before[one.pk], windows.weeks), Sums(after[one.pk], windows.weeks))
        for one in sellers
    ]
    dice, found = random.Random("decisions"), []  # noqa: S311 -- a repeatable invention
    for _try in range(TRIES):
        chosen = dice.sample(records, MEANT)
        outcome = measure(chosen, [one for one in records if one not in chosen], seed=1)
        is_whole = len(outcome.treated) == MEANT and outcome.verdict == EffectVerdict.BETTER
        if is_whole and outcome.estimate is not None:
            found.append((outcome.estimate.effect, [one.person for one in chosen]))
    people = min(found)[1] if found else [one.pk for one in sellers[:MEANT]]
    return [one for one in sellers if one.pk in people]


def counts(period: Period) -> Counter[int]:
    return Counter(Deal.objects.won_in(period).values_list("owner", flat=True))


def won(period: Period) -> dict[int, Decimal]:
    rows = Deal.objects.won_in(period).order_by().values("owner")
    return {row["owner"]: row["sum"] or Decimal(0) for row in rows.annotate(sum=Sum("amount_base"))}


def keep(
    head: User,
    kind: str,
    start: date,
    metric: str,
    expected: Decimal,
    note: str,
    people: list[User],
) -> Decision:
    decision = Decision.objects.create(
        kind=kind,
        metric=metric,
        expected_change=expected,
        starts_on=start,
        note=note,
        author=head,
    )
    decision.people.set(people)
    Decision.objects.filter(pk=decision.pk).update(created_at=moment_of(start, 9))
    return decision


def make_contests(today: date, head: User, sellers: list[User]) -> None:
    """The finished one is ended by the first night, which also rehearses the draft."""
    month = month_of(today)
    with history_asleep([Contest]):
        launched("Марафон закрытых сделок", month.previous(), head, sellers)
        launched("Выше своей базы", month, head, sellers)
        draft("Декабрь без скидок", month.next(), head, sellers)


def launched(name: str, period: Period, head: User, sellers: list[User]) -> None:
    contest = draft(name, period, head, sellers)
    base = baselines(
        {
            person.pk: Tally(amount, BASELINE.days / Decimal(7))
            for person, amount in (
                (one, won(Period(period.start - BASELINE, period.start)).get(one.pk, Decimal(0)))
                for one in sellers
            )
        }
    )
    seats = list(contest.participants.all())
    for seat in seats:
        seat.baseline = (base[seat.user_id] or Decimal(0)).quantize(SIX)
    ContestParticipant.objects.bulk_update(seats, ["baseline"])
    contest.decision = decided(contest, head, sellers)
    contest.state, contest.launched_at = ContestState.LAUNCHED, moment_of(period.start, 9)
    contest.save()


def decided(contest: Contest, head: User, sellers: list[User]) -> Decision:
    decision = Decision.objects.create(
        kind=DECISION_KIND,
        content_type=ContentType.objects.get_for_model(Contest),
        object_id=contest.pk,
        metric=contest.metric,
        starts_on=contest.starts_on,
        ends_on=contest.ends_on,
        note=contest.name,
        author=head,
    )
    decision.people.set(sellers)
    Decision.objects.filter(pk=decision.pk).update(created_at=moment_of(contest.starts_on, 9))
    return decision


def draft(name: str, period: Period, head: User, sellers: list[User]) -> Contest:
    contest = Contest.objects.create(
        name=name,
        metric="revenue",
        starts_on=period.start,
        ends_on=period.end,
        score_kind=ScoreKind.NORMALISED,
        prize_kind=PrizeKind.PLACES,
        budget=Decimal(60_000),
        author=head,
    )
    Contest.objects.filter(pk=contest.pk).update(
        created_at=min(moment_of(period.start - 3 * DAY, 12), timezone.now())
    )
    ContestParticipant.objects.bulk_create(
        ContestParticipant(contest=contest, user=one, team_id=one.team_id) for one in sellers
    )
    ContestPrize.objects.bulk_create(
        ContestPrize(contest=contest, reach=place, amount=amount)
        for place, amount in ((1, 30_000), (2, 20_000), (3, 10_000))
    )
    return contest
