"""Files that people attach to their work: of known kinds, within a quota, never opened by us.

The name that a person gave is only shown; the file lies under a name of the server's own. What is kept
is neither decoded nor shown by the browser (see `core.views.files.as_attachment`), so a picture of
any size or a polyglot does no harm here.
"""

import hashlib
from pathlib import PurePath
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from apps.core.importing.intake import clean_name
from apps.core.models import StoredFile

MEGABYTE = 1024 * 1024
MAX_BYTES = 25 * MEGABYTE
QUOTA_BYTES = 1024 * MEGABYTE
HEAD_BYTES = 4096
TOO_MUCH = ("too_big", "over_quota")

OFFICE, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
JPEG = b"\xff\xd8\xff"
SIGNATURES = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".docx": OFFICE,
    ".xlsx": OFFICE,
    ".pptx": OFFICE,
    ".doc": OLD_OFFICE,
    ".xls": OLD_OFFICE,
    ".ppt": OLD_OFFICE,
    ".msg": OLD_OFFICE,
}
TEXTS = (".txt", ".csv", ".eml")
ACCEPTED = (*SIGNATURES, *TEXTS)


@transaction.atomic
def keep_attachment(upload: UploadedFile, *, purpose: str, owner: Any) -> StoredFile:
    """Store the file privately.

    Raises ValidationError "empty", "too_big", "wrong_kind" (by its name), "wrong_content" (the
    content is not what the name says) or "over_quota"; two uploads at once cannot pass the quota.
    """
    size = upload.size or 0
    check_size(size)
    check_kind(upload)
    check_quota(size, owner=owner)
    stored = StoredFile(
        purpose=purpose,
        name=clean_name(upload.name or ""),
        content_type="application/octet-stream",
        size=size,
        sha256=digest_of(upload),
        owner=owner,
    )
    stored.file.save(stored.name, upload, save=False)
    stored.save()
    return stored


def check_size(size: int) -> None:
    if not size:
        raise ValidationError(_("The file is empty."), code="empty")
    if size > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(limit)s MB. Make it smaller and send it again."),
            code="too_big",
            params={"limit": MAX_BYTES // MEGABYTE},
        )


def check_kind(upload: UploadedFile) -> None:
    suffix = PurePath(clean_name(upload.name or "")).suffix.lower()
    if suffix not in ACCEPTED:
        raise ValidationError(
            _("Files of this kind are not accepted. Accepted: %(kinds)s."),
            code="wrong_kind",
            params={"kinds": ", ".join(kind.lstrip(".") for kind in ACCEPTED)},
        )
    upload.seek(0)
    if not is_content_of(suffix, upload.read(HEAD_BYTES)):
        raise ValidationError(
            _("The content is not what the name says (%(kind)s). Save the file anew."),
            code="wrong_content",
            params={"kind": suffix.lstrip(".")},
        )


def is_content_of(suffix: str, head: bytes) -> bool:
    """Does a file that begins with `head` go with the ending of its name?"""
    if suffix in SIGNATURES:
        return head.startswith(SIGNATURES[suffix])
    return b"\0" not in head


def check_quota(size: int, *, owner: Any) -> None:
    # The lock lets uploads of one person pass one after another.
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner.pk)
    if used_bytes(owner) + size > QUOTA_BYTES:
        raise ValidationError(
            _("Your files would take more than %(limit)s MB. Ask the administrator for room."),
            code="over_quota",
            params={"limit": QUOTA_BYTES // MEGABYTE},
        )


def used_bytes(owner: Any) -> int:
    return StoredFile.objects.filter(owner=owner).aggregate(sum=Sum("size"))["sum"] or 0


def digest_of(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
