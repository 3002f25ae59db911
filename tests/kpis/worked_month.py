"""The month that the last chapter of apps/kpis/FORMULAS.md works through, in the database.

A department of six in November 2026: 20 working days (the 4th is a holiday), seen on the morning of
the 23rd, when 14 of them are done. Every sum is in roubles; other rooms add to it what they count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import time_machine

from apps.core.models import Company
from apps.deals.actions import change_deal, create_deal, move_deal, plan_next_step, set_splits
from apps.deals.actions.payments import allocate_receipt
from apps.kpis.actions.plans import save_plan
from apps.kpis.calculations import distribute
from apps.kpis.models import NightRun, PlanVersion
from apps.staff.actions import create_company_node, join_team, set_leader
from apps.staff.choices import AbsenceKind, NodeKind, Role
from tests.factories.clients import ClientFactory
from tests.factories.deals import (
    ReceiptFactory,
    RefusalReasonFactory,
    ScheduleLineFactory,
    staged_pipeline,
)
from tests.factories.kpis import MOSCOW, do_night_of
from tests.factories.staff import AbsenceFactory, TeamNodeFactory, UserFactory
from tests.factories.tasks import TaskFactory
from tests.kpis.plan_steps import approved

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
# The Sunday whose night people see on the morning of the 23rd.
SEEN = date(2026, 11, 22)
PLAN = Decimal("6600000.00")
NORTH = ("Anna Belova", "Boris Volkov", "Vera Gromova")
SOUTH = ("Gleb Denisov", "Dina Ershova", "Egor Zhukov")
NEWCOMER, NEWCOMER_RAMP = "Egor Zhukov", Decimal("0.50")

# Number, won on, owner, amount, shares (first names).
WON: tuple[tuple[int, int, str, str, Mapping[str, str]], ...] = (
    (1, 2, "Anna", "300000.00", {}),
    (2, 3, "Boris", "200000.00", {}),
    (3, 5, "Gleb", "400000.00", {}),
    (4, 6, "Anna", "500000.00", {"Anna": "0.6", "Vera": "0.4"}),
    (5, 9, "Dina", "350000.00", {}),
    (6, 10, "Vera", "250000.00", {}),
    (7, 11, "Gleb", "600000.00", {"Gleb": "0.5", "Dina": "0.3", "Egor": "0.2"}),
    (8, 12, "Boris", "150000.00", {}),
    (9, 13, "Egor", "100000.01", {"Egor": "0.3334", "Gleb": "0.3333", "Anna": "0.3333"}),
    (10, 16, "Anna", "240000.00", {}),
    (11, 17, "Dina", "450000.00", {}),
    (12, 20, "Boris", "360000.00", {}),
)
# Twelve more that are open, two a person, 200,000 each; three of them are out of order.
OPEN = ("Anna", "Anna", "Boris", "Boris", "Vera", "Vera", "Gleb", "Gleb", "Dina", "Dina") + (
    "Egor",
    "Egor",
)
OPEN_AMOUNT = Decimal("200000.00")


@dataclass
class WorkedMonth:
    """People by first name, teams by name, the won deals of November by number."""

    people: dict[str, Any]
    teams: dict[str, Any]
    department: Any
    company: Any
    head: Any
    director: Any
    pipeline: Any
    plan: PlanVersion | None = None
    won: dict[int, Any] = field(default_factory=dict)
    october: dict[str, Any] = field(default_factory=dict)
    open: list[Any] = field(default_factory=list)
    run: NightRun | None = None


def build_worked_month(*, night: bool = True) -> WorkedMonth:
    """Everything as it was recorded day by day; with `night` the night of SEEN is published."""
    month = _people()
    reason = RefusalReasonFactory(name="Дорого")
    _plan(month)
    _october(month, reason)
    for number, day, owner, amount, shares in WON:
        month.won[number] = _win(month, number, date(2026, 11, day), owner, amount, shares)
    _lose(month, date(2026, 11, 18), "Gleb", "280000.00", reason)
    _leave_open(month)
    _money(month)
    with at(date(2026, 11, 19)):
        anna = month.october["Anna"]
        anna.refresh_from_db()
        change_deal(anna, by=month.head, amount=Decimal("450000.00"))
    if night:
        month.run = do_night_of(SEEN)
    return month


def at(day: date, hour: int = 12) -> Any:
    return time_machine.travel(datetime.combine(day, time(hour), MOSCOW), tick=False)


def _people() -> WorkedMonth:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Moscow"})
    company = create_company_node("Ромашка")
    department = TeamNodeFactory(kind=NodeKind.DEPARTMENT, name="Sales", parent=company)
    teams = {name: TeamNodeFactory(name=name, parent=department) for name in ("North", "South")}
    people = {}
    for team, names in (("North", NORTH), ("South", SOUTH)):
        for name in names:
            first, last = name.split()
            is_new = name == NEWCOMER
            people[first] = UserFactory(
                team=teams[team],
                first_name=first,
                last_name=last,
                hired_on=OCTOBER if is_new else date(2024, 1, 9),
                ramp_share=NEWCOMER_RAMP if is_new else Decimal(1),
            )
    AbsenceFactory(
        user=people["Vera"],
        kind=AbsenceKind.VACATION,
        starts_on=date(2026, 11, 16),
        ends_on=date(2026, 11, 21),
    )
    head, director = (
        _leader(department, Role.HEAD, "Hella"),
        _leader(company, Role.DIRECTOR, "Dora"),
    )
    return WorkedMonth(
        people, teams, department, company, head, director, staged_pipeline(is_default=True)
    )


def _leader(node: Any, role: str, name: str) -> Any:
    user = UserFactory(role=role, first_name=name, last_name=name)
    join_team(user, node, user.hired_on)
    set_leader(node, user)
    user.refresh_from_db()
    return user


def _plan(month: WorkedMonth) -> None:
    """6,600,000 by ramp share: 1,200,000 a person, 600,000 for the newcomer."""
    people = list(month.people.values())
    parts = distribute(PLAN, [Decimal(1)], [person.ramp_share for person in people])
    with at(date(2026, 10, 30)):
        month.plan = save_plan(
            by=month.head,
            year=2026,
            level="plan",
            amounts={
                (person.pk, NOVEMBER): part for person, (part,) in zip(people, parts, strict=True)
            },
            base=None,
        )
        month.plan = approved(month.plan, by=month.director)


def _deal(month: WorkedMonth, title: str, owner: str, amount: str | Decimal, day: date) -> Any:
    person = month.people[owner]
    with at(day, 9):
        return create_deal(
            by=person,
            title=title,
            pipeline=month.pipeline,
            owner=person,
            client=ClientFactory(owner=person),
            amount=Decimal(amount),
            opened_on=day,
            expected_close_on=date(2026, 11, 30),
        )


def _stage(month: WorkedMonth, kind: str) -> Any:
    return month.pipeline.stages.get(kind=kind)


def _win(
    month: WorkedMonth, number: int, day: date, owner: str, amount: str, shares: Mapping[str, str]
) -> Any:
    deal = _deal(
        month,
        f"Deal {number}",
        owner,
        amount,
        max(day.replace(day=2), day.replace(day=day.day - 1)),
    )
    with at(day):
        if shares:
            parts = {month.people[name]: Decimal(share) for name, share in shares.items()}
            deal = set_splits(deal, by=month.head, shares=parts)
        return move_deal(deal, to=_stage(month, "won"), by=month.people[owner], on=day)


def _lose(month: WorkedMonth, day: date, owner: str, amount: str, reason: Any) -> Any:
    deal = _deal(month, "Lost", owner, amount, day.replace(day=day.day - 1))
    with at(day):
        return move_deal(
            deal, to=_stage(month, "lost"), by=month.people[owner], on=day, reason=reason
        )


def _october(month: WorkedMonth, reason: Any) -> None:
    """Two of four deals won: 500,000 (Anna) and 300,000 (Gleb), 400,000 on average."""
    for owner, amount, day in (("Anna", "500000.00", 15), ("Gleb", "300000.00", 16)):
        month.october[owner] = _win(month, 0, date(2026, 10, day), owner, amount, {})
    for owner in ("Boris", "Dina"):
        _lose(month, date(2026, 10, 20), owner, "400000.00", reason)


def _leave_open(month: WorkedMonth) -> None:
    """All have a next step on the 25th and close on the 30th, except three."""
    quote = month.pipeline.stages.order_by("order")[1]
    for place, owner in enumerate(OPEN):
        deal = _deal(month, f"Open {place + 1}", owner, OPEN_AMOUNT, date(2026, 11, 17))
        person, is_second = month.people[owner], place % 2 == 1
        with at(date(2026, 11, 17)):
            deal = move_deal(deal, to=quote, by=person)
            if not (owner == "Vera" and is_second):
                step = datetime(2026, 11, 25, 12, tzinfo=MOSCOW)
                deal = plan_next_step(deal, by=person, next_step="Call", next_step_at=step)
            if owner == "Egor" and is_second:
                deal = change_deal(deal, by=person, expected_close_on=date(2026, 11, 19))
            if owner == "Boris" and is_second:
                TaskFactory(
                    assignee=person, subject=deal, due_at=datetime(2026, 11, 18, 12, tzinfo=MOSCOW)
                )
        month.open.append(deal)


def _money(month: WorkedMonth) -> None:
    """A payment in two parts, one in part only, one to come, one overdue since October."""
    october, won = month.october, month.won
    _due(
        month,
        october["Anna"],
        "Anna",
        date(2026, 10, 25),
        "450000.00",
        "450000.00",
        date(2026, 10, 23),
    )
    _due(month, october["Gleb"], "Gleb", date(2026, 10, 20), "300000.00")
    _due(month, won[1], "Anna", date(2026, 11, 10), "150000.00", "150000.00", date(2026, 11, 10))
    _due(month, won[1], "Anna", date(2026, 11, 16), "150000.00", "50000.00", date(2026, 11, 17))
    _due(month, won[3], "Gleb", date(2026, 11, 30), "400000.00")
    _due(month, won[5], "Dina", date(2026, 11, 12), "350000.00", "350000.00", date(2026, 11, 12))


def _due(
    month: WorkedMonth,
    deal: Any,
    owner: str,
    due_on: date,
    amount: str,
    paid: str = "",
    paid_on: date | None = None,
) -> None:
    line = ScheduleLineFactory(deal=deal, due_on=due_on, amount=Decimal(amount))
    if paid_on is None:
        return
    with at(paid_on):
        receipt = ReceiptFactory(client=deal.client, amount=Decimal(paid), received_on=paid_on)
        allocate_receipt(receipt, by=month.people[owner], line=line, amount=Decimal(paid))
