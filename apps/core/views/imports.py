"""The import wizard: the list, the steps of one import, its files and its undo."""

import itertools
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.attachments import TOO_MUCH
from apps.core.choices import ImportStatus, JobStatus, RowStatus
from apps.core.forms.imports import ColumnsForm, PolicyForm, ReadingForm, UploadForm
from apps.core.importing import preview, reading, runs, starting
from apps.core.importing.limits import MAX_FILE_BYTES, MEGABYTE
from apps.core.importing.problems import FileProblem, shown
from apps.core.importing.records import as_text
from apps.core.importing.specs import Spec, all_specs, spec_for
from apps.core.importing.text import SINGLE_BYTE
from apps.core.importing.wording import Wording
from apps.core.models import ImportRun
from apps.core.uploads import takes_upload

PERMISSION = "core.run_imports"
SAMPLE_ROWS = 3
SHOWN_ROWS = 20
SAMPLE_BYTES = 200
# A file so small is checked at once; a larger one in the background, with progress.
CHECKED_AT_ONCE_BYTES = 300 * 1024


def specs_for(user: Any) -> dict[str, Spec]:
    """The kinds that `user` may import, in the order of a set-up."""
    return {kind: spec for kind, spec in all_specs().items() if allowed(user, spec.permission)}


def own_run(request: HttpRequest, pk: int) -> ImportRun:
    """Only its author moves an import on; for others it is not there."""
    return get_object_or_404(
        ImportRun.objects.select_related("source", "job"), pk=pk, author=request.user
    )


def seen_run(request: HttpRequest, pk: int) -> ImportRun:
    seen = ImportRun.objects.visible_to(request.user).select_related("source", "job", "author")
    return get_object_or_404(seen, pk=pk)


@require_GET
@requires(PERMISSION)
def import_list(request: HttpRequest) -> HttpResponse:
    specs = specs_for(request.user)
    kind = request.GET.get("kind", "")
    form = UploadForm(specs=specs, initial={"kind": kind if kind in specs else ""})
    return show_list(request, form)


def show_list(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    seen = ImportRun.objects.visible_to(request.user).select_related("author", "job", "source")
    page = Paginator(seen, 20).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [listed(run) for run in page],
        "form": form,
        "specs": specs_for(request.user),
        "limit": MAX_FILE_BYTES // MEGABYTE,
    }
    return render(request, "imports/import_list.html", context, status=status)


def listed(run: ImportRun) -> dict[str, Any]:
    wording = Wording(run)
    return {"run": run, "label": spec_for(run.kind).label, "problem": wording.of_file()}


@require_POST
@requires(PERMISSION)
@takes_upload(MAX_FILE_BYTES)
def import_upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, specs=specs_for(request.user))
    if not form.is_valid():
        return show_list(request, form, status=422)
    upload = form.cleaned_data["file"]
    kind = form.cleaned_data["kind"]
    try:
        run = runs.receive(upload, name=upload.name, kind=kind, author=request.user)
    except ValidationError as error:
        form.add_error("file", error)
        return show_list(request, form, status=413 if error.code in TOO_MUCH else 422)
    return redirect("core:import", run.pk)


