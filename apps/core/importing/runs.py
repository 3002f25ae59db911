"""An import's steps before anything is written: take in, read, map, choose the rules."""

import itertools
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.attachments import check_quota
from apps.core.choices import ImportStatus
from apps.core.importing import headings, reading
from apps.core.importing.intake import clean_name, forget_upload, keep_upload
from apps.core.importing.problems import FileProblem, Problem
from apps.core.importing.reading import Reading
from apps.core.importing.specs import Option, Spec, spec_for
from apps.core.models import ImportMapping, ImportRun

SKIP, ALL = "skip", "all"
OVERWRITE, ONLY_EMPTY = "overwrite", "only_empty"
COMMON_OPTIONS = (
    Option("bad_rows", "", choices=((SKIP, ""), (ALL, "")), default=SKIP),
    Option("existing", "", choices=((OVERWRITE, ""), (ONLY_EMPTY, "")), default=OVERWRITE),
)
# Faults that the user can mend in the wizard; after the others the file is not even kept.
MENDABLE = frozenset({"encoding", "unknown_columns", "missing_column", "duplicate_column"})
BEFORE_WRITING = (ImportStatus.UPLOADED, ImportStatus.MAPPED, ImportStatus.CHECKED)


@transaction.atomic
def receive(upload: File, *, name: str, kind: str, author: Any) -> ImportRun:
    """Keep the file, detect how it is written and match its columns.

    A file that cannot be imported leaves a run with the status "refused" and its reason. Raises
    ValidationError "not_allowed", or "over_quota" when the author's files take too much room.
    """
    check_permission(kind, author)
    check_quota(upload.size or 0, owner=author)
    run = ImportRun(kind=kind, author=author, file_name=clean_name(name))
    try:
        run.source = keep_upload(upload, name=name, author=author)
        run.file_hash = run.source.sha256
    except FileProblem as fault:
        run.problem, run.status = fault.problem.as_json(), ImportStatus.REFUSED
    run.save()
    if run.source:
        read_anew(run)
    return run


def check_permission(kind: str, author: Any) -> None:
    """Raises ValidationError "not_allowed" when the author may not import this kind."""
    if not allowed(author, spec_for(kind).permission):
        raise ValidationError(_("You may not import this."), code="not_allowed")


@transaction.atomic
def read_anew(
    run: ImportRun,
    *,
    encoding: str = "",
    delimiter: str = "",
    has_headings: bool = True,
    number_style: str = "",
    date_style: str = "",
    serials: str = "",
    fill_merged: bool = False,
) -> None:
    """Detect everything again, with what the user chose taken as given."""
    check_not_started(run)
    spec = spec_for(run.kind)
    run.problem = {}
    chosen: dict[str, Any] = {
        "number_style": number_style,
        "date_style": date_style,
        "serials": serials,
        "fill_merged": fill_merged,
    }
    try:
        found = _open(run, spec, encoding, delimiter, has_headings)
        run.reading = replace(found, **chosen).as_json()
        _match(run, spec, replace(found, **chosen))
    except FileProblem as fault:
        _refuse(run, fault.problem)
    run.save()


def check_not_started(run: ImportRun) -> None:
    if run.status not in BEFORE_WRITING:
        raise ValidationError(_("This import has already been started."), code="already_started")


def path_of(run: ImportRun) -> str:
    if run.source is None:
        raise ValidationError(_("The file of this import is no longer kept."), code="no_file")
    return run.source.file.path


def _open(run: ImportRun, spec: Spec, encoding: str, delimiter: str, has_headings: bool) -> Reading:
    path = path_of(run)
    found = reading.open_file(path, run.file_name, encoding=encoding, delimiter=delimiter)
    found = reading.with_headings(spec, path, found)
    if not has_headings:
        found = replace(found, heading_line=-1)
    if not any(True for _record in itertools.islice(reading.data_records(path, found), 1)):
        raise FileProblem("no_rows")
    return found


