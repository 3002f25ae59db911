"""Done → plan next: the question comes at once, with words and moments to tap."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import WorkCalendar
from apps.deals.choices import ExitField
from apps.deals.forms.activities import usual_moment
from apps.deals.next_steps import suggestions_for
from tests.deals.test_deal_list import ask
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db


def script(deal):
    shown = reverse("deals:deal", args=[deal.pk])
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver{shown}"}


def test_what_the_stage_lacks_comes_first(seller, deal, stages):
    stages.lead.exit_fields = [ExitField.CLIENT, ExitField.EXPECTED_CLOSE, ExitField.CONTACT]
    deal.stage = stages.lead

    steps = suggestions_for(deal, seller).steps

    assert steps[:2] == ["Узнать день решения", "Узнать, кто принимает решение"]


def test_habits_are_the_persons_own(seller, colleague, deal, stages, pipeline):
    same = {"pipeline": pipeline, "stage": deal.stage}
    at = timezone.now()
    for _number in range(2):
        DealFactory(owner=seller, next_step="Отправить образцы", next_step_at=at, **same)
        DealFactory(owner=colleague, next_step="Чужая тайна", next_step_at=at, **same)
    DealFactory(owner=seller, next_step="Одна лишь сделка", next_step_at=at, **same)

    steps = suggestions_for(deal, seller).steps

    assert "Отправить образцы" in steps
    assert not {"Чужая тайна", "Одна лишь сделка"} & set(steps)


def test_moments_lie_ahead_on_working_days(seller, deal):
    moments = [
        datetime.fromisoformat(value) for _label, value in suggestions_for(deal, seller).moments
    ]

    assert len(moments) == 4
    calendar = WorkCalendar()
    assert all(calendar.is_working(moment.date()) for moment in moments[1:])
    assert moments[1:] == sorted(moments[1:])


def test_after_the_call_the_next_step_is_asked_and_the_page_renewed(client, seller, deal):
    client.force_login(seller)
    logged = client.post(
        reverse("deals:deal_log", args=[deal.pk]), {"kind": "call"}, headers=script(deal)
    )
    assert logged.context["is_after"] is True
    assert logged.context["form"].suggestions.steps
    assert "dealChanged" in logged["HX-Trigger"]

    planned = client.post(
        reverse("deals:deal_step", args=[deal.pk]),
        {"next_step": "Встреча", "next_step_at": "2030-05-20T11:00"},
        headers=script(deal),
    )

    assert "dealChanged" in planned["HX-Trigger"]
    assert "HX-Refresh" not in planned.headers
    deal.refresh_from_db()
    assert deal.next_step == "Встреча"


def test_step_form_query_count_does_not_grow(client, seller, deal, pipeline):
    url = reverse("deals:deal_step", args=[deal.pk])
    few = ask(client, seller, url)
    for _number in range(3):
        DealFactory(owner=seller, pipeline=pipeline, stage=deal.stage, next_step="Звонок")

    assert ask(client, seller, url) == few <= 12


def test_the_moment_that_is_offered_falls_on_a_working_day():
    friday, eve = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 12, 31, 9, tzinfo=UTC)
    with time_machine.travel(friday, tick=False):
        assert f"{usual_moment():%d.%m %H:%M}" == "30.11 11:00"
    with time_machine.travel(eve, tick=False):
        assert f"{usual_moment():%d.%m.%Y}" == "11.01.2027"
