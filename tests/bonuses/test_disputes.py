"""A question: one a line, answered by a leader, settled by a correction that the statement shows."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from apps.bonuses.actions.disputes import (
    accept_dispute,
    answer_dispute,
    decline_dispute,
    open_dispute,
)
from apps.bonuses.models import Correction, Dispute, Statement
from apps.core.models import Notification
from tests.bonuses.conftest import APRIL, FEBRUARY, MARCH, said
from tests.factories.bonuses import StatementFactory
from tests.factories.kpis import morning_after

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def statement(version, sell, seller, count, approve):
    sell(seller, date(2026, 3, 2), "100000.00")
    approve(count(date(2026, 3, 31))[FEBRUARY])
    return approve(count(date(2026, 3, 31))[MARCH])


def ask(statement, by, **rest):
    return open_dispute(statement, by=by, question="Почему 3 %?", **rest)


def test_the_head_is_told_of_a_question(statement, seller, head, lead):
    dispute = ask(statement, seller, line=statement.lines.get(), expected=D(5_000))

    assert dispute.status == "waiting"
    told = Notification.objects.filter(kind="bonus_question").values_list("user", flat=True)
    assert list(told) == [head.pk]


def test_a_question_of_the_head_goes_to_the_director(head, director):
    ask(StatementFactory(person=head), head)

    told = Notification.objects.filter(kind="bonus_question").values_list("user", flat=True)
    assert list(told) == [director.pk]


def test_only_the_person_asks_and_once_a_line(statement, seller, head, teammate):
    ask(statement, seller)

    for stranger in (head, teammate):
        with pytest.raises(PermissionDenied):
            ask(statement, stranger)
    with pytest.raises(ValidationError) as refusal:
        ask(statement, seller)
    assert refusal.value.code == "already_asked"
    assert Dispute.objects.count() == 1


def test_an_accepted_question_comes_into_the_first_open_month(statement, seller, head):
    dispute = ask(statement, seller, line=statement.lines.get(), expected=D(5_000))

    with time_machine.travel(morning_after(date(2026, 4, 6)), tick=False):
        answer_dispute(dispute, by=head, text="Смотрю")
        accept_dispute(dispute, by=head, amount=D(2_000), reason="Доля была половиной")

    april = Statement.objects.get(person=seller, month=APRIL)
    assert said(april) == [("manual", D(0), D(2_000))]
    line = april.lines.get()
    assert (line.correction.about, line.deal) == (statement, statement.lines.get().deal)
    statement.refresh_from_db()
    assert statement.total == D(3_000)
    assert Notification.objects.filter(user=seller, kind="bonus_answer").count() == 2


def test_a_declined_question_changes_nothing(statement, seller, head):
    dispute = ask(statement, seller)

    decline_dispute(dispute, by=head, reason="Сделка одна, ставка верная")

    dispute.refresh_from_db()
    assert (dispute.status, dispute.messages.get().text) == (
        "declined",
        "Сделка одна, ставка верная",
    )
    assert not Correction.objects.exists()
    with pytest.raises(ValidationError) as refusal:
        accept_dispute(dispute, by=head, amount=D(1), reason="всё же")
    assert refusal.value.code == "settled"


def test_the_pages_of_a_question(statement, client, seller, head):
    line = statement.lines.get()
    client.force_login(seller)
    address = reverse("bonuses:dispute_create", args=[statement.pk])
    client.post(f"{address}?line={line.pk}", {"question": "Почему?", "expected": "5 000"})
    dispute = Dispute.objects.get()
    client.force_login(head)
    page = client.get(dispute.get_absolute_url())
    client.post(reverse("bonuses:dispute_answer", args=[dispute.pk]), {"text": "Так решили"})
    accept = reverse("bonuses:dispute_accept", args=[dispute.pk])
    offered = client.get(accept).context["form"]["amount"].value()
    client.post(accept, {"amount": "-100", "reason": "Лишнее"})

    dispute.refresh_from_db()
    assert (dispute.line, dispute.expected, dispute.status) == (line, D(5_000), "accepted")
    assert page.status_code == 200
    assert offered.replace("\xa0", "") == "2000"
    assert dispute.correction.amount == D(-100)