@require_GET
@requires(PERMISSION)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The step at which the import stands; ?step=columns goes back to the columns."""
    run = seen_run(request, pk)
    if run.status == ImportStatus.REFUSED:
        return show(request, run, "refused", {})
    if run.status in runs.BEFORE_WRITING:
        return choosing_step(request, run)
    context = result_context(request, run)
    return show(request, run, "result", context)


def choosing_step(request: HttpRequest, run: ImportRun) -> HttpResponse:
    back = request.GET.get("step") == "columns"
    was_checked = run.status == ImportStatus.CHECKED or run.job is not None
    if not back and run.status != ImportStatus.UPLOADED and was_checked:
        return show(
            request, run, "check", check_context(run, PolicyForm(run=run, spec=spec_for(run.kind)))
        )
    return show(request, run, "columns", columns_context(run))


def show(
    request: HttpRequest, run: ImportRun, step: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    wording = Wording(run)
    context |= {
        "run": run,
        "step": step,
        "label": spec_for(run.kind).label,
        "problem": wording.of_file(),
        "notices": wording.notices(),
        "is_mine": run.author_id == request.user.pk,
        "steps": steps_of(run, step),
    }
    return render(request, f"imports/import_{step}.html", context, status=status)


def steps_of(run: ImportRun, step: str) -> list[dict[str, Any]]:
    names = [_("File"), _("Columns"), _("Check and rules"), _("Result")]
    here = {"refused": 0, "columns": 1, "check": 2, "result": 3}[step]
    return [
        {"name": name, "number": number + 1, "state": state_of(number, here)}
        for number, name in enumerate(names)
    ]


def state_of(number: int, here: int) -> str:
    if number < here:
        return "done"
    return "now" if number == here else ""


def columns_context(run: ImportRun) -> dict[str, Any]:
    spec = spec_for(run.kind)
    form = ColumnsForm(run=run, spec=spec)
    headings = run.reading.get("headings", [])
    samples = sample_of(run)
    columns = [
        {
            "heading": heading if run.reading.get("heading_line", 0) > 0 else "",
            "number": index + 1,
            "field": form[f"column-{index}"],
            "samples": [row[index] for row in samples if index < len(row) and row[index]],
            "suggested": str(index) in run.reading.get("suggested", {}),
        }
        for index, heading in enumerate(headings)
    ]
    return {
        "reading_form": ReadingForm.shown(run),
        "columns": columns,
        "missing": [problem.reason() for problem in spec.missing(runs.mapping_of(run))],
        "looks_serial": run.reading.get("serials") == "likely",
        "samples": [] if headings else encoding_samples(run),
    }


def sample_of(run: ImportRun) -> list[list[str]]:
    """The first rows as text; none while the file cannot be read."""
    if not run.reading or run.source is None:
        return []
    found = runs.reading_of(run)
    try:
        records = list(
            itertools.islice(reading.data_records(runs.path_of(run), found), SAMPLE_ROWS)
        )
    except FileProblem:
        return []
    return [[shown(as_text(cell)) for cell in record.cells] for record in records]


def encoding_samples(run: ImportRun) -> list[tuple[str, str]]:
    """The beginning of a text in each encoding that it may have, to choose by eye."""
    if run.source is None or run.problem.get("code") != "encoding":
        return []
    with run.source.file.open("rb") as file:
        data = file.read(SAMPLE_BYTES)
    return [(name, shown(data.decode(name, "replace"))) for name in SINGLE_BYTE]


def check_context(run: ImportRun, form: PolicyForm) -> dict[str, Any]:
    wording, found = Wording(run), run.preview
    return {
        "form": form,
        "found": found,
        "good": preview.good_rows(found) if found else 0,
        "bad_count": found.get("counts", {}).get("rejected", 0),
        "bad": [
            {
                "line": row["line"],
                "texts": [wording.beside_line(row["line"], error) for error in row["errors"]],
            }
            for row in found.get("bad", [])
        ],
        "codes": [(wording.reason(code), count) for code, count in found.get("codes", {}).items()],
        "warnings": [
            (wording.reason(code), count) for code, count in found.get("warnings", {}).items()
        ],
        "unknown": [entry | {"label": wording.label(entry["column"])} for entry in form.unknown],
        "is_checking": not found and run.job is not None and run.job.status != JobStatus.FAILED,
        "progress_url": reverse("core:import_progress", args=[run.pk]),
    }


@require_POST
@requires(PERMISSION)
def import_reading(request: HttpRequest, pk: int) -> HttpResponse:
    run = own_run(request, pk)
    form = ReadingForm(request.POST, run=run)
    if form.is_valid():
        attempt(request, lambda: runs.read_anew(run, **form.choices()))
    return redirect(columns_url(run))


@require_POST
@requires(PERMISSION)
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the mapping and check the file with the rules as they stand."""
    run = own_run(request, pk)
    form = ColumnsForm(request.POST, run=run, spec=spec_for(run.kind))
    if not form.is_valid() or not attempt(
        request, lambda: runs.choose_columns(run, form.mapping())
    ):
        return redirect(columns_url(run))
    if run.status != ImportStatus.MAPPED:
        return redirect(columns_url(run))
    check(request, run, run.policy or first_policy(run))
    return redirect("core:import", run.pk)


