"""A payload of a snapshot as the night writes it, with figures easy to check by hand."""

from copy import deepcopy
from datetime import date
from decimal import Decimal

from django.utils import timezone

from apps.kpis.choices import NightStatus, PeriodKind, ScopeKind
from apps.kpis.models import NightRun, Snapshot
from apps.kpis.snapshots import PAYLOAD_VERSION


def row(**changes):
    """A line of the team table."""
    usual = {
        "kind": ScopeKind.PERSON,
        "id": 1,
        "name": "Анна Соколова",
        "team_id": 2,
        "team": "Север",
        "is_dismissed": False,
        "ramp": Decimal(1),
        "fact": Decimal(5_910_000),
        "plan": Decimal(7_200_000),
        "attainment": Decimal("0.8208"),
        "pace": Decimal("1.24"),
        "coverage": Decimal("3.1"),
        "conversion": Decimal("0.241"),
        "conversion_n": 58,
        "average_deal": Decimal(812_000),
        "won_count": 7,
        "cycle_days": Decimal(31),
        "activity": Decimal(9),
        "against_norm": Decimal("1.04"),
        "hygiene": Decimal("0.96"),
        "hygiene_n": 34,
        "open_count": 34,
        "open_amount": Decimal(20_000_000),
        "stuck_count": 2,
        "overdue_tasks": 1,
        "overdue_debt_amount": Decimal(0),
    }
    return {**usual, **changes}


DAYS = ["2026-11-02", "2026-11-03", "2026-11-05", "2026-11-06"]

