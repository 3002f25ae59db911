"""T17: nobody approves a bonus of his own, puts his own scheme in force or settles his own question."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.bonuses.actions.approval import approve_month, approve_statement
from apps.bonuses.actions.disputes import accept_dispute
from apps.bonuses.actions.schemes import start_version
from apps.bonuses.models import Correction, SchemeVersion, Statement
from tests.factories.bonuses import (
    BackTestFactory,
    DisputeFactory,
    SchemeVersionFactory,
    StatementFactory,
)

pytestmark = pytest.mark.django_db
MONTH = date(2026, 3, 1)


def test_own_bonus(client, director):
    """T17"""
    own = StatementFactory(person=director, month=MONTH)
    client.force_login(director)

    answer = client.post(reverse("bonuses:statement_approve", args=[own.pk]), {"digest": ""})

    assert answer.status_code == 403
    with pytest.raises(PermissionDenied):
        approve_statement(own, by=director, digest=own.digest)
    own.refresh_from_db()
    assert own.is_open


def test_own_bonus_among_those_of_the_month(director, seller):
    """T17"""
    own = StatementFactory(person=director, month=MONTH)
    other = StatementFactory(person=seller, month=MONTH)

    locked = approve_month(MONTH, by=director, count=1, total=0)

    assert locked == [other]
    own.refresh_from_db()
    assert own.is_open


@pytest.mark.parametrize("role", ["seller", "lead", "head", "hr", "admin"])
def test_a_bonus_of_another_without_the_right(client, people, teammate, role):
    """T17"""
    other = StatementFactory(person=teammate, month=MONTH)
    client.force_login(people[role])

    answer = client.post(reverse("bonuses:statement_approve", args=[other.pk]), {"digest": ""})

    assert answer.status_code == 403
    assert Statement.objects.open().count() == 1


def test_own_scheme(director):
    """T17: the one who wrote the rules does not put them in force."""
    version = SchemeVersionFactory(author=director)
    BackTestFactory(version=version, finished_at=timezone.now())

    with pytest.raises(PermissionDenied):
        start_version(version, by=director, month=timezone.localdate().replace(day=1))

    assert not SchemeVersion.objects.started().exists()


def test_own_question(head):
    """T17"""
    dispute = DisputeFactory(statement__person=head)

    with pytest.raises(PermissionDenied):
        accept_dispute(dispute, by=head, amount=100_000, reason="мне")

    assert not Correction.objects.exists()


def test_a_month_that_still_runs(director, seller):
    """T17: what is not over cannot be locked, so nothing can be slipped in behind it."""
    today = timezone.localdate()
    running = StatementFactory(person=seller, month=today.replace(day=1))

    with pytest.raises(ValidationError) as refusal:
        approve_statement(running, by=director, digest=running.digest)

    assert refusal.value.code == "month_runs"
