"""Private files: only for those who see them, always as an attachment."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.core.access import signed_in
from apps.core.models import StoredFile


@require_safe
@signed_in
def file(request: HttpRequest, uuid: UUID) -> FileResponse:
    stored = get_object_or_404(StoredFile.objects.visible_to(request.user), uuid=uuid)
    return as_attachment(stored)


def as_attachment(stored: StoredFile) -> FileResponse:
    """The file under its name, never shown by the browser; for views that checked the right."""
    try:
        content = stored.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox"
    return response
