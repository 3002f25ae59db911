"""X22: a month approved while it is being counted is the old one or the new one, never a mixture."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.actions.approval import approve_statement
from apps.bonuses.models import Statement
from apps.core.calendars import company_today
from apps.core.periods import add_months
from tests.factories.bonuses import started_version

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def month():
    return add_months(company_today(), -1)


def test_an_approval_waits_for_the_count(sell, seller, head, director, month):
    started_version(author=head, started_by=director, starts_on=month)
    yesterday = company_today() - timedelta(days=1)
    sell(seller, month + timedelta(days=4), "1000000.00")
    accrue_people([seller.pk], yesterday)
    seen = Statement.objects.get(month=month)
    sell(seller, month + timedelta(days=5), "100000.00")
    outcome = []

    def approve():
        try:
            approve_statement(seen, by=director, digest=seen.digest)
            outcome.append("locked")
        except ValidationError as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    with transaction.atomic():
        accrue_people([seller.pk], yesterday)
        other = threading.Thread(target=approve)
        other.start()
        other.join(timeout=1)
        waited = other.is_alive()
    other.join(timeout=20)

    assert waited
    assert outcome == ["changed"]
    statement = Statement.objects.get(month=month)
    assert statement.is_open
    assert statement.total == sum(line.amount for line in statement.lines.all()) == 35_000
