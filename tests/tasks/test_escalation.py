"""Reminders and the ladder: whom a term reaches after how many working hours, each rung once."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import InternalError, transaction
from django.urls import reverse

from apps.core.models import Notification
from apps.tasks.actions import change_task, climb_ladders, finish_task
from apps.tasks.calculations import rungs_reached
from apps.tasks.models import Escalation, EscalationLadder, Task
from tests.factories.tasks import TaskFactory

MOSCOW = ZoneInfo("Europe/Moscow")
LADDER = {"remind_hours": 1, "lead_hours": 8, "head_hours": 24}
PAGE = reverse("tasks:ladder")


def at(day, hour, minute=0):
    """November 2026: the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.fixture
def ladder(db):
    return EscalationLadder.objects.create(pk=1, begins_at=at(1, 0))


@pytest.fixture
def task(ladder, head, lead, seller):
    """Due on Monday at 15:00."""
    return TaskFactory(title="Отчёт", author=lead, assignee=seller, due_at=at(23, 15))


def told():
    rows = Notification.objects.order_by("pk").values_list("user__last_name", "kind")
    return [f"{name} {kind}" for name, kind in rows]


@pytest.mark.parametrize(
    ("is_late", "minutes", "rungs"),
    [
        (False, 60, []),
        (False, 59, ["reminder"]),
        (True, 0, ["due"]),
        (True, 479, ["due"]),
        (True, 480, ["due", "lead"]),
        (True, 1440, ["due", "lead", "head"]),
    ],
)
def test_the_rungs_of_a_term(is_late, minutes, rungs):
    assert rungs_reached(is_late=is_late, minutes=minutes, **LADDER) == rungs


@pytest.mark.parametrize(
    ("now", "people"),
    [
        (at(23, 13, 59), []),
        (at(23, 14, 1), ["Селин tasks.reminder"]),
        (at(23, 15), ["Селин tasks.overdue"]),
        # 3 hours of Monday and 4:59 of Tuesday; the night does not count.
        (at(24, 13, 59), ["Селин tasks.overdue"]),
        (at(24, 14), ["Селин tasks.overdue", "Лидин tasks.escalated"]),
        # 3 + 9 + 9 hours and 3 of Thursday.
        (at(26, 12), ["Селин tasks.overdue", "Лидин tasks.escalated", "Ропов tasks.escalated"]),
    ],
)
def test_whom_a_term_reaches_and_when(task, now, people):
    climb_ladders(now)

    assert told() == people


def test_each_rung_fires_once(task):
    counts = [climb_ladders(at(26, 12)), climb_ladders(at(26, 13)), climb_ladders(at(30, 12))]

    assert counts == [3, 0, 0]
    assert Notification.objects.count() == 3


def test_a_new_term_begins_the_ladder_anew(task, lead):
    climb_ladders(at(23, 15))
    change_task(task, by=lead, expected_version=1, due_at=at(24, 15))
    climb_ladders(at(23, 16))
    climb_ladders(at(24, 15))

    assert told() == ["Селин tasks.overdue", "Селин tasks.overdue"]


def test_done_and_binned_work_climbs_no_further(task, seller):
    finish_task(task, by=seller)
    TaskFactory(assignee=seller, due_at=at(23, 15), archived_at=at(23, 16))

    assert climb_ladders(at(26, 12)) == 0


def test_terms_missed_before_the_ladder_wake_nobody(task, ladder):
    EscalationLadder.objects.update(begins_at=at(23, 16))

    assert climb_ladders(at(26, 12)) == 0
    assert not Notification.objects.exists()


def test_a_weekend_does_not_count(ladder, lead, seller):
    TaskFactory(assignee=seller, due_at=at(20, 17))

    climb_ladders(at(23, 15, 59))
    assert told() == ["Селин tasks.overdue"]
    climb_ladders(at(23, 16))

    assert told() == ["Селин tasks.overdue", "Лидин tasks.escalated"]


def test_the_lead_late_himself_is_told_of_to_the_head(ladder, lead, head):
    TaskFactory(assignee=lead, due_at=at(23, 15))

    climb_ladders(at(24, 14))

    assert told() == ["Лидин tasks.overdue", "Ропов tasks.escalated"]


def test_what_fired_is_neither_changed_nor_removed(task):
    climb_ladders(at(23, 15))

    for act in (
        lambda: Escalation.objects.update(rung="head"),
        lambda: Escalation.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()

    assert Escalation.objects.get().rung == "due"


def test_escalations_are_seen_with_their_tasks(task, seller, lead, other_seller):
    climb_ladders(at(23, 15))

    assert Escalation.objects.visible_to(lead).count() == 1
    assert Escalation.objects.visible_to(seller).count() == 1
    assert not Escalation.objects.visible_to(other_seller).exists()


@pytest.mark.parametrize("count", [1, 9])
def test_a_run_asks_the_base_the_same_for_many_quiet_tasks(
    ladder, lead, seller, count, django_assert_num_queries
):
    TaskFactory.create_batch(count, assignee=seller, due_at=at(27, 15))

    # The ladder, the company, the calendar, the team tree, the tasks.
    with django_assert_num_queries(5):
        assert climb_ladders(at(23, 12)) == 0


def hours(**changes):
    said = {"opens_at": "09:00", "closes_at": "18:00", **LADDER}
    return {name: str(value) for name, value in (said | changes).items()}


def test_the_ladder_is_set_in_the_settings(client, head, lead, seller):
    client.force_login(head)
    with time_machine.travel(at(23, 12), tick=False):
        assert client.get(PAGE).status_code == 200
        assert client.post(PAGE, hours(lead_hours=1)).status_code == 302
    TaskFactory(assignee=seller, due_at=at(23, 15))

    climb_ladders(at(23, 16))

    assert told() == ["Селин tasks.overdue", "Лидин tasks.escalated"]
    assert Task.objects.open().exists()


@pytest.mark.parametrize("wrong", [{"closes_at": "08:00"}, {"head_hours": 7}, {"lead_hours": -1}])
def test_an_impossible_ladder_is_refused(client, head, ladder, wrong):
    client.force_login(head)

    response = client.post(PAGE, hours(**wrong))

    assert response.status_code == 200
    assert response.context["form"].errors
    ladder.refresh_from_db()
    assert (ladder.lead_hours, ladder.head_hours) == (8, 24)
    assert ladder.begins_at == at(1, 0)
