"""Conversions: first entries, skipped stages, losses in the denominator, changes night by night."""

import random
from datetime import date, timedelta

import pytest

from apps.kpis.models import DealFact, StageCohort
from tests.factories.kpis import do_night_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 17)


def cohort(stage):
    """entered, passed, lost, still open, won of the stage, over all weeks and people."""
    fields = ("entered", "passed", "lost", "still_open", "won_count")
    rows = StageCohort.objects.filter(stage=stage).values_list(*fields)
    return tuple(map(sum, zip(*rows, strict=True))) or (0, 0, 0, 0, 0)


def test_a_skipped_stage_counts_as_passed(sell, seller, stages):
    sell(seller, DAY, to=stages.won)
    do_night_of(DAY)

    for stage in (stages.lead, stages.quote, stages.contract):
        assert cohort(stage) == (1, 1, 0, 0, 1)


def test_a_lost_deal_stays_in_the_denominator_where_it_was_lost(sell, seller, stages):
    sell(seller, DAY, path=[stages.quote, stages.lost])
    do_night_of(DAY)

    assert cohort(stages.lead) == (1, 1, 0, 0, 0)
    assert cohort(stages.quote) == (1, 0, 1, 0, 0)
    assert cohort(stages.contract) == (0, 0, 0, 0, 0)


def test_going_back_and_forth_enters_once(sell, seller, stages):
    path = [stages.contract, stages.quote, stages.contract, stages.quote]
    sell(seller, DAY, path=path)
    do_night_of(DAY)

    assert cohort(stages.quote) == (1, 1, 0, 0, 0)
    assert cohort(stages.contract) == (1, 0, 0, 1, 0)


def test_an_entry_stands_in_its_week_and_knows_what_came_later(sell, seller, stages):
    sell(seller, DAY, opened=date(2026, 3, 5))
    do_night_of(DAY)

    entries = StageCohort.objects.order_by("stage__order").values_list("stage", "week")
    assert list(entries) == [
        (stages.lead.pk, date(2026, 3, 2)),
        (stages.quote.pk, date(2026, 3, 16)),
        (stages.contract.pk, date(2026, 3, 16)),
        (stages.won.pk, date(2026, 3, 16)),
    ]
    assert cohort(stages.lead) == (1, 1, 0, 0, 1)


def test_a_later_move_changes_the_old_cohort(sell, seller, stages):
    deal = sell(seller, DAY, to=stages.quote)
    do_night_of(DAY)
    assert cohort(stages.quote) == (1, 0, 0, 1, 0)

    sell.move(deal, stages.lost, DAY + timedelta(days=1))
    do_night_of(DAY + timedelta(days=1))
    assert cohort(stages.quote) == (1, 0, 1, 0, 0)


def rows(model, *left_out):
    fields = [field.attname for field in model._meta.fields if field.name not in ("id", *left_out)]
    return sorted(map(str, model.objects.values_list(*fields)))


def standing_cohorts():
    return [row for row in rows(StageCohort) if not row.endswith(", 0, 0, 0, 0, 0)")]


@pytest.mark.parametrize("seed", [1, 2])
def test_night_by_night_gives_what_a_rebuild_gives(sell, seller, other_seller, stages, seed):
    """Random histories, some told late, counted each night; then everything anew."""
    chance = random.Random(seed)
    ways = [stages.lead, stages.quote, stages.contract, stages.won, stages.lost]
    deals = []
    for shift in range(4):
        day = DAY + timedelta(days=shift)
        for _ in range(3):
            owner = chance.choice([seller, other_seller])
            opened = day - timedelta(days=chance.randrange(8))
            way = chance.choice(ways)
            deals.append(sell(owner, day, "50000.10", to=way, opened=opened, late=True))
        for deal in chance.sample(deals, 3):
            sell.move(deal, chance.choice(ways), day)
        do_night_of(day)
    counted = rows(DealFact), standing_cohorts()
    do_night_of(DAY + timedelta(days=3), rebuild=True)

    assert (rows(DealFact), standing_cohorts()) == counted
