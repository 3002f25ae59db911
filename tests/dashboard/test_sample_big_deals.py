"""The sample's large deals hold what the actions would hold, and fill the pages."""

from datetime import date

import pytest
from django.db import transaction
from django.db.models import F, Q

from apps.dashboard.sample.department import Size, make_department
from apps.deals.big_choices import HelpEventKind, HelpState
from apps.deals.big_list import effect_of_leaders, open_big_deals
from apps.deals.models import (
    Concession,
    DealRisk,
    HelpEvent,
    HelpRequest,
    PlanStep,
    Stakeholder,
)
from apps.deals.models.big_deals import Bigness
from apps.staff.choices import Role
from apps.staff.leaders import leaders_above
from apps.staff.models import User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def make():
    size = Size(deals=400, clients=90)
    make_department(seed=7, today=TODAY, size=size, password="north-wind-blows")


@pytest.fixture
def made(db):
    make()
    return User.objects.get(role=Role.HEAD)


def test_rooms_and_calls_are_there_and_true(made):
    assert open_big_deals(made, Bigness()).count() > 5
    for rows in (Stakeholder, DealRisk, PlanStep, Concession):
        assert rows.objects.visible_to(made).exists()
    assert not Stakeholder.objects.exclude(contact__client=F("deal__client")).exists()
    assert PlanStep.objects.overdue(TODAY).exists()

    waiting = HelpRequest.objects.waiting()
    assert waiting.exists()
    assert not waiting.filter(asked_at__date__gte=TODAY).exists()
    assert HelpEvent.objects.filter(kind=HelpEventKind.ASKED).count() == HelpRequest.objects.count()
    answered = HelpRequest.objects.exclude(state=HelpState.OPEN)
    assert HelpEvent.objects.exclude(kind=HelpEventKind.ASKED).count() == answered.count()
    assert not answered.filter(responded_at__lt=F("asked_at")).exists()
    in_time = Q(asked_at__date__gte=F("deal__opened_on"))
    assert not HelpRequest.objects.exclude(in_time).exists()
    for asked in HelpRequest.objects.select_related("author__team", "asked_of"):
        assert asked.asked_of in leaders_above(asked.author)


def test_closed_deals_have_both_sides(made):
    effect = effect_of_leaders(made, TODAY, Bigness())

    assert effect.with_part.n > 0
    assert effect.without.n > effect.with_part.n


def rooms():
    """What one run writes, as values without ids of sequences; nothing stays."""
    with transaction.atomic():
        make()
        asked = HelpRequest.objects.order_by("deal_id").values_list(
            "deal_id", "author__email", "asked_of__email", "question", "state", "asked_at"
        )
        risks = DealRisk.objects.order_by("deal_id", "title").values_list(
            "deal_id", "title", "probability", "impact", "due_on"
        )
        people = Stakeholder.objects.order_by("deal_id", "contact__name").values_list(
            "deal_id", "contact__name", "part", "attitude"
        )
        written = [list(asked), list(risks), list(people)]
        transaction.set_rollback(True)
    return written


def test_the_same_seed_gives_the_same_rooms():
    first, second = rooms(), rooms()

    assert all(first)
    assert first == second
