"""The wizard over HTTP: each file ends as its manifest says; foreign imports are not there."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from apps.core.choices import ImportStatus
from apps.core.importing import limits
from apps.core.jobs import run_job
from apps.core.models import ImportMapping, ImportRun, StoredFile
from apps.deals.models import Deal
from tests.fixtures_imports import MANIFEST, codes_of, counts_of

DEAL_FILES = [entry for entry in MANIFEST if entry["kind"] == "import_deals"]
SMALL = {"rows_10000_bad_137.csv", "cell_1mb.csv"}


@pytest.fixture
def browser_of():
    def signed_in(user):
        browser = Browser()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def upload(bad_input):
    def send(browser, name, *, kind="deals", content=None, shown_name=None):
        content = bad_input(name).read_bytes() if content is None else content
        file = SimpleUploadedFile(shown_name or name, content)
        response = browser.post(reverse("core:import_upload"), {"kind": kind, "file": file})
        assert response.status_code == 302
        return ImportRun.objects.latest("pk")

    return send


def columns_of(run):
    return {f"column-{index}": name for index, name in run.mapping.items()}


def rules(**changed):
    return {"bad_rows": "skip", "existing": "overwrite", "create_clients": "on"} | changed


def press(browser, run, step, data=None):
    response = browser.post(reverse(f"core:import_{step}", args=[run.pk]), data or {})
    assert response.status_code == 302
    run.refresh_from_db()
    return response


def page(browser, run):
    response = browser.get(reverse("core:import", args=[run.pk]))
    assert response.status_code == 200
    return response.content.decode()


def go_through(browser, run):
    """Columns as recognised, the check, the start, and the work of the worker."""
    page(browser, run)
    press(browser, run, "columns", columns_of(run))
    if run.status == ImportStatus.MAPPED and run.job:
        run_job(run.job_id)
        run.refresh_from_db()
    page(browser, run)
    press(browser, run, "check", rules(start="1"))
    assert run_job(run.job_id)
    run.refresh_from_db()
    page(browser, run)


@pytest.mark.parametrize("entry", DEAL_FILES, ids=lambda entry: entry["file"])
def test_file_through_the_wizard(
    entry, importers, foreign_deal, browser_of, upload, django_capture_on_commit_callbacks
):
    author = importers["anna" if entry["file"].startswith("other_team") else "head"]
    browser = browser_of(author)
    ours = Deal.objects.exclude(pk=foreign_deal.pk)

    run = upload(browser, entry["file"])

    if run.problem:
        assert "file_error" in entry["outcome"]
        assert codes_of(run) <= set(entry["codes"])
        assert not ours.exists()
        listing = browser.get(reverse("core:import_list")).content.decode()
        assert entry["file"] in listing
        assert page(browser, run)
        return
    go_through(browser, run)
    assert run.status == ImportStatus.DONE
    assert sum(counts_of(run)) == run.rows == entry["rows"]
    if entry["good"] is not None:
        assert run.rejected == entry["bad"]
    assert ours.count() == run.created