PAYLOAD = {
    "version": PAYLOAD_VERSION,
    "day": "2026-11-05",
    "currency": "RUB",
    "period": {
        "kind": PeriodKind.MONTH,
        "start": "2026-11-01",
        "end": "2026-12-01",
        "is_over": False,
        "days_done": 3,
        "days_total": 4,
        "days_left": 1,
    },
    "scope": {"kind": ScopeKind.COMPANY, "id": 1, "name": "Ромашка", "people": 9},
    "plan": {
        "version": 1,
        "is_approved": True,
        "minimum": Decimal(42_000_000),
        "plan": Decimal(48_000_000),
        "stretch": Decimal(54_000_000),
    },
    "result": {
        "fact": Decimal(29_640_000),
        "attainment": Decimal("0.6175"),
        "share_expected": Decimal("0.66"),
        "share_history": 24,
        "expected": Decimal(31_680_000),
        "gap": Decimal(-2_040_000),
        "pace": Decimal("0.9356"),
        "run_rate": Decimal(44_909_091),
        "needed_per_day": Decimal(18_360_000),
        "current_per_day": Decimal(9_880_000),
        "short_per_day": Decimal(8_480_000),
        "received": Decimal(20_000_000),
    },
    "series": {
        "days": DAYS,
        "fact": [Decimal(9_000_000), Decimal(20_000_000), Decimal(29_640_000), None],
        "plan": [
            Decimal(12_000_000),
            Decimal(24_000_000),
            Decimal(36_000_000),
            Decimal(48_000_000),
        ],
    },
    "deals": {
        "created_count": 40,
        "created_amount": Decimal(30_000_000),
        "won_count": 38,
        "lost_count": 20,
        "lost_amount": Decimal(9_430_000),
        "average_deal": Decimal(780_000),
        "cycle_days": Decimal(31),
        "conversion": Decimal("0.179"),
        "conversion_n": 212,
    },
    "activity": {
        "calls": 100,
        "meetings": 20,
        "emails": 30,
        "notes": 5,
        "total": 150,
        "person_days": 27,
        "per_day": Decimal("5.56"),
        "norm": Decimal("5.56"),
        "against_norm": Decimal(1),
    },
    "stock": {
        "day": "2026-11-05",
        "open_count": 90,
        "open_amount": Decimal(60_000_000),
        "weighted_amount": Decimal(14_100_000),
        "lead_count": 12,
        "stuck_count": 17,
        "stuck_amount": Decimal(8_000_000),
        "idle_count": 9,
        "overdue_tasks": 4,
        "debt_amount": Decimal(18_640_000),
        "overdue_debt_amount": Decimal(7_360_000),
        "overdue_debt_count": 22,
    },
    "quality": {
        "hygiene": Decimal("0.8"),
        "n": 90,
        "no_step": 8,
        "overdue_step": 5,
        "no_client": 1,
        "no_amount": 2,
        "no_close_day": 3,
        "close_passed": 4,
        "late_events": 6,
        "clients_without_owner": 1,
    },
    "team": [row(), row(id=2, name="Павел Жданов", pace=Decimal("0.27"), conversion_n=3)],
    "total": row(kind=ScopeKind.COMPANY, id=1, name="Ромашка", pace=Decimal("0.9356")),
    "funnel": {
        "starts_on": "2026-06-01",
        "ends_on": "2026-08-30",
        "matures_in_days": 60,
        "rows": [
            {
                "pipeline_id": 1,
                "pipeline": "Основная",
                "stage_id": 11,
                "name": "Новый запрос",
                "kind": "lead",
                "order": 1,
                "entered": 212,
                "passed": 148,
                "lost": 46,
                "still_open": 18,
                "conversion": Decimal("0.698"),
                "open_now": 18,
                "open_amount": Decimal(9_000_000),
                "stuck": 2,
                "stuck_after_days": 8,
            }
        ],
    },
    "refusals": {
        "days_30": [],
        "days_90": [
            {
                "reason_id": 5,
                "name": "Дорого",
                "count": 11,
                "amount": Decimal(3_420_000),
                "cumulative": Decimal(1),
            }
        ],
    },
    "receivables": {
        "total": Decimal(18_640_000),
        "overdue": Decimal(7_360_000),
        "overdue_share": Decimal("0.395"),
        "dso_days": Decimal(34),
        "rows": [
            {
                "code": "not_due",
                "count": 41,
                "amount": Decimal(11_280_000),
                "share": Decimal("0.605"),
            },
            {"code": "1_30", "count": 12, "amount": Decimal(7_360_000), "share": Decimal("0.395")},
        ],
    },
    "burning": {
        "count": 27,
        "amount": Decimal(21_520_000),
        "rows": [
            {
                "reason": "close_passed",
                "days": 3,
                "usual_days": None,
                "on": "2026-11-02",
                "has_step": False,
                "deal_id": 77,
                "title": "Поставка",
                "client_id": 7,
                "client": "ТД «Уралкомплект»",
                "level": "A",
                "owner_id": 1,
                "owner": "Анна Соколова",
                "amount": Decimal(4_850_000),
            }
        ],
    },
    "forecast": {
        "closed_amount": Decimal(29_640_000),
        "closed_count": 38,
        "weighted_amount": Decimal(14_100_000),
        "pipeline_amount": Decimal(32_400_000),
        "pipeline_count": 41,
        "coverage": Decimal("1.8"),
        "coverage_needed": Decimal("2.3"),
        "methods": [
            {
                "code": "run_rate",
                "amount": Decimal(44_909_091),
                "low": Decimal(40_000_000),
                "high": Decimal(50_000_000),
                "past_error": Decimal("0.058"),
                "past_months": 6,
            }
        ],
        "line": [None, None, Decimal(29_640_000), Decimal(44_909_091)],
        "low": [None, None, Decimal(29_640_000), Decimal(40_000_000)],
        "high": [None, None, Decimal(29_640_000), Decimal(50_000_000)],
        "past": [
            {
                "month": "2026-10-01",
                "forecast": Decimal(47_200_000),
                "fact": Decimal(45_100_000),
                "error": Decimal("0.0466"),
            }
        ],
    },
    "comparison": {
        "period_start": "2026-10-01",
        "fact": Decimal(24_700_000),
        "won_count": 19,
        "average_deal": Decimal(1_300_000),
        "created_count": 50,
        "activity_per_day": None,
        "whole_fact": Decimal(45_100_000),
    },
}


def payload(**parts):
    """The payload above with `parts` changed, each merged into its own part."""
    made = deepcopy(PAYLOAD)
    for name, part in parts.items():
        made[name] = {**made[name], **part} if isinstance(part, dict) else part
    return made


def published_run(day=date(2026, 11, 5)):
    """The night that people see."""
    now = timezone.now()
    return NightRun.objects.create(
        day=day,
        status=NightStatus.DONE,
        is_current=True,
        read_from=now,
        finished_at=now,
        published_at=now,
    )


def publish(scope_kind, scope_id, month=date(2026, 11, 1), run=None, **parts):
    """A published snapshot of one screen."""
    run = run or NightRun.objects.filter(is_current=True).first() or published_run()
    scope = {"kind": scope_kind, "id": scope_id}
    return Snapshot.objects.create(
        run=run,
        period_kind=PeriodKind.MONTH,
        period_start=month,
        scope_kind=scope_kind,
        scope_id=scope_id,
        payload=payload(scope=scope, **parts),
    )
