"""Taking a whole import back; what people changed since stays and is listed."""

from collections.abc import Iterator

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.choices import ImportStatus, RowStatus
from apps.core.importing.engine import CHUNK_ROWS, Progress
from apps.core.importing.specs import spec_for
from apps.core.models import ImportRow, ImportRun

_WRITTEN = (RowStatus.CREATED, RowStatus.UPDATED)


@transaction.atomic
def begin_undo(run: ImportRun) -> ImportRun:
    """Mark the run as taken back; the rows follow chunk by chunk.

    Raises ValidationError "not_done" unless the import is done.
    """
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.status != ImportStatus.DONE:
        raise ValidationError(_("Only a finished import can be undone."), code="not_done")
    run.status, run.result = ImportStatus.UNDONE, {"kept": [], "undone": 0}
    run.save(update_fields=["status", "result"])
    return run


def undo_run(run: ImportRun) -> Iterator[Progress]:
    """Undo from the last row to the first, yielding after each committed chunk; resumable."""
    total = ImportRow.objects.filter(run=run, status__in=_WRITTEN).count()
    note = _("undo of the import of %(name)s") % {"name": run.file_name}
    with pghistory.context(user=run.author_id, import_run=run.pk, file=run.file_name, note=note):
        while rows := _undo_chunk(run):
            yield min(rows, total), total
    ImportRun.objects.filter(pk=run.pk, undone_at=None).update(undone_at=timezone.now())
    run.refresh_from_db()


@transaction.atomic
def _undo_chunk(run: ImportRun) -> int:
    """Take back the last chunk that still stands; the number of rows done so far, 0 at the end."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    done = run.result["undone"] + len(run.result["kept"])
    standing = ImportRow.objects.filter(run=run, status__in=_WRITTEN).order_by("-line")
    if below := run.result.get("below"):
        standing = standing.filter(line__lt=below)
    rows = list(standing[:CHUNK_ROWS])
    if not rows:
        return 0
    kept = spec_for(run.kind).undo(run, rows)
    run.result["kept"] += sorted(kept)
    run.result["undone"] += len(rows) - len(kept)
    run.result["below"] = rows[-1].line
    run.save(update_fields=["result"])
    return done + len(rows)
