"""Each awkward file does what its manifest says, and what it writes obeys the rules of the room."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps as rooms
from pghistory.models import Context

from apps.clients.models import Client, OwnerChange
from apps.deals.choices import NOT_STATED
from apps.deals.models import Deal, StageMove
from tests.fixtures_imports import MANIFEST, check, codes_of, counts_of

# Told in the preview rather than by a rejected row, or not needed since the file is read.
NOTICES = {"header_position", "hidden_rows"}
NEEDLESS = {"encoding_unsupported"}
DealHistory = rooms.get_model("deals", "DealHistory")
DEAL_FILES = [entry for entry in MANIFEST if entry["kind"] == "import_deals"]


@pytest.mark.parametrize("entry", DEAL_FILES, ids=lambda entry: entry["file"])
def test_file_does_what_the_manifest_says(entry, import_file, importers, foreign_deal):
    author = importers["anna"] if entry["file"].startswith("other_team") else None
    ours = Deal.objects.exclude(pk=foreign_deal.pk)
    run = import_file(entry["file"], by=author)

    codes = codes_of(run)
    if entry["outcome"] == "file_error" or run.problem:
        assert "file_error" in entry["outcome"]
        assert codes <= set(entry["codes"])
        assert run.problem
        assert not ours.exists()
        return
    assert sum(counts_of(run)) == run.rows == entry["rows"]
    # A bad row may be bad in more ways than the one it was made for.
    assert set(entry["codes"]) <= codes | NOTICES | NEEDLESS or not run.rejected
    if entry["good"] is not None:
        assert (run.rows - run.rejected, run.rejected) == (entry["good"], entry["bad"])
    assert ours.count() == run.created


def content(
    *rows, head="external_id,client,inn,title,amount,currency,stage,close_date,manager_email"
):
    return "\r\n".join([head, *rows]).encode()


ROW = "D-1,ООО «Ёлка»,,Станок,1000.50,RUB,{stage},{day},boris@example.com"


def test_values_of_the_control_file_arrive_exactly(import_file, importers):
    import_file("ok_utf8_comma.csv")

    deal = Deal.objects.get(external_id="D-00006")
    assert (deal.title, deal.amount, deal.amount_base) == (
        "Сделка 6",
        Decimal("1222.06"),
        Decimal("1222.06"),
    )
    assert (deal.client.name, deal.client.inn) == ("ООО «Ёлка»", "0000000160")
    assert (deal.owner, deal.client.owner) == (importers["anna"], importers["anna"])
    assert (deal.expected_close_on, deal.outcome) == (date(2026, 7, 7), "open")
    assert Client.objects.count() == 10
    assert OwnerChange.objects.count() == 10
    assert StageMove.objects.filter(deal=deal, to_stage=deal.stage, from_stage=None).count() == 1


@pytest.mark.parametrize(
    "name",
    ["ok_cp1251_semicolon.csv", "ok_utf8_bom_semicolon.csv", "ok_utf16le_tab.csv", "ok_deals.xlsx"],
)
def test_other_forms_of_the_control_file_bring_the_same_deals(name, import_file):
    run = import_file(name)
    again = import_file("ok_utf8_comma.csv")

    assert counts_of(run) == (20, 0, 0, 0)
    assert counts_of(again) == (0, 0, 20, 0)


def test_same_file_again_changes_nothing(import_file):
    import_file("repeat_v1.csv")
    history = DealHistory.objects.count()

    run = import_file("repeat_v1.csv")

    assert counts_of(run) == (0, 0, 10, 0)
    assert DealHistory.objects.count() == history


def test_second_version_updates_two_and_names_the_contradiction(import_file, importers):
    import_file("repeat_v1.csv")
    moves = StageMove.objects.count()

    run = import_file("repeat_v2.csv")

    assert counts_of(run) == (0, 2, 8, 2)
    assert codes_of(run) == {"duplicate_in_file"}
    assert Deal.objects.get(external_id="D-00002").amount == Decimal("777777.77")
    won = Deal.objects.get(external_id="D-00005")
    assert (won.outcome, won.closed_on, won.amount_base) == (
        "won",
        date(2026, 1, 15),
        Decimal("1185.05"),
    )
    assert StageMove.objects.count() == moves + 1
    assert not Deal.objects.filter(external_id="D-00011").exists()


def test_history_names_the_file_and_the_person(import_file, importers):
    import_file("repeat_v1.csv")
    run = import_file("repeat_v2.csv")

    contexts = Context.objects.filter(metadata__import_run=run.pk)
    assert contexts.count() == 1
    assert contexts.get().metadata["note"] == "из файла repeat_v2.csv"
    assert contexts.get().metadata["user"] == importers["head"].pk


def test_all_or_nothing_leaves_the_base_as_it_was(import_file):
    run = import_file("ragged_rows.csv", policy={"bad_rows": "all"})

    assert counts_of(run) == (0, 0, 0, 6)
    assert codes_of(run) == {"rejected_all"}
    assert run.import_rows.count() == 3
    assert not Deal.objects.exists()
    assert not Client.objects.exists()


def test_all_or_nothing_imports_a_good_file(import_file):
    assert counts_of(import_file("repeat_v1.csv", policy={"bad_rows": "all"})) == (10, 0, 0, 0)


def test_missing_clients_are_created_only_when_asked(import_file):
    run = import_file("repeat_v1.csv", policy={"create_clients": False})

    assert counts_of(run) == (0, 0, 0, 10)
    assert codes_of(run) == {"unknown_client"}


def test_imported_loss_has_the_reason_of_the_system(import_file):
    run = import_file("a.csv", content=content(ROW.format(stage="lost", day="2026-01-10")))

    deal = Deal.objects.get()
    assert counts_of(run) == (1, 0, 0, 0)
    assert deal.refusal_reason.code == NOT_STATED
    assert deal.refusal_reason.is_system
    assert [move.to_stage.name for move in deal.moves.order_by("pk")] == ["new", "lost"]


def test_overwriting_only_what_is_empty(import_file):
    import_file("repeat_v1.csv")

    run = import_file("repeat_v2.csv", policy={"existing": "only_empty"})

    assert Deal.objects.get(external_id="D-00002").amount == Decimal("1074.02")
    assert counts_of(run) == (0, 0, 10, 2)


def test_blank_manager_goes_to_the_importing_user_only_by_choice(import_file, importers):
    run = import_file("unknown_references.csv", policy={"blank_manager": "mine"})

    assert counts_of(run) == (3, 0, 0, 5)
    assert Deal.objects.get(external_id="D-00007").owner == importers["head"]
    assert Deal.objects.get(external_id="D-00006").owner == importers["anna"]


def test_names_matched_by_hand_are_taken(import_file):
    values = {"stage": {"Выиграна!!!": "qualified"}, "currency": {"BTC": "USD", "руб": "RUB"}}

    run = import_file("unknown_references.csv", policy={"values": values})

    assert Deal.objects.get(external_id="D-00003").stage.name == "qualified"
    assert Deal.objects.get(external_id="D-00005").currency == "RUB"
    assert "unknown_currency" not in codes_of(run)


def test_check_writes_nothing_and_names_the_nearest(receive):
    run = receive("unknown_references.csv")

    found = check(run)

    assert found["counts"] == {"created": 2, "rejected": 6}
    assert found["unknown"]["currency"]["руб"]["rows"] == 1
    assert "qualified" in found["names"]["stage"]
    assert not Deal.objects.exists()
    assert not Client.objects.exists()


def test_seller_gives_deals_to_himself_only(import_file, importers):
    rows = content(
        ROW.format(stage="new", day=""),
        ROW.replace("D-1", "D-2").replace("boris", "vera").format(stage="new", day=""),
    )

    run = import_file("a.csv", content=rows, by=importers["boris"])

    assert counts_of(run) == (1, 0, 0, 1)
    assert codes_of(run) == {"not_allowed"}


def test_client_of_another_person_is_not_taken(import_file, importers):
    Client.objects.create(name="Чужой", inn="0000000113", owner=importers["vera"])
    row = "D-1,АО «Северный ветер»,0000000113,Станок,1000,RUB,new,,boris@example.com"

    run = import_file("a.csv", content=content(row), by=importers["boris"])

    assert codes_of(run) == {"client_not_seen"}
    assert Client.objects.count() == 1


def test_identical_rows_are_one_deal(import_file):
    row = ROW.format(stage="new", day="")

    run = import_file("a.csv", content=content(row, row))

    assert counts_of(run) == (1, 0, 1, 0)
    assert Deal.objects.count() == 1


def test_row_without_a_code_is_known_by_its_file_and_line(import_file):
    row = content(ROW.format(stage="new", day="").replace("D-1", ""))

    first, second = import_file("a.csv", content=row), import_file("a.csv", content=row)

    assert (counts_of(first), counts_of(second)) == ((1, 0, 0, 0), (0, 0, 1, 0))


def test_currency_without_a_rate_is_refused_for_closed_deals(import_file):
    row = ROW.replace("RUB", "USD")

    run = import_file("a.csv", content=content(row.format(stage="won", day="2026-01-10")))

    assert codes_of(run) == {"no_rate"}


def test_currency_beside_the_amount_must_agree(import_file):
    row = ROW.replace("1000.50", "1000.50 $").format(stage="new", day="")

    assert codes_of(import_file("a.csv", content=content(row))) == {"amount_currency"}


def test_yo_and_ye_stay_two_clients_and_both_normal_forms_one(import_file):
    import_file("names_unicode.csv")

    assert Client.objects.filter(name__in=["Ёлкин", "Елкин"]).count() == 2
    assert Client.objects.filter(name="Алексей (NFC)").count() == 1
    assert Client.objects.filter(name__in=["null", "None", "0", "-"]).count() == 4
    assert not Client.objects.filter(name__contains="\u202e").exists()
