"""How soon leads are answered: whose answer counts, which leads, and what waits."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.clients.models import AnswerNorm
from apps.core.periods import Period
from apps.deals.actions import reverse_activity
from apps.deals.models import StageMove
from apps.deals.speed_to_lead import clocks, speed_to_lead, waiting_leads
from tests.factories.deals import ActivityFactory, DealFactory, staged_pipeline

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
NOW = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.fixture
def pipeline():
    return staged_pipeline()


@pytest.fixture
def lead_of(pipeline):
    """A lead of `owner` that came at a moment."""

    def make(owner, came_at, kind="lead", **fields):
        stage = pipeline.stages.get(kind=kind, order=1 if kind == "lead" else 2)
        deal = DealFactory(owner=owner, pipeline=pipeline, stage=stage, **fields)
        StageMove.objects.create(
            deal=deal, to_stage=stage, owner=owner, happened_on=came_at.date(), happened_at=came_at
        )
        return deal

    return make


def measured(viewer):
    return speed_to_lead(NOVEMBER, viewer=viewer, now=NOW)


def test_the_first_call_counts_in_working_minutes(seller, lead_of):
    lead = lead_of(seller, at(2, 17, 50))
    ActivityFactory(deal=lead, happened_at=at(3, 9, 15))
    ActivityFactory(deal=lead, happened_at=at(3, 12))

    speed = measured(seller)

    assert (speed.median, speed.p90, speed.n, speed.waiting, speed.within_norm) == (25, 25, 1, 0, 1)


def test_percentiles_over_eleven_leads(seller, lead_of):
    """Answered after 5, 10, … 55 minutes: the middle is 30, the tenth of eleven 50."""
    for number in range(1, 12):
        lead = lead_of(seller, at(2, 10))
        ActivityFactory(deal=lead, happened_at=at(2, 10) + timedelta(minutes=5 * number))

    speed = measured(seller)

    assert (speed.median, speed.p90, speed.n, speed.within_norm) == (30, 50, 11, 6)


def test_notes_struck_out_calls_and_earlier_ones_are_no_answers(seller, lead_of):
    lead = lead_of(seller, at(2, 10))
    ActivityFactory(deal=lead, kind="note", happened_at=at(2, 10, 1))
    ActivityFactory(deal=lead, happened_at=at(2, 9))
    wrong = ActivityFactory(deal=lead, happened_at=at(2, 10, 2))
    reverse_activity(wrong, by=seller)

    speed = measured(seller)

    assert (speed.median, speed.n, speed.waiting) == (None, 0, 1)
    assert list(waiting_leads(seller)) == [lead]


def test_only_deals_that_began_as_leads_of_our_own_count(seller, lead_of):
    lead_of(seller, at(2, 10), kind="open")
    lead_of(seller, at(2, 10), external_id="1C-1")
    lead_of(seller, at(2, 10), archived_at=timezone.now())

    assert measured(seller).waiting == 0
    assert list(waiting_leads(seller)) == []


def test_each_sees_the_leads_of_his_people(seller, other_seller, lead, head, lead_of):
    lead_of(seller, at(2, 10))
    lead_of(other_seller, at(2, 10))

    assert [measured(one).waiting for one in (seller, lead, head)] == [1, 1, 2]


def test_the_clock_of_a_waiting_lead(seller, lead_of):
    AnswerNorm.objects.create(opens_at="10:00", closes_at="19:00", answer_minutes=60)
    late, fresh = lead_of(seller, at(19, 18, 30)), lead_of(seller, at(20, 11, 30))
    rows = list(waiting_leads(seller))

    shown = clocks(rows, NOW)

    assert [(one.deal, one.minutes, one.is_late) for one in shown] == [
        (late, 150, True),
        (fresh, 30, False),
    ]


def test_a_late_answer_goes_by_its_own_clock_and_takes_the_lead_off_the_list(
    client, seller, lead_of
):
    lead = lead_of(seller, timezone.now() - timedelta(hours=1))
    client.force_login(seller)
    address = reverse("deals:lead_list")
    assert [row.deal for row in client.get(address).context["rows"]] == [lead]

    ActivityFactory(deal=lead, happened_at=timezone.now())

    assert client.get(address).context["rows"] == []


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_asks_as_often_for_many_as_for_few(
    client, head, count, lead_of, django_assert_num_queries
):
    for _ in range(count):
        lead_of(head, at(2, 10))
    client.force_login(head)

    with django_assert_num_queries(10):
        page = client.get(reverse("deals:lead_list"))

    assert len(page.context["rows"]) == count


def test_the_head_sets_the_norm(client, head):
    client.force_login(head)

    client.post(
        reverse("deals:answer_norm"),
        {"opens_at": "08:00", "closes_at": "17:00", "answer_minutes": 15},
    )
    refused = client.post(
        reverse("deals:answer_norm"),
        {"opens_at": "18:00", "closes_at": "9:00", "answer_minutes": 15},
    )

    norm = AnswerNorm.current()
    assert (f"{norm.opens_at:%H:%M}", f"{norm.closes_at:%H:%M}", norm.answer_minutes) == (
        "08:00",
        "17:00",
        15,
    )
    assert refused.status_code == 422
