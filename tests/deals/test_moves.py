"""Stage moves: exit criteria, closing, reopening, events."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.core.calendars import company_today
from apps.deals import rules
from apps.deals.actions import change_deal, create_refusal_reasons, move_deal, not_stated_reason
from apps.deals.choices import ExitField
from apps.deals.models import RefusalReason, StageMove, WonAdjustment
from tests.deals.test_deals import code_of, won
from tests.factories.deals import DealFactory, RefusalReasonFactory
from tests.factories.losses import CompetitorFactory

pytestmark = pytest.mark.django_db


def moves_of(deal):
    return list(deal.moves.values_list("from_stage__name", "to_stage__name", "is_first_entry"))


def test_a_move_forwards_is_recorded(deal, seller, stages):
    moved = move_deal(deal, to=stages.quote, by=seller)

    assert (moved.stage, moved.outcome, moved.version) == (stages.quote, "open", 2)
    move = deal.moves.get()
    assert (move.from_stage, move.to_stage) == (stages.lead, stages.quote)
    assert (move.happened_on, move.owner) == (company_today(), seller)
    assert move.happened_at == moved.stage_since


def test_a_repeated_move_does_nothing(deal, seller, stages):
    move_deal(deal, to=stages.quote, by=seller)
    again = move_deal(deal, to=stages.quote, by=seller)

    assert again.version == 2
    assert deal.moves.count() == 1


def test_skipped_stages_ask_for_their_fields_too(seller, pipeline, stages):
    """T67"""
    deal = DealFactory(owner=seller, pipeline=pipeline, client=None, amount=None)

    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.contract, by=seller)

    assert code_of(error) == "missing_fields"
    assert error.value.params["fields"] == ["client", "amount"]
    deal.refresh_from_db()
    assert (deal.stage, deal.version, deal.moves.count()) == (stages.lead, 1, 0)


def test_the_way_back_asks_for_nothing(seller, pipeline, stages):
    deal = DealFactory(
        owner=seller, pipeline=pipeline, stage=stages.contract, client=None, amount=None
    )

    assert move_deal(deal, to=stages.lead, by=seller).stage == stages.lead


@pytest.mark.parametrize("stage", ["lead", "quote", "contract"])
@pytest.mark.parametrize("lacking", ["amount", "client"])
def test_won_needs_amount_and_client_from_every_stage(seller, pipeline, stages, stage, lacking):
    pipeline.stages.update(exit_fields=[])
    deal = DealFactory(
        owner=seller, pipeline=pipeline, stage=getattr(stages, stage), **{lacking: None}
    )

    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.won, by=seller)

    assert error.value.params["fields"] == [lacking]
    deal.refresh_from_db()
    assert (deal.outcome, deal.moves.count()) == ("open", 0)


def test_won_closes_on_the_day_that_was_named(deal, seller, stages):
    day = company_today() - timedelta(days=3)
    change_deal(deal, by=seller, expected_close_on=day)

    deal = move_deal(deal, to=stages.won, by=seller, on=day)

    assert (deal.outcome, deal.closed_on, deal.amount_base) == ("won", day, Decimal("100000.00"))
    move = deal.moves.get()
    assert (move.happened_on, move.amount_base) == (day, Decimal("100000.00"))


@pytest.mark.parametrize(("shift", "code"), [(1, "future"), (-10_000, "before_opening")])
def test_the_closing_day_is_possible(deal, seller, stages, shift, code):
    """T67"""
    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.won, by=seller, on=company_today() + timedelta(days=shift))

    assert code_of(error) == code


def test_closing_takes_the_next_step_away(seller, pipeline, stages, deal):
    deal.next_step, deal.next_step_at = "Позвонить", deal.stage_since
    deal.save()

    deal = won(deal, stages)

    assert (deal.next_step, deal.next_step_at) == ("", None)


def test_lost_needs_a_reason(deal, seller, stages):
    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.lost, by=seller)

    assert code_of(error) == "reason_needed"


def test_a_refusal_asks_for_no_fields_of_stages(seller, pipeline, stages, reason):
    deal = DealFactory(owner=seller, pipeline=pipeline, client=None, amount=None)
    rival = CompetitorFactory(name="Ромашка")

    deal = move_deal(deal, to=stages.lost, by=seller, reason=reason, competitor=rival)

    assert (deal.outcome, deal.refusal_reason, deal.competitor) == ("lost", reason, rival)
    assert deal.closed_on == company_today()


def test_some_reasons_ask_for_a_comment(deal, seller, stages):
    reason = RefusalReasonFactory(needs_comment=True)

    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.lost, by=seller, reason=reason, comment="  ")
    assert code_of(error) == "comment_needed"

    deal = move_deal(deal, to=stages.lost, by=seller, reason=reason, comment="Нет модуля")
    assert deal.refusal_comment == "Нет модуля"


def test_people_cannot_choose_the_reason_of_imports(deal, seller, stages):
    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.lost, by=seller, reason=not_stated_reason())

    assert code_of(error) == "reason_not_offered"
    deal = move_deal(deal, to=stages.lost, by=seller, reason=not_stated_reason(), imported=True)
    assert deal.outcome == "lost"


def test_a_branch_of_the_tree_is_not_a_reason(deal, seller, stages):
    branch = RefusalReasonFactory()
    leaf = RefusalReasonFactory(parent=branch)

    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.lost, by=seller, reason=branch)

    assert code_of(error) == "reason_not_offered"
    assert list(RefusalReason.objects.selectable()) == [leaf]


def test_the_usual_tree_offers_only_its_leaves():
    create_refusal_reasons()
    create_refusal_reasons()

    offered = RefusalReason.objects.selectable()
    assert offered.count() == 14
    assert all(rules.can_choose(reason) for reason in offered)


def test_a_lost_deal_comes_back_and_must_have_its_fields(seller, pipeline, stages, reason):
    deal = DealFactory(owner=seller, pipeline=pipeline, amount=None)
    move_deal(deal, to=stages.lost, by=seller, reason=reason)

    with pytest.raises(ValidationError) as error:
        move_deal(deal, to=stages.contract, by=seller)
    assert error.value.params["fields"] == ["amount"]

    deal = move_deal(deal, to=stages.quote, by=seller)
    assert (deal.outcome, deal.closed_on, deal.refusal_reason) == ("open", None, None)


def test_a_reopened_win_takes_its_revenue_back_today_and_brings_it_again(deal, seller, stages):
    deal = won(deal, stages, on=date(2026, 10, 15))
    change_deal(deal, by=seller, amount=Decimal("120000.00"))

    deal = move_deal(deal, to=stages.contract, by=seller)

    assert (deal.outcome, deal.closed_on) == ("open", None)
    sums = list(WonAdjustment.objects.values_list("amount_base", flat=True))
    assert sums == [Decimal("20000.00"), Decimal("-120000.00")]

    move_deal(deal, to=stages.won, by=seller)
    counted = [
        *sums,
        *StageMove.objects.filter(to_stage=stages.won).values_list("amount_base", flat=True),
    ]
    assert sum(counted) == Decimal("120000.00")


def test_each_stage_is_entered_for_the_first_time_once(deal, seller, stages):
    for stage in (stages.quote, stages.lead, stages.quote, stages.lead):
        move_deal(deal, to=stage, by=seller)

    assert moves_of(deal) == [
        ("Запрос", "КП", True),
        ("КП", "Запрос", True),
        ("Запрос", "КП", False),
        ("КП", "Запрос", False),
    ]


def test_a_day_given_afterwards_keeps_the_order_of_moves(deal, seller, stages):
    move_deal(deal, to=stages.quote, by=seller)
    change_deal(deal, by=seller, expected_close_on=date(2026, 12, 1))
    move_deal(deal, to=stages.won, by=seller, on=company_today() - timedelta(days=5))

    first, second = deal.moves.all()
    assert (first.to_stage, second.to_stage) == (stages.quote, stages.won)
    assert second.happened_on == company_today() - timedelta(days=5)


@pytest.mark.parametrize("role", ["colleague", "stranger", "director", "hr", "admin"])
def test_others_do_not_move_the_deal(deal, people, role, stages):
    """T02"""
    with pytest.raises(PermissionDenied):
        move_deal(deal, to=stages.quote, by=people[role])

    deal.refresh_from_db()
    assert (deal.stage, deal.moves.count()) == (stages.lead, 0)


@pytest.mark.parametrize("role", ["lead", "head"])
def test_who_leads_the_owner_moves_the_deal(deal, people, role, stages, seller):
    move_deal(deal, to=stages.quote, by=people[role])

    move = deal.moves.get()
    assert (move.owner, move.author) == (seller, people[role])


def test_what_a_won_deal_needs_is_known_before_the_move(seller, pipeline, stages):
    deal = DealFactory(owner=seller, pipeline=pipeline, client=None, amount=None)
    everything = list(pipeline.stages.all())

    assert rules.missing_fields(deal, stages.lost, stages=everything) == []
    assert rules.missing_fields(deal, stages.contract, stages=everything) == [
        ExitField.CLIENT,
        ExitField.AMOUNT,
    ]
    assert rules.missing_fields(deal, stages.won, stages=everything) == [
        ExitField.CLIENT,
        ExitField.AMOUNT,
    ]
