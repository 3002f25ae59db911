"""Taking an upload in: counted while it streams, kept privately under a name of our own."""

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from apps.core.importing.limits import MAX_FILE_BYTES, MEGABYTE
from apps.core.importing.problems import FileProblem
from apps.core.models import StoredFile

PURPOSE = "import"
_MAX_NAME = 150
_UNSAFE = re.compile(r'[\\/:*?"<>|]')


class SizeLimit(FileUploadHandler):
    """Stops reading the body as soon as the file is too big, whatever Content-Length says."""

    def __init__(self, request: HttpRequest | None = None, *, limit: int = MAX_FILE_BYTES):
        super().__init__(request)
        self._limit, self._seen = limit, 0
        self.is_exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._seen += len(raw_data)
        if self._seen > self._limit:
            self._stop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _stop(self) -> None:
        self.is_exceeded = True
        raise StopUpload(connection_reset=True)


def keep_upload(upload: File, *, name: str, author: Any) -> StoredFile:
    """Store the file with its hash. Raises FileProblem "too_big"."""
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise FileProblem("too_big", limit=MAX_FILE_BYTES // MEGABYTE)
        digest.update(chunk)
    stored = StoredFile(
        purpose=PURPOSE,
        name=clean_name(name),
        content_type="application/octet-stream",
        size=size,
        sha256=digest.hexdigest(),
        owner=author,
    )
    upload.seek(0)
    stored.file.save(stored.name, upload, save=False)
    stored.save()
    return stored


def forget_upload(stored: StoredFile) -> None:
    """Remove a stored file with its content."""
    path = stored.file.path
    stored.delete()
    if Path(path).exists():
        os.unlink(path)


def clean_name(name: str) -> str:
    """The name as it is shown: no path, no control or reordering marks, at most 150 letters."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = (char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn"))
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", "".join(kept))).strip(" .")
    stem, suffix = os.path.splitext(name)
    return (stem[: _MAX_NAME - len(suffix)] + suffix)[:_MAX_NAME] or "file"
