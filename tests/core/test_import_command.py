"""The command brings the same files to the same ends, and says so."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from apps.core.models import ImportRun
from apps.deals.models import Deal
from tests.fixtures_imports import MANIFEST, codes_of

# The file of 10,000 rows goes through the engine itself.
FILES = [entry for entry in MANIFEST if entry["rows"] < 10_000]


def run_command(*args, **options):
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def said_by(args):
    """What the command wrote, or why it refused."""
    try:
        return run_command(*args)
    except CommandError as refused:
        return f"CommandError: {refused}"


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["file"])
def test_file_by_the_command(entry, importers, bad_input, foreign_deal):
    author = importers["anna" if entry["file"].startswith("other_team") else "head"]
    kind = entry["kind"].removeprefix("import_")
    args = ["import_file", kind, str(bad_input(entry["file"])), "--as", author.email]
    if kind == "deals":
        args.append("--create-clients")

    if (said := said_by(args)).startswith("CommandError"):
        run = ImportRun.objects.get()
        assert "file_error" in entry["outcome"]
        assert entry["file"] in said
        assert codes_of(run) <= set(entry["codes"])
        assert Deal.objects.get() == foreign_deal
        return
    rows, created, updated, unchanged, rejected = map(
        int, re.findall(r"\d+", said.splitlines()[-1])
    )
    assert rows == entry["rows"] == created + updated + unchanged + rejected
    if entry["good"] is not None:
        assert rejected == entry["bad"]


def test_import_deals_writes_the_error_file(importers, bad_input, tmp_path):
    errors = tmp_path / "errors.csv"

    said = run_command(
        "import_deals",
        str(bad_input("ragged_rows.csv")),
        "--as",
        importers["head"].email,
        "--create-clients",
        "--errors",
        str(errors),
    )

    assert "3 строки записаны" in said
    assert len(errors.read_text("utf-8-sig").splitlines()) == 4


def test_choices_of_the_command(importers, bad_input):
    said = run_command(
        "import_deals",
        str(bad_input("unknown_references.csv")),
        "--as",
        importers["head"].email,
        "--create-clients",
        "--blank-manager-is-me",
        "--match",
        "currency:руб=RUB",
        "--match",
        "stage:Выиграна!!!=qualified",
    )

    assert "создано 5" in said


def test_check_only_writes_nothing(importers, bad_input):
    said = run_command(
        "import_deals",
        str(bad_input("repeat_v1.csv")),
        "--as",
        importers["head"].email,
        "--create-clients",
        "--check",
    )

    assert "создано 10" in said
    assert not Deal.objects.exists()


@pytest.mark.parametrize("email", ["nobody@example.com", "gleb@example.com"])
def test_only_a_working_user_imports(importers, bad_input, email):
    with pytest.raises(CommandError):
        run_command("import_deals", str(bad_input("repeat_v1.csv")), "--as", email)
    assert not ImportRun.objects.exists()


def test_right_to_import_is_the_persons_own(importers, bad_input):
    with pytest.raises(CommandError):
        run_command(
            "import_file",
            "products",
            str(bad_input("repeat_v1.csv")),
            "--as",
            importers["head"].email,
        )
    assert not ImportRun.objects.exists()


def test_missing_file_is_told(importers, tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv"):
        run_command("import_deals", str(tmp_path / "none.csv"), "--as", importers["head"].email)
