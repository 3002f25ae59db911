"""Two people edit different fields of one record: what the second left alone is offered as theirs.

Rows of an import have no first version in the audit: so the page itself must remember what it showed.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.deals.models import Deal
from apps.staff.models import Absence, User
from apps.tasks.models import Task
from tests.factories.deals import DealFactory
from tests.factories.staff import AbsenceFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

INPUT = re.compile(r"<input[^>]*>")
NAME = re.compile(r' name="(initial-[^"]+)"')
VALUE = re.compile(r' value="([^"]*)"')


def remembered(client, url):
    """The hidden fields by which the page carries what it showed."""
    page = client.get(url).content.decode()
    found: dict[str, list[str]] = {}
    for tag in INPUT.findall(page):
        if name := NAME.search(tag):
            value = VALUE.search(tag)
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return found


def choices(answer):
    assert answer.status_code == 409
    return {one.name: one.choice for one in answer.context["fields"]}


def test_of_a_deal(client, seller):
    deal = DealFactory(owner=seller, title="Поставка", amount=Decimal("100000"), note="")
    client.force_login(seller)
    url = reverse("deals:deal_edit", args=[deal.pk])
    initial = remembered(client, url)
    assert initial["initial-title"] == ["Поставка"]
    deal.events.all().delete()
    Deal.objects.filter(pk=deal.pk).update(version=2, title="Поставка труб", amount=Decimal("5"))

    said = {
        "title": "Поставка", "client": deal.client_id, "amount": "100 000", "currency": "RUB",
        "note": "звонить после обеда", "version": 1,
    }  # fmt: skip
    answer = client.post(url, said | initial)

    assert choices(answer) == {"title": "theirs", "amount": "theirs", "note": "mine"}
    kept = said | {"version": 2, "use_title": "theirs", "use_amount": "theirs", "use_note": "mine"}
    assert client.post(url, kept | initial).status_code == 302
    deal.refresh_from_db()
    assert (deal.title, deal.amount, deal.note) == (
        "Поставка труб", Decimal("5"), "звонить после обеда",
    )  # fmt: skip


def test_of_a_task_with_its_term_and_the_people_beside(client, seller, teammate):
    task = TaskFactory(assignee=seller, title="Позвонить", text="")
    client.force_login(seller)
    url = reverse("tasks:task_change", args=[task.pk])
    initial = remembered(client, url)
    due = timezone.localtime(task.due_at)
    task.events.all().delete()
    moved = task.due_at + timedelta(days=3)
    Task.objects.filter(pk=task.pk).update(version=2, title="Позвонить и встретиться", due_at=moved)
    task.helpers.add(teammate)

    said = {
        "title": "Позвонить", "assignee": seller.pk, "priority": task.priority,
        "due_on": f"{due:%Y-%m-%d}", "due_time": f"{due:%H:%M}", "text": "номер в карточке",
        "version": 1,
    }  # fmt: skip
    answer = client.post(url, said | initial)

    offered = choices(answer)
    assert offered == {
        "title": "theirs", "text": "mine", "due_on": "theirs", "helpers": "theirs",
    }  # fmt: skip
    kept = said | {f"use_{name}": choice for name, choice in offered.items()}
    assert client.post(url, kept | initial | {"version": 2}).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.text) == ("Позвонить и встретиться", "номер в карточке")
    assert task.due_at == moved.replace(second=0, microsecond=0)
    assert list(task.helpers.all()) == [teammate]


def test_of_the_capacity_of_a_person(client, head, seller):
    client.force_login(head)
    url = reverse("staff:capacity", args=[seller.pk])
    initial = remembered(client, url)
    seller.events.all().delete()
    others = {"version": seller.version + 1, "ramp_share": Decimal("0.5")}
    User.objects.filter(pk=seller.pk).update(**others, may_receive_clients=True)

    said = {"hours_per_day": "6", "ramp_share": "1.00", "version": seller.version}
    answer = client.post(url, said | initial)

    assert choices(answer) == {
        "hours_per_day": "mine", "ramp_share": "theirs", "may_receive_clients": "theirs",
    }  # fmt: skip


def test_of_an_absence(client, lead, seller):
    away = {"starts_on": date(2026, 7, 6), "ends_on": date(2026, 7, 20)}
    absence = AbsenceFactory(user=seller, kind="vacation", note="", **away)
    client.force_login(lead)
    url = reverse("staff:absence_change", args=[absence.pk])
    initial = remembered(client, url)
    absence.events.all().delete()
    Absence.objects.filter(pk=absence.pk).update(version=2, ends_on=date(2026, 7, 27))

    said = {
        "kind": "vacation", "starts_on": "2026-07-06", "ends_on": "2026-07-20",
        "note": "на связи по почте", "version": 1,
    }  # fmt: skip
    answer = client.post(url, said | initial)

    assert choices(answer) == {"ends_on": "theirs", "note": "mine"}
