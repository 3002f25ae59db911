"""A deal begins, changes, changes hands and goes to the bin."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.core.calendars import company_today
from apps.core.models import Company, ExchangeRate
from apps.core.versions import Conflict
from apps.deals.actions import (
    archive_deal,
    assign_deal,
    change_deal,
    create_deal,
    move_deal,
    restore_deal,
)
from apps.deals.models import Deal, StageMove, WonAdjustment
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import StageFactory

pytestmark = pytest.mark.django_db


def begin(seller, pipeline, **fields):
    return create_deal(by=seller, owner=seller, pipeline=pipeline, title="Поставка", **fields)


def code_of(error):
    problem = error.value
    if hasattr(problem, "error_dict"):
        [[problem]] = problem.error_dict.values()
    return problem.code


def won(deal, stages, on=None):
    """The deal, filled in and won on the day `on`."""
    change_deal(deal, by=deal.owner, expected_close_on=date(2026, 12, 1))
    return move_deal(deal, to=stages.won, by=deal.owner, on=on)


def test_a_deal_begins_in_the_first_stage_and_its_entry_is_recorded(seller, pipeline, stages):
    deal = begin(seller, pipeline, amount=Decimal("500.00"), opened_on=date(2026, 9, 1))

    assert (deal.stage, deal.outcome, deal.closed_on) == (stages.lead, "open", None)
    assert (deal.currency, deal.amount_base) == ("RUB", Decimal("500.00"))
    move = deal.moves.get()
    assert (move.from_stage, move.to_stage, move.happened_on) == (
        None,
        stages.lead,
        date(2026, 9, 1),
    )
    assert (move.owner, move.author, move.is_first_entry) == (seller, seller, True)
    assert move.amount_base == Decimal("500.00")


def test_a_deal_begun_later_must_have_what_earlier_stages_ask_for(seller, pipeline, stages):
    with pytest.raises(ValidationError) as error:
        begin(seller, pipeline, stage=stages.contract)

    assert code_of(error) == "missing_fields"
    assert error.value.params["fields"] == ["client", "amount"]
    assert not Deal.objects.exists()


def test_an_imported_deal_may_be_incomplete(seller, pipeline, stages):
    deal = begin(seller, pipeline, stage=stages.contract, imported=True)

    assert (deal.stage, deal.client, deal.amount) == (stages.contract, None, None)


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_no_deal_is_born_closed(seller, pipeline, stages, stage):
    """T67"""
    with pytest.raises(ValidationError) as error:
        begin(seller, pipeline, stage=getattr(stages, stage), imported=True)

    assert code_of(error) == "born_closed"


def test_a_stage_of_another_pipeline_is_refused(seller, pipeline):
    with pytest.raises(ValidationError) as error:
        begin(seller, pipeline, stage=StageFactory())

    assert code_of(error) == "foreign_stage"


def test_a_deal_is_not_opened_in_the_future(seller, pipeline):
    with pytest.raises(ValidationError) as error:
        begin(seller, pipeline, opened_on=company_today() + timedelta(days=1))

    assert code_of(error) == "future"


def test_a_seller_begins_deals_for_himself_only(seller, colleague, pipeline):
    with pytest.raises(PermissionDenied):
        create_deal(by=seller, owner=colleague, pipeline=pipeline, title="Чужая")

    assert not Deal.objects.exists()


@pytest.mark.parametrize("role", ["director", "hr", "admin"])
def test_who_only_reads_begins_no_deals(people, role, pipeline):
    with pytest.raises(PermissionDenied):
        begin(people[role], pipeline)


def test_a_foreign_client_is_refused(seller, stranger, pipeline):
    with pytest.raises(ValidationError) as error:
        begin(seller, pipeline, client=ClientFactory(owner=stranger))

    assert code_of(error) == "foreign_client"


def test_an_amount_that_does_not_fit_is_refused_before_the_database_is(seller, pipeline):
    with pytest.raises(ValidationError):
        begin(seller, pipeline, amount=Decimal("1e30"))


def test_amount_in_another_currency_is_booked_at_the_rate_of_the_day(seller, pipeline):
    Company.objects.create(pk=1, name="Компания", currency="RUB")
    ExchangeRate.objects.create(currency="USD", starts_on=date(2026, 9, 1), rate=Decimal("90.50"))
    ExchangeRate.objects.create(currency="USD", starts_on=date(2026, 10, 1), rate=Decimal("95"))

    deal = begin(
        seller, pipeline, amount=Decimal("100.01"), currency="USD", opened_on=date(2026, 9, 15)
    )

    # 100.01 × 90.50 = 9050.905, half up.
    assert deal.amount_base == Decimal("9050.91")


def test_an_edit_names_the_version_it_was_made_from(deal, seller):
    changed = change_deal(deal, by=seller, expected_version=1, title=" Новое имя ")

    assert (changed.title, changed.version) == ("Новое имя", 2)
    with pytest.raises(Conflict):
        change_deal(deal, by=seller, expected_version=1, title="Опоздал")
    deal.refresh_from_db()
    assert deal.title == "Новое имя"


def test_an_edit_takes_no_other_fields(deal, seller, stages):
    """T19"""
    with pytest.raises(TypeError):
        change_deal(deal, by=seller, expected_version=1, stage=stages.won)


def test_a_contact_of_another_client_is_refused(deal, seller):
    with pytest.raises(ValidationError) as error:
        change_deal(deal, by=seller, contact=ContactFactory())

    assert code_of(error) == "foreign_contact"


def test_editing_a_won_amount_moves_nothing_between_months(deal, seller, stages):
    """T68"""
    deal = won(deal, stages, on=date(2026, 10, 15))

    change_deal(deal, by=seller, amount=Decimal("130000.00"))

    move = StageMove.objects.get(deal=deal, to_stage=stages.won)
    assert (move.happened_on, move.amount_base) == (date(2026, 10, 15), Decimal("100000.00"))
    adjustment = WonAdjustment.objects.get()
    assert adjustment.happened_on == company_today()
    assert (adjustment.amount_base, adjustment.owner) == (Decimal("30000.00"), seller)
    deal.refresh_from_db()
    assert (deal.closed_on, deal.amount_base) == (date(2026, 10, 15), Decimal("130000.00"))


def test_an_edit_that_leaves_a_won_amount_alone_adjusts_nothing(deal, seller, stages):
    deal = won(deal, stages)

    change_deal(deal, by=seller, amount=deal.amount, note="Поздравили")

    assert not WonAdjustment.objects.exists()


@pytest.mark.parametrize(
    ("field", "code"), [("amount", "won_needs_amount"), ("client", "won_needs_client")]
)
def test_a_won_deal_keeps_its_amount_and_client(deal, seller, stages, field, code):
    deal = won(deal, stages)

    with pytest.raises(ValidationError) as error:
        change_deal(deal, by=seller, **{field: None})

    assert code_of(error) == code
    deal.refresh_from_db()
    assert deal.amount == Decimal("100000.00")


def test_a_lead_hands_a_deal_over_within_the_team(deal, lead, colleague):
    deal = assign_deal(deal, to=colleague, by=lead)

    assert (deal.owner, deal.version) == (colleague, 2)


@pytest.mark.parametrize(
    ("by", "to"),
    [
        ("seller", "colleague"),
        ("lead", "stranger"),
        ("director", "colleague"),
        ("admin", "colleague"),
    ],
)
def test_others_do_not_hand_deals_over(deal, seller, people, by, to):
    with pytest.raises(PermissionDenied):
        assign_deal(deal, to=people[to], by=people[by])

    deal.refresh_from_db()
    assert (deal.owner, deal.version) == (seller, 1)


def test_nobody_receives_a_deal_after_he_has_left(deal, head, colleague):
    colleague.dismissed_on = date(2026, 10, 1)
    colleague.save()

    with pytest.raises(ValidationError) as error:
        assign_deal(deal, to=colleague, by=head)

    assert code_of(error) == "dismissed"


def test_an_owner_who_lost_the_deal_meanwhile_cannot_save_it(deal, seller, lead, colleague):
    assign_deal(deal, to=colleague, by=lead)

    with pytest.raises(PermissionDenied):
        change_deal(deal, by=seller, expected_version=1, title="Успел")

    deal.refresh_from_db()
    assert deal.title != "Успел"


def test_what_was_won_stays_with_the_owner_of_the_day(deal, seller, stages, lead, colleague):
    """T68"""
    deal = won(deal, stages, on=date(2026, 10, 15))

    assign_deal(deal, to=colleague, by=lead)

    assert StageMove.objects.get(deal=deal, to_stage=stages.won).owner == seller


def test_the_bin_and_back(deal, seller):
    archived = archive_deal(deal, by=seller)

    assert archived.archived_at is not None
    with pytest.raises(ValidationError) as error:
        change_deal(deal, by=seller, title="Из корзины")
    assert code_of(error) == "archived"
    assert restore_deal(deal, by=seller).archived_at is None


def test_a_won_deal_does_not_go_to_the_bin(deal, seller, stages):
    """T68"""
    deal = won(deal, stages)

    with pytest.raises(ValidationError) as error:
        archive_deal(deal, by=seller)

    assert code_of(error) == "won_is_kept"