def first_policy(run: ImportRun) -> dict[str, Any]:
    """What the check begins with: missing clients are created unless the user says no."""
    names = {option.name for option in spec_for(run.kind).options}
    return {"create_clients": True} if "create_clients" in names else {}


def columns_url(run: ImportRun) -> str:
    return f"{reverse('core:import', args=[run.pk])}?step=columns"


@require_POST
@requires(PERMISSION)
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again by the chosen rules, or start when the button says so."""
    run = own_run(request, pk)
    form = PolicyForm(request.POST, run=run, spec=spec_for(run.kind))
    if not form.is_valid():
        return show(request, run, "check", check_context(run, form), status=422)
    if "start" in request.POST:
        return begin(request, run, form.policy())
    check(request, run, form.policy())
    return redirect("core:import", run.pk)


def check(request: HttpRequest, run: ImportRun, policy: dict[str, Any]) -> None:
    if run.source is not None and run.source.size <= CHECKED_AT_ONCE_BYTES:
        attempt(request, lambda: (runs.choose_policy(run, policy), preview.check(run)))
    else:
        attempt(request, lambda: starting.request_check(run, policy))


def begin(request: HttpRequest, run: ImportRun, policy: dict[str, Any]) -> HttpResponse:
    started = run

    def start() -> None:
        nonlocal started
        runs.choose_policy(run, policy)
        started = starting.start(run)

    attempt(request, start)
    if started.pk != run.pk:
        toasts.warn(request, _("The same file is being imported right now; here it is."))
    return redirect("core:import", started.pk)


def attempt(request: HttpRequest, act: Any) -> bool:
    """Do it, or tell why it cannot be done."""
    try:
        act()
    except ValidationError as fault:
        toasts.warn(request, " ".join(fault.messages))
        return False
    return True


@require_GET
@requires(PERMISSION)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar, asked every second; once the work has ended the page of the import opens anew."""
    run = seen_run(request, pk)
    if run.job is None or run.job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("core:import", args=[run.pk])
        return response
    context = {"run": run, "progress_url": reverse("core:import_progress", args=[run.pk])}
    return render(request, "imports/_progress.html", context)


def result_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    wording = Wording(run)
    rejected = run.import_rows.filter(status=RowStatus.REJECTED)[:SHOWN_ROWS]
    warned = run.import_rows.exclude(status=RowStatus.REJECTED).exclude(errors=[])
    busy = run.job is not None and run.job.status in (JobStatus.QUEUED, JobStatus.RUNNING)
    return {
        "rejected": [
            {
                "line": row.line,
                "texts": [wording.beside_line(row.line, error) for error in row.errors],
            }
            for row in rejected
        ],
        "warned": warned.count(),
        "is_busy": busy,
        "is_stopped": starting.is_stopped(run),
        "kept": run.result.get("kept", []),
        "progress_url": reverse("core:import_progress", args=[run.pk]),
    }


@require_POST
@requires(PERMISSION)
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    run = own_run(request, pk)
    attempt(request, lambda: starting.request_undo(run))
    return redirect("core:import", run.pk)


@require_POST
@requires(PERMISSION)
def import_resume(request: HttpRequest, pk: int) -> HttpResponse:
    run = own_run(request, pk)
    attempt(request, lambda: starting.resume(run))
    return redirect("core:import", run.pk)
