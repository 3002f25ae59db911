"""What an import gives back: its rejected rows, its own file, and the headings that are understood."""

import io

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.importing import errorfile
from apps.core.importing.specs import all_specs
from apps.core.views.files import as_attachment
from apps.core.views.imports import PERMISSION, seen_run, specs_for


@require_GET
@requires(PERMISSION)
def import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows as a CSV that can be corrected and uploaded as it is."""
    run = seen_run(request, pk)
    if run.source is None or not run.rejected:
        raise Http404
    out = io.StringIO(newline="")
    errorfile.write_errors_of(run, out)
    response = HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    stem = run.file_name.rsplit(".", 1)[0]
    name = f"{stem} – {_('errors')}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_GET
@requires(PERMISSION)
def import_source(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded, never shown in the browser."""
    run = seen_run(request, pk)
    if run.source is None:
        raise Http404
    return as_attachment(run.source)


@require_GET
@requires(PERMISSION)
def import_sample(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the headings that are understood."""
    spec = specs_for(request.user).get(kind)
    if spec is None:
        raise PermissionDenied if kind in all_specs() else Http404
    headings = ";".join(str(column.label) for column in spec.columns)
    response = HttpResponse(
        f"\ufeff{headings}\r\n".encode(), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{spec.label}.csv")
    return response
