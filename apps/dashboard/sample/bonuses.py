"""Two bonus schemes, the statements of the last months locked, the current one open, two questions."""

from datetime import date, timedelta
from decimal import Decimal

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.choices import Base, DisputeStatus, Kind, LineKind, StatementStatus
from apps.bonuses.models import (
    BonusScheme,
    Correction,
    Dispute,
    DisputeMessage,
    SchemeVersion,
    Statement,
    StatementLine,
    Tier,
)
from apps.core.money import round_money
from apps.core.periods import add_months
from apps.dashboard.sample.days import moment_of
from apps.staff.choices import Role
from apps.staff.models import User

MONTHS_BACK = 4
# In the first days of a month the one before it still waits for the director.
SETTLED_BY = 5
# What they think is due, against what stands there.
EXPECTED = Decimal("1.2")
SELLERS = (("0", "0.015"), ("1500000", "0.025"), ("3000000", "0.04"))
LEADS = (("0.7", "0.5"), ("1", "1"))
QUESTION = "Сделка закрыта мной одним, а посчитана как общая. Проверьте, пожалуйста, доли."
ANSWER = "Верно, доля была снята в день закрытия. Исправляем в следующем открытом месяце."
DOUBT = "Почему эта сделка посчитана по средней ставке? По шкале она попала на верхнюю ступень."


def make_bonuses(today: date) -> None:
    """As a head and a director would have done it, month after month."""
    head, director = User.objects.get(role=Role.HEAD), User.objects.get(role=Role.DIRECTOR)
    first = add_months(today, -MONTHS_BACK)
    write_scheme(
        "Премия менеджера", Role.SELLER, SELLERS, head, director, first,
        kind=Kind.MARGINAL, cap=Decimal(200_000), overdue_limit=Decimal("0.35"),
        overdue_keeps=Decimal("0.85"), unpaid_days=60,
    )  # fmt: skip
    write_scheme(
        "Премия руководителя группы", Role.LEAD, LEADS, head, director, first,
        kind=Kind.SCALE, target_bonus=Decimal(60_000), accelerator=Decimal("1.5"),
        ceiling=Decimal(2),
    )  # fmt: skip
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    month = first
    while add_months(month, 1) + timedelta(days=SETTLED_BY) <= today:
        accrue_people(people, add_months(month, 1) - timedelta(days=1))
        approve(month, director)
        month = add_months(month, 1)
    ask(add_months(month, -1), head)
    accrue_people(people, today - timedelta(days=1))


def write_scheme(
    name: str,
    role: str,
    steps: tuple[tuple[str, str], ...],
    head: User,
    director: User,
    month: date,
    **rules: object,
) -> None:
    scheme = BonusScheme.objects.create(name=name, role=role, author=head)
    version = SchemeVersion.objects.create(
        scheme=scheme, number=1, base=Base.WON, author=head, **rules
    )
    Tier.objects.bulk_create(
        Tier(version=version, starts_at=Decimal(at), rate=Decimal(rate)) for at, rate in steps
    )
    version.starts_on, version.started_by = month, director
    version.started_at = moment_of(month, 10)
    version.save()


def approve(month: date, director: User) -> None:
    rows = Statement.objects.open().filter(month=month).exclude(person=director)
    at = moment_of(add_months(month, 1) + timedelta(days=SETTLED_BY - 1), 11)
    rows.update(status=StatementStatus.APPROVED, approved_by=director, approved_at=at)


def ask(month: date, head: User) -> None:
    """One question settled by a correction, one that waits; of the two best sellers of the month."""
    best = Statement.objects.locked().filter(month=month, person__role=Role.SELLER, total__gt=0)
    for number, statement in enumerate(best.order_by("-total", "pk")[:2]):
        line = statement.lines.filter(kind=LineKind.EARNED).order_by("-amount", "pk").first()
        if line is not None:
            _ask(statement, line, head, is_settled=not number)


def _ask(statement: Statement, line: StatementLine, head: User, *, is_settled: bool) -> None:
    dispute = Dispute(
        statement=statement,
        line=line,
        line_text=line.deal.title if line.deal else "",
        question=QUESTION if is_settled else DOUBT,
        expected=round_money(line.amount * EXPECTED),
    )
    if is_settled:
        dispute.status, dispute.settled_by = DisputeStatus.ACCEPTED, head
        dispute.settled_at = moment_of(add_months(statement.month, 1) + timedelta(days=6), 12)
        dispute.correction = Correction.objects.create(
            person=statement.person,
            amount=round_money(line.amount * (EXPECTED - 1)),
            reason="Доля коллеги снята",
            about=statement,
            deal=line.deal,
            author=head,
        )
    dispute.save()
    if is_settled:
        DisputeMessage.objects.create(dispute=dispute, author=head, text=ANSWER)
