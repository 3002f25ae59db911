"""Files: another's number, no session, after a dismissal, pictures as bombs, floods."""

import struct
import subprocess
import sys
import time
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core import attachments
from apps.core.models import ImportRun, StoredFile
from apps.deals.actions import attach_file
from apps.deals.models import Deal
from apps.staff.models import User
from tests.factories.deals import DealFactory, StoredFileFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 offer"


@pytest.fixture
def kept(seller):
    deal = DealFactory(owner=seller)
    return attach_file(deal, by=seller, upload=SimpleUploadedFile("offer.pdf", PDF))


def addresses_of(kept):
    return (
        reverse("deals:deal_file", args=[kept.pk]),
        reverse("core:file", args=[kept.stored.uuid]),
    )


def test_a_file_is_for_those_who_see_its_deal(client, kept, seller, other_seller, hr):
    """T41: no session, another user, HR; by both of its addresses."""
    for url in addresses_of(kept):
        assert client.get(url).url.startswith(reverse("staff:log_in"))
    for person in (other_seller, hr):
        client.force_login(person)
        for url in addresses_of(kept):
            assert client.get(url).status_code in (403, 404)
    client.force_login(seller)
    assert [client.get(url).status_code for url in addresses_of(kept)] == [200, 200]


def test_a_dismissed_person_fetches_nothing_with_his_old_session(client, kept, seller):
    """T41"""
    client.force_login(seller)
    User.objects.filter(pk=seller.pk).update(dismissed_on="2026-01-01")
    for url in addresses_of(kept):
        assert client.get(url).url.startswith(reverse("staff:log_in"))


def test_a_file_of_a_deal_that_was_handed_over_stays_with_the_deal(
    client, kept, seller, other_seller
):
    """T41: who has lost the deal has lost its files by the deal's address."""
    Deal.objects.update(owner=other_seller)
    client.force_login(seller)
    assert client.get(addresses_of(kept)[0]).status_code == 404
    client.force_login(other_seller)
    assert client.get(addresses_of(kept)[0]).status_code == 200


def test_files_lie_at_no_address_of_the_web_server(client, kept, seller):
    """T41, T42"""
    client.force_login(seller)
    for place in ("media", "static", "files", "static/../media", "static/%2e%2e/media"):
        assert client.get(f"/{place}/{kept.stored.file.name}").status_code == 404


def png(width, height):
    """A picture of a few bytes that says it has width × height pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_picture_of_60000_pixels_is_never_decoded(client, seller):
    """T43: it is kept as bytes, at once, and is only ever an attachment."""
    deal = DealFactory(owner=seller)
    client.force_login(seller)
    bomb = SimpleUploadedFile("plan.png", png(60_000, 60_000), content_type="image/png")
    begun = time.process_time()

    assert (
        client.post(reverse("deals:deal_file_add", args=[deal.pk]), {"file": bomb}).status_code
        == 302
    )

    assert time.process_time() - begun < 1
    answer = client.get(reverse("deals:deal_file", args=[deal.files.get().pk]))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")


def test_the_product_decodes_no_pictures_at_all():
    """T43: no part of it loads a library that could."""
    code = (
        "import os, sys; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'sales_mgmt.settings');"
        "os.environ.setdefault('SECRET_KEY', 'x'); import django; django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "print(sorted({'PIL', 'cv2', 'imageio', 'wand'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_nobody_floods_the_disk_by_imports(client, seller):
    """T44: files of imports count towards the person's gigabyte as files of deals do."""
    content = b"title\r\nx\r\n"
    StoredFileFactory(owner=seller, size=attachments.QUOTA_BYTES - len(content))
    client.force_login(seller)

    def send(number):
        file = SimpleUploadedFile("a.csv", content)
        return client.post(reverse("core:import_upload"), {"kind": "deals", "file": file})

    assert send(1).status_code == 302
    answer = send(2)

    assert answer.status_code == 413
    assert "больше 1024 МБ" in answer.content.decode()
    assert (ImportRun.objects.count(), StoredFile.objects.count()) == (1, 2)


def test_an_import_takes_the_file_that_comes_with_it_and_no_other(client, seller, teammate):
    """T14: the number of another's upload has no effect, and that file stays as it was."""
    foreign = StoredFileFactory(owner=teammate, size=1)
    client.force_login(seller)
    file = SimpleUploadedFile("a.csv", b"title\r\nx\r\n")
    extra = {"source": foreign.pk, "uuid": foreign.uuid, "source_id": foreign.pk}

    client.post(reverse("core:import_upload"), {"kind": "deals", "file": file, **extra})
    run = ImportRun.objects.get()
    for step in ("import_reading", "import_columns", "import_check"):
        client.post(reverse(f"core:{step}", args=[run.pk]), extra)

    run.refresh_from_db()
    assert run.source.owner == seller
    assert client.post(reverse("core:import_upload"), {"kind": "deals", **extra}).status_code == 422
    kept = StoredFile.objects.get(pk=foreign.pk)
    assert (kept.owner, kept.size) == (teammate, 1)