def _match(run: ImportRun, spec: Spec, found: Reading) -> None:
    """Columns as they were mapped before, else by their names."""
    matched = headings.Matched({})
    if found.heading_line > 0:
        remembered = remembered_mapping(run, found)
        matched = headings.match_columns(spec, found.headings)
        matched = matched if remembered is None else headings.Matched(remembered)
    sure = {
        index: name for index, name in matched.mapping.items() if index not in matched.suggested
    }
    found = replace(found, notices=[*found.notices, *(n.as_json() for n in matched.notices)])
    run.reading = found.as_json() | {
        "suggested": {str(i): matched.mapping[i] for i in matched.suggested}
    }
    _settle(run, spec, found, sure, matched.problems)


def _settle(
    run: ImportRun,
    spec: Spec,
    found: Reading,
    mapping: dict[int, str],
    problems: tuple[Problem, ...] = (),
) -> None:
    """Keep the mapping; the run is mapped when nothing required is missing."""
    suggested = run.reading.get("suggested", {})
    styled = reading.with_styles(spec, path_of(run), found, mapping)
    run.reading = styled.as_json() | {"suggested": suggested}
    run.mapping = {str(index): name for index, name in sorted(mapping.items())}
    faults = [*problems, *_column_faults(spec, found, mapping, problems)]
    run.problem = faults[0].as_json() if faults else {}
    run.status = ImportStatus.UPLOADED if faults else ImportStatus.MAPPED


def _column_faults(
    spec: Spec, found: Reading, mapping: dict[int, str], problems: tuple[Problem, ...]
) -> list[Problem]:
    if found.heading_line == 0 and not mapping:
        first = " | ".join(found.headings[:8])
        return [Problem("unknown_columns", params={"first": first})]
    doubled = {problem.column for problem in problems}
    return [problem for problem in spec.missing(mapping) if problem.column not in doubled]


def _refuse(run: ImportRun, problem: Problem) -> None:
    """Keep the reason in the list of imports; keep the file only while the user can mend it."""
    run.problem = problem.as_json()
    if problem.code in MENDABLE:
        run.status = ImportStatus.UPLOADED
        return
    run.status = ImportStatus.REFUSED
    source, run.source = run.source, None
    run.save()
    if source:
        forget_upload(source)


def remembered_mapping(run: ImportRun, found: Reading) -> dict[int, str] | None:
    """The columns this person chose for such headings before."""
    known = ImportMapping.objects.filter(
        author=run.author, kind=run.kind, headings_hash=headings.signature(found.headings)
    ).first()
    if known is None:
        return None
    fields = {column.name for column in spec_for(run.kind).columns}
    return {
        int(index): name
        for index, name in known.mapping.items()
        if name in fields and int(index) < found.width
    }


@transaction.atomic
def choose_columns(run: ImportRun, mapping: dict[int, str]) -> None:
    """Map columns by hand and remember it for files with the same headings.

    Raises ValidationError "column_twice" when two columns fill one field.
    """
    check_not_started(run)
    if not run.reading:
        raise ValidationError(_("Say first how the file is to be read."), code="not_read")
    spec, found = spec_for(run.kind), reading_of(run)
    names = list(mapping.values())
    if len(names) != len(set(names)):
        raise ValidationError(
            _("One field cannot be filled from two columns."), code="column_twice"
        )
    if found.heading_line == 0:
        found = replace(found, heading_line=-1)
    _settle(run, spec, found, mapping)
    run.save()
    if run.status == ImportStatus.MAPPED and found.heading_line > 0:
        ImportMapping.objects.update_or_create(
            author=run.author,
            kind=run.kind,
            headings_hash=headings.signature(found.headings),
            defaults={"mapping": run.mapping},
        )


@transaction.atomic
def choose_policy(run: ImportRun, policy: dict[str, Any]) -> None:
    """Keep the rules of the last step; unknown ones are dropped, missing ones get their default."""
    check_not_started(run)
    run.policy = with_defaults(spec_for(run.kind), policy)
    run.save(update_fields=["policy"])


def with_defaults(spec: Spec, policy: dict[str, Any]) -> dict[str, Any]:
    options = {option.name: option.default for option in (*COMMON_OPTIONS, *spec.options)}
    chosen = {name: value for name, value in policy.items() if name in options}
    return {**options, **chosen, "values": policy.get("values", {})}


def reading_of(run: ImportRun) -> Reading:
    data = {key: value for key, value in run.reading.items() if key != "suggested"}
    return Reading(**data)


def mapping_of(run: ImportRun) -> dict[int, str]:
    return {int(index): name for index, name in run.mapping.items()}
