"""A whole import is taken back; what people touched since stays."""

from datetime import date
from decimal import Decimal

import pytest

from apps.clients.models import Client
from apps.core.choices import ImportStatus
from apps.core.importing import undo
from apps.deals.actions import change_deal, log_activity
from apps.deals.models import Deal, StageMove
from tests.fixtures_imports import counts_of


def take_back(run):
    run = undo.begin_undo(run)
    for _progress in undo.undo_run(run):
        pass
    return run


def test_created_deals_and_their_clients_go_to_the_bin(import_file):
    run = take_back(import_file("repeat_v1.csv"))

    assert (run.status, run.result["kept"]) == (ImportStatus.UNDONE, [])
    assert run.undone_at is not None
    assert not Deal.objects.kept().exists()
    assert not Client.objects.kept().exists()


def test_file_can_be_imported_anew_after_the_undo(import_file):
    take_back(import_file("repeat_v1.csv"))

    assert counts_of(import_file("repeat_v1.csv")) == (10, 0, 0, 0)
    assert Deal.objects.kept().count() == 10


def test_deal_changed_since_stays_and_is_listed(import_file, importers):
    run = import_file("repeat_v1.csv")
    deal = Deal.objects.get(external_id="D-00003")
    change_deal(deal, by=importers["head"], amount=Decimal("5.00"))

    run = take_back(run)

    assert run.result["kept"] == [4]
    assert run.result["undone"] == 9
    assert Deal.objects.kept().get() == deal
    assert Client.objects.kept().get() == deal.client


def test_deal_that_people_work_on_stays(import_file, importers):
    run = import_file("repeat_v1.csv")
    deal = Deal.objects.get(external_id="D-00001")
    log_activity(by=importers["boris"], kind="call", deal=deal)

    assert take_back(run).result["kept"] == [2]


def test_updated_deals_get_their_values_and_stage_back(import_file):
    import_file("repeat_v1.csv")
    run = import_file("repeat_v2.csv")
    moves = StageMove.objects.count()

    run = take_back(run)

    assert run.result["kept"] == []
    assert Deal.objects.get(external_id="D-00002").amount == Decimal("1074.02")
    reopened = Deal.objects.get(external_id="D-00005")
    assert (reopened.stage.name, reopened.outcome, reopened.closed_on) == ("proposal", "open", None)
    assert reopened.expected_close_on == date(2026, 6, 6)
    assert StageMove.objects.count() == moves + 1
    assert Deal.objects.kept().count() == 10


def test_unfinished_import_cannot_be_undone(receive):
    with pytest.raises(undo.ValidationError) as refused:
        undo.begin_undo(receive("repeat_v1.csv"))
    assert refused.value.code == "not_done"
