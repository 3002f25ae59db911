"""Locking: what was seen, in the order of months, once."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from apps.bonuses.actions.approval import approve_month, approve_statement, mark_paid
from apps.bonuses.models import Statement
from apps.core.models import Notification
from apps.core.periods import month_of
from apps.kpis.month_checks import open_questions
from tests.bonuses.conftest import FEBRUARY, MARCH
from tests.factories.kpis import morning_after

pytestmark = pytest.mark.django_db
D = Decimal
END = date(2026, 3, 31)


@pytest.fixture
def months(version, sell, seller, count):
    sell(seller, date(2026, 2, 3), "1000000.00")
    sell(seller, date(2026, 3, 2), "500000.00")
    return count(END)


def test_an_approved_statement_is_locked_and_told(months, approve, seller, director):
    statement = approve(months[FEBRUARY])

    assert (statement.status, statement.approved_by, statement.total) == (
        "approved",
        director,
        30_000,
    )
    assert Notification.objects.filter(user=seller, kind="bonus_approved").count() == 1
    approved_at = statement.approved_at
    assert approve(months[FEBRUARY]).approved_at == approved_at


def test_months_are_locked_in_their_order(months, approve):
    with pytest.raises(ValidationError) as refusal:
        approve(months[MARCH])

    assert refusal.value.code == "earlier_open"
    assert Statement.objects.open().count() == 2


def test_what_changed_since_it_was_seen_is_not_locked(months, sell, seller, director):
    seen = months[FEBRUARY].digest
    sell(seller, date(2026, 2, 20), "100000.00")

    with (
        time_machine.travel(morning_after(END), tick=False),
        pytest.raises(ValidationError) as refusal,
    ):
        approve_statement(months[FEBRUARY], by=director, digest=seen)

    assert refusal.value.code == "changed"
    assert Statement.objects.open().count() == 2


def test_a_month_at_once(months, version, teammate, seller, director, count):
    with time_machine.travel(morning_after(END), tick=False):
        count(END, seller, teammate)
        with pytest.raises(ValidationError) as refusal:
            approve_month(FEBRUARY, by=director, count=2, total=D(29_999))
        locked = approve_month(FEBRUARY, by=director, count=2, total=D(30_000))

    assert refusal.value.code == "changed"
    assert {row.person for row in locked} == {seller, teammate}
    assert Statement.objects.locked().count() == 2


def test_paid_is_the_last_state(months, approve, hr, head):
    approve(months[FEBRUARY])

    with pytest.raises(PermissionDenied):
        mark_paid(FEBRUARY, by=head)
    assert mark_paid(FEBRUARY, by=hr) == 1
    assert mark_paid(FEBRUARY, by=hr) == 0
    assert Statement.objects.get(month=FEBRUARY).paid_by == hr


def test_the_pages_of_approval(months, client, director):
    client.force_login(director)
    with time_machine.travel(morning_after(END), tick=False):
        shown = client.get(reverse("bonuses:month_approve"), {"month": "2026-02-01"})
        hidden = shown.context["hidden"]
        client.post(reverse("bonuses:month_approve"), hidden)
        march = months[MARCH]
        march.refresh_from_db()
        address = reverse("bonuses:statement_approve", args=[march.pk])
        client.post(address, client.get(address).context["hidden"])

    assert (hidden["count"], hidden["total"]) == (1, "30000.00")
    assert not Statement.objects.open().exists()


def test_closing_a_month_asks_for_what_is_not_approved(months, approve, head):
    asked = {check.code: found for check, found in open_questions(month_of(FEBRUARY), head)}
    assert asked["bonuses"].count == 1
    approve(months[FEBRUARY])

    after = {check.code: found for check, found in open_questions(month_of(FEBRUARY), head)}
    assert after["bonuses"].count == 0
