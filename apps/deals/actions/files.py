"""Attaching files to deals, and taking them off."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.core.attachments import keep_attachment
from apps.deals.actions.locks import lock_deal
from apps.deals.models import Deal, DealFile
from apps.staff.models import User

PURPOSE = "deal"


@transaction.atomic
def attach_file(deal: Deal, *, by: User, upload: UploadedFile) -> DealFile:
    """Keep the file with the deal.

    Raises what `lock_deal` and `keep_attachment` raise: PermissionDenied, "archived", "empty",
    "too_big", "wrong_kind", "wrong_content", "over_quota".
    """
    deal = lock_deal(deal, by=by)
    stored = keep_attachment(upload, purpose=PURPOSE, owner=by)
    return DealFile.objects.create(deal=deal, stored=stored)


@transaction.atomic
def remove_file(file: DealFile, *, by: User) -> DealFile:
    """Take the file off the page; a second time changes nothing."""
    lock_deal(file.deal, by=by)
    locked = DealFile.objects.select_for_update().get(pk=file.pk)
    if locked.archived_at is None:
        locked.archived_at, locked.archived_by = timezone.now(), by
        locked.save(update_fields=["archived_at", "archived_by"])
    return locked


@transaction.atomic
def restore_file(file: DealFile, *, by: User) -> DealFile:
    lock_deal(file.deal, by=by)
    locked = DealFile.objects.select_for_update().get(pk=file.pk)
    locked.archived_at = locked.archived_by = None
    locked.save(update_fields=["archived_at", "archived_by"])
    return locked
