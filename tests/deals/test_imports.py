"""Each awkward file does what its manifest says, and what it writes obeys the rules of the room."""

from datetime import date
from decimal import Decimal

import pytest

from apps.clients.models import Client, OwnerChange
from apps.deals.models import Deal, StageMove
from tests.fixtures_imports import MANIFEST, check, codes_of, counts_of

# Told in the preview rather than by a rejected row, or not needed since the file is read.
NOTICES = {"header_position", "hidden_rows"}
NEEDLESS = {"encoding_unsupported"}
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
