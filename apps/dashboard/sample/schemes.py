"""KPI schemes of the invented department: sellers under their second version, leads under a first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from apps.core.metrics import find_metric
from apps.core.models import Decision
from apps.core.periods import DAY, add_months
from apps.dashboard.sample.days import moment_of
from apps.kpis.actions.schemes import DECISION, GateDraft, ItemDraft
from apps.kpis.choices_schemes import Bound, TargetKind
from apps.kpis.models import KpiScheme, SchemeGate, SchemeItem, SchemeVersion
from apps.staff.choices import NodeKind, Role
from apps.staff.models import TeamNode, User

FIRST_MONTHS_AGO, SECOND_MONTHS_AGO = 11, 4
# So many days before its month a version was written and started.
WRITTEN_BEFORE = 6

REVENUE = ItemDraft(
    "revenue",
    Decimal(70),
    TargetKind.PLAN.value,
    floor=Decimal("0.6"),
    cap=Decimal("1.3"),
)
RECEIVED = ItemDraft(
    "received",
    Decimal(30),
    TargetKind.AVERAGE.value,
    floor=Decimal("0.5"),
    cap=Decimal("1.2"),
)
WIN_RATE = ItemDraft(
    "win_rate",
    Decimal(15),
    TargetKind.FIXED.value,
    Decimal("0.25"),
    floor=Decimal("0.5"),
    cap=Decimal("1.2"),
)
AVERAGE_DEAL = ItemDraft(
    "average_deal",
    Decimal(10),
    TargetKind.AVERAGE.value,
    floor=Decimal("0.5"),
    cap=Decimal("1.2"),
)
FIRST = (REVENUE, RECEIVED)
SECOND = (
    replace(REVENUE, weight=Decimal(50)),
    replace(RECEIVED, weight=Decimal(25)),
    WIN_RATE,
    AVERAGE_DEAL,
)
WHY = "Больше веса деньгам на счёте и доле выигранных: выручка росла за счёт скидок."


def make_schemes(today: date) -> None:
    head = User.objects.get(role=Role.HEAD)
    department = TeamNode.objects.get(kind=NodeKind.DEPARTMENT)
    month = today.replace(day=1)
    sellers = _scheme("Менеджеры по продажам", department, Role.SELLER, head)
    _version(sellers, 1, FIRST, add_months(month, -FIRST_MONTHS_AGO), "")
    _version(sellers, 2, SECOND, add_months(month, -SECOND_MONTHS_AGO), WHY)
    leads = _scheme("Старшие менеджеры", department, Role.LEAD, head)
    _version(leads, 1, FIRST, add_months(month, -SECOND_MONTHS_AGO), "")


def _scheme(name: str, node: TeamNode, role: Role, head: User) -> KpiScheme:
    return KpiScheme.objects.create(name=name, node=node, role=role.value, author=head)


def _version(
    scheme: KpiScheme, number: int, items: tuple[ItemDraft, ...], month: date, note: str
) -> None:
    """As it stands after its start: written, then put in force, then never touched."""
    version = SchemeVersion.objects.create(
        scheme=scheme, number=number, author=scheme.author, note=note
    )
    SchemeItem.objects.bulk_create(
        SchemeItem(version=version, order=order, **vars(item)) for order, item in enumerate(items)
    )
    gate = vars(_gate())
    SchemeGate.objects.create(version=version, order=0, **gate)
    at = moment_of(month - WRITTEN_BEFORE * DAY, 12)
    rows = SchemeVersion.objects.filter(pk=version.pk)
    rows.update(created_at=at)
    rows.update(starts_on=month, started_by=scheme.author, started_at=at)
    if number > 1:
        _decide(scheme, month, note, at)


def _gate() -> GateDraft:
    """An untidy pipeline spoils every other figure; where hygiene is not measured, the win rate."""
    if find_metric("hygiene"):
        return GateDraft("hygiene", Bound.AT_LEAST.value, Decimal("0.6"), Decimal("0.9"))
    return GateDraft("win_rate", Bound.AT_LEAST.value, Decimal("0.15"), Decimal("0.9"))


def _decide(scheme: KpiScheme, month: date, note: str, at: object) -> None:
    decision = Decision.objects.create(
        kind=DECISION,
        subject=scheme,
        metric="revenue",
        starts_on=month,
        note=note,
        author=scheme.author,
    )
    Decision.objects.filter(pk=decision.pk).update(created_at=at)
    people = User.objects.filter(role=scheme.role, dismissed_on=None, hired_on__lt=month)
    decision.people.set(people)
