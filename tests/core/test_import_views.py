"""The wizard over HTTP: each file ends as its manifest says; foreign imports are not there."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from apps.core.choices import ImportStatus, JobStatus
from apps.core.importing.intake import SizeLimit
from apps.core.importing.limits import MEGABYTE
from apps.core.jobs import run_job
from apps.core.models import ImportMapping, ImportRun, Job, Notification, StoredFile
from apps.deals.models import Deal, Pipeline
from tests.fixtures_imports import MANIFEST, codes_of, counts_of

# The file of 10,000 rows goes through the wizard with its error file, below.
DEAL_FILES = [
    entry for entry in MANIFEST if entry["kind"] == "import_deals" and entry["rows"] < 10_000
]


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
    """The form of the rules as a browser sends it untouched, with missing clients to be created."""
    untouched = {"bad_rows": "skip", "existing": "overwrite", "currency": "RUB"}
    pipelines = Pipeline.objects.filter(is_default=True).values_list("pk", flat=True)
    chosen = {"blank_manager": "reject", "create_clients": "on", "pipeline": pipelines[0]}
    return untouched | chosen | changed


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


def test_error_file_goes_back_in_after_correction(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "rows_10000_bad_137.csv")
    go_through(browser, run)

    errors = browser.get(reverse("core:import_errors", args=[run.pk]))
    text = errors.content.decode("utf-8-sig")
    assert len(text.splitlines()) == 138
    assert text.splitlines()[0].endswith(",line,error")
    assert "attachment" in errors["Content-Disposition"]
    for wrong, right in (
        (",NaN,", ",1.00,"),
        (",-1,", ",1.00,"),
        ("31.02.2026", "28.02.2026"),
        ("nobody@example.com", "anna@example.com"),
        (",???,", ",new,"),
    ):
        text = text.replace(wrong, right)
    again = upload(browser, "errors.csv", content=text.encode("utf-8-sig"))
    go_through(browser, again)

    assert counts_of(again) == (137, 0, 0, 0)
    assert Deal.objects.count() == 10_000


@pytest.mark.parametrize("step", ["import", "import_errors", "import_source", "import_progress"])
def test_foreign_import_is_not_there(importers, browser_of, upload, step):
    """T13"""
    run = upload(browser_of(importers["head"]), "repeat_v1.csv")

    response = browser_of(importers["anna"]).get(reverse(f"core:{step}", args=[run.pk]))

    assert response.status_code == 404


@pytest.mark.parametrize("step", ["reading", "columns", "check", "undo", "resume"])
def test_foreign_import_cannot_be_moved_on(importers, browser_of, upload, step, admin):
    """T13, T14"""
    run = upload(browser_of(importers["head"]), "repeat_v1.csv")
    before = ImportRun.objects.values().get(pk=run.pk)

    for stranger in (importers["anna"], admin):
        response = browser_of(stranger).post(
            reverse(f"core:import_{step}", args=[run.pk]), rules(start="1")
        )
        assert response.status_code == 404

    assert ImportRun.objects.values().get(pk=run.pk) == before
    assert run.source.file.open().read()
    assert not Deal.objects.exists()


def test_administrator_sees_everybodys_imports(importers, browser_of, upload, admin):
    run = upload(browser_of(importers["head"]), "repeat_v1.csv")

    source = browser_of(admin).get(reverse("core:import_source", args=[run.pk]))

    assert source.status_code == 200
    assert source["X-Content-Type-Options"] == "nosniff"
    assert source["Content-Type"] == "application/octet-stream"


def test_role_without_the_right_is_refused(importers, browser_of, director):
    browser = browser_of(director)

    assert browser.get(reverse("core:import_list")).status_code == 403
    file = SimpleUploadedFile("a.csv", b"title\r\nx\r\n")
    answer = browser.post(reverse("core:import_upload"), {"kind": "deals", "file": file})
    assert answer.status_code == 403
    assert not ImportRun.objects.exists()


def test_seller_cannot_import_products(importers, browser_of):
    file = SimpleUploadedFile("a.csv", b"product,price\r\nx,1\r\n")

    browser_of(importers["boris"]).post(
        reverse("core:import_upload"), {"kind": "products", "file": file}
    )

    assert not ImportRun.objects.exists()


def test_too_large_body_is_refused_while_it_streams(importers, browser_of, monkeypatch):
    """T38"""
    monkeypatch.setattr(
        "apps.core.uploads.SizeLimit", lambda request, limit: SizeLimit(request, limit=MEGABYTE)
    )
    file = SimpleUploadedFile("a.csv", b"x" * (MEGABYTE + 200_000))

    response = browser_of(importers["head"]).post(
        reverse("core:import_upload"), {"kind": "deals", "file": file}
    )

    assert response.status_code == 413
    assert not ImportRun.objects.exists()
    assert not StoredFile.objects.exists()


def test_stated_length_is_refused_before_reading(importers, browser_of):
    response = browser_of(importers["head"]).post(
        reverse("core:import_upload"),
        data=b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * MEGABYTE),
    )

    assert response.status_code == 413


def test_upload_without_a_token_is_refused(importers):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(importers["head"])
    file = SimpleUploadedFile("a.csv", b"title\r\nx\r\n")

    response = browser.post(reverse("core:import_upload"), {"kind": "deals", "file": file})

    assert response.status_code == 403
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/a.csv",
        "a\r\nSet-Cookie: x=1.csv",
        "a\u202evsc.csv",
        "a\x00.csv",
        '"; rm -rf.csv',
        "я" * 200 + ".csv",
    ],
)
def test_stored_name_is_ours_and_the_shown_one_a_single_line(
    importers, browser_of, receive, bad_input, name, settings
):
    """T40"""
    browser = browser_of(importers["head"])
    run = receive(name, content=bad_input("repeat_v1.csv").read_bytes())

    header = browser.get(reverse("core:import_source", args=[run.pk]))["Content-Disposition"]

    assert run.source.file.path.startswith(settings.MEDIA_ROOT)
    assert run.source.file.name == f"import/{run.source.uuid.hex[:2]}/{run.source.uuid.hex}"
    assert header.startswith("attachment")
    assert not {"\r", "\n", "\u202e"} & set(header)
    assert len(run.file_name) <= 150


def test_mapping_is_remembered_for_the_same_headings(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "duplicate_headers.csv")
    assert run.status == ImportStatus.UPLOADED
    chosen = columns_of(run) | {"column-5": "amount"}
    press(browser, run, "columns", chosen)
    assert run.status == ImportStatus.CHECKED
    assert ImportMapping.objects.count() == 1

    again = upload(browser, "duplicate_headers.csv")

    assert again.status == ImportStatus.MAPPED
    assert again.mapping["5"] == "amount"
    assert "4" not in again.mapping


def test_file_without_headings_is_mapped_by_hand(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "no_header.csv")
    assert "Сделка 1" in page(browser, run)
    names = "external_id client inn title amount currency stage close_date manager".split()

    press(browser, run, "columns", {f"column-{index}": name for index, name in enumerate(names)})
    press(browser, run, "check", rules(start="1"))
    run_job(run.job_id)

    assert Deal.objects.filter(external_id="D-00001").exists()
    assert Deal.objects.count() == 5


def test_old_encoding_is_read_after_a_yes(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "cp866.csv")
    assert "cp866" in page(browser, run)

    press(
        browser,
        run,
        "reading",
        {
            "encoding": "cp866",
            "delimiter": "none",
            "has_headings": "on",
            "number_style": "none",
            "date_style": "none",
        },
    )
    assert run.status == ImportStatus.UPLOADED or run.status == ImportStatus.MAPPED
    assert run.reading["headings"][1] == "Клиент"


def test_excel_dates_and_merged_cells_after_a_yes(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "excel_serial_dates.csv")
    reading = {
        "encoding": "utf-8",
        "delimiter": ";",
        "has_headings": "on",
        "number_style": "none",
        "date_style": "none",
    }
    press(browser, run, "reading", reading | {"serials": "on"})
    go_through(browser, run)
    assert counts_of(run) == (5, 0, 0, 0)
    days = Deal.objects.order_by("external_id").values_list("expected_close_on", flat=True)
    assert [str(day) for day in days] == [f"2026-01-0{n}" for n in range(2, 7)]

    merged = upload(browser, "merged_title_hidden.xlsx")
    press(
        browser,
        merged,
        "reading",
        {"has_headings": "on", "number_style": "none", "date_style": "none", "fill_merged": "on"},
    )
    go_through(browser, merged)
    assert merged.rejected == 0


def test_undo_by_the_button(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "repeat_v1.csv")
    go_through(browser, run)

    press(browser, run, "undo")
    assert run_job(run.job_id)

    run.refresh_from_db()
    assert run.status == ImportStatus.UNDONE
    assert not Deal.objects.kept().exists()
    assert page(browser, run)


def test_formulas_are_safe_in_the_error_file(importers, browser_of, upload):
    """T36"""
    browser = browser_of(importers["head"])
    head = "external_id,client,inn,title,amount,currency,stage,close_date,manager_email"
    rows = [
        f'F-{n},Клиент,,"{start}1+1",x,RUB,new,,anna@example.com'
        for n, start in enumerate(["=", "+", "-", "@", "\t=", "＝"])
    ]
    run = upload(browser, "f.csv", content="\r\n".join([head, *rows]).encode())
    go_through(browser, run)

    text = browser.get(reverse("core:import_errors", args=[run.pk])).content.decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert len(cells) == 7 * 11
    assert not [cell for cell in cells if cell.strip()[:1] in set("=+-@＝＋－＠") and cell.strip()]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_speak_the_language_of_the_reader(importers, browser_of, upload, language):
    head = importers["head"]
    head.language = language
    head.save()
    browser = browser_of(head)
    run = upload(browser, "unknown_references.csv")
    press(browser, run, "columns", columns_of(run))

    text = page(browser, run)

    expected = {"ru": "Такого сотрудника нет", "en": "There is no such person"}
    assert expected[language] in text


def test_stopped_import_goes_on_by_the_button(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "repeat_v1.csv")
    press(browser, run, "columns", columns_of(run))
    press(browser, run, "check", rules(start="1"))
    stopped = {"status": JobStatus.FAILED, "attempts": 5, "error": "нет места на диске"}
    Job.objects.filter(pk=run.job_id).update(**stopped)
    assert "нет места на диске" in page(browser, run)

    press(browser, run, "resume")
    assert run_job(run.job_id)

    run.refresh_from_db()
    assert counts_of(run) == (10, 0, 0, 0)
    told = Notification.objects.get(user=importers["head"], kind="import_done")
    assert told.url == reverse("core:import", args=[run.pk])


def test_started_import_cannot_be_mapped_anew(importers, browser_of, upload):
    browser = browser_of(importers["head"])
    run = upload(browser, "repeat_v1.csv")
    press(browser, run, "columns", columns_of(run))
    press(browser, run, "check", rules(start="1"))
    mapping = run.mapping

    press(browser, run, "columns", {"column-0": "title"})
    press(browser, run, "check", rules(start="1"))

    assert run.mapping == mapping
    assert Job.objects.filter(kind="import_write").count() == 1
