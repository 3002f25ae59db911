"""Deals are made as in the tests of the night; the scheme is 3/5/8 % from 0, 1 and 2 m of won revenue."""

from datetime import date, timedelta

import pytest
import time_machine

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.actions.approval import approve_statement
from apps.bonuses.models import Statement
from tests.factories.bonuses import started_version
from tests.factories.kpis import morning_after
from tests.kpis.conftest import reason, sell, stages

__all__ = ["reason", "sell", "stages"]

FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def version(db, head, director):
    return started_version(author=head, started_by=director, starts_on=FEBRUARY)


@pytest.fixture
def count(seller):
    """count(day, *people): the night's work of that day; the statements of the first by month."""

    def run(day, *people):
        people = people or (seller,)
        with time_machine.travel(morning_after(day), tick=False):
            accrue_people([person.pk for person in people], day)
        return {row.month: row for row in Statement.objects.filter(person=people[0])}

    return run


@pytest.fixture
def approve(director):
    def run(statement, day=None):
        end = (statement.month + timedelta(days=40)).replace(day=1)
        with time_machine.travel(morning_after(day or end), tick=False):
            statement.refresh_from_db()
            return approve_statement(statement, by=director, digest=statement.digest)

    return run


def said(statement):
    """Kind, base and amount of each line."""
    lines = statement.lines.in_order()
    return [(line.kind, line.base, line.amount) for line in lines]
