"""Clients from a file: requisites checked, doubles shown and rejected or joined by choice."""

import pytest

from apps.clients.actions import merge_clients
from apps.clients.models import Client
from apps.core.importing import undo
from tests.fixtures_imports import check, codes_of, counts_of


def test_bad_inns_are_rejected_with_their_reason(import_file):
    run = import_file("clients_bad_inn.csv", kind="clients")

    assert counts_of(run) == (3, 0, 0, 10)
    assert codes_of(run) == {"inn_length", "inn_check_digit", "inn_format"}
    assert set(Client.objects.values_list("inn", flat=True)) == {"0000000120", "000000000184", ""}


def test_doubles_are_rejected_and_never_padded(import_file):
    run = import_file("clients_duplicates.csv", kind="clients")

    reasons = {row.line: {error["code"] for error in row.errors} for row in run.import_rows.all()}
    assert counts_of(run) == (2, 0, 0, 8)
    assert reasons[3] == {"duplicate"}
    assert reasons[5] == {"inn_length"}
    assert reasons[6] == {"inn_format", "phone_format"}
    assert reasons[7] == {"inn_format", "phone_format", "email_format"}
    assert reasons[8] == {"email_format"}
    assert codes_of(run) == {
        "duplicate",
        "inn_length",
        "inn_format",
        "phone_format",
        "email_format",
    }
    assert set(Client.objects.values_list("phone", flat=True)) == {"+79000000001", "+442079460000"}


def test_preview_shows_doubles_in_groups_with_the_reason(receive):
    run = receive("clients_duplicates.csv", kind="clients")

    groups = check(run)["duplicates"]

    reasons = {group["reason"]: group["members"] for group in groups}
    assert len(reasons["одинаковый ИНН"]) == 3
    assert "одинаковый телефон" in reasons
    assert "похожее название" in reasons
    assert not Client.objects.exists()


def test_joining_doubles_fills_the_known_client_and_can_be_undone(import_file):
    run = import_file("clients_duplicates.csv", kind="clients", policy={"duplicates": "join"})
    assert Client.objects.filter(inn="0000000113").count() == 1

    run = undo.begin_undo(run)
    for _progress in undo.undo_run(run):
        pass

    assert not Client.objects.kept().exists()


def test_second_upload_changes_nothing(import_file):
    import_file("clients_bad_inn.csv", kind="clients")

    assert counts_of(import_file("clients_bad_inn.csv", kind="clients")) == (0, 0, 3, 10)


@pytest.mark.parametrize("by", ["boris", "anna"])
def test_client_of_another_team_is_not_overwritten(import_file, importers, by):
    theirs = Client.objects.create(name="Чужой", external_id="C-01", owner=importers["vera"])

    run = import_file("clients_bad_inn.csv", kind="clients", by=importers[by])

    theirs.refresh_from_db()
    assert (theirs.name, theirs.version) == ("Чужой", 1)
    assert "not_allowed" in codes_of(run)


def test_the_code_of_a_merged_client_means_the_one_that_stayed(import_file, importers):
    kept, gone = (
        Client.objects.create(name=name, external_id=code, owner=importers["boris"])
        for name, code in (("Первый", "A-1"), ("Второй", "C-01"))
    )
    merge_clients(kept, gone, by=importers["anna"])

    run = import_file("clients_bad_inn.csv", kind="clients", by=importers["head"])

    row = run.import_rows.get(line=2)
    assert (row.status, row.object_id) == ("updated", kept.pk)
    assert "archived" not in codes_of(run)


def test_a_merged_client_whose_other_half_is_out_of_sight_is_not_written(import_file, importers):
    kept, gone = (
        Client.objects.create(name=name, external_id=code, owner=importers["boris"])
        for name, code in (("Первый", "A-1"), ("Второй", "C-01"))
    )
    merge_clients(kept, gone, by=importers["anna"])
    Client.objects.filter(pk=kept.pk).update(owner=importers["vera"])

    run = import_file("clients_bad_inn.csv", kind="clients", by=importers["boris"])

    assert run.import_rows.get(line=2).status == "rejected"
    kept.refresh_from_db()
    assert kept.name == "Первый"
