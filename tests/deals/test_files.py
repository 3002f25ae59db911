"""Files of deals: what is taken in, who may fetch it, and how it is served."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.core import attachments
from apps.core.importing.intake import SizeLimit
from apps.core.importing.limits import MEGABYTE
from apps.core.models import StoredFile
from apps.deals.actions import attach_file, remove_file, restore_file
from apps.deals.models import DealFile
from tests.deals.test_deal_list import ask
from tests.factories.deals import DealFileFactory, StoredFileFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 offer"


def upload(name="offer.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


def nothing_is_kept():
    return not StoredFile.objects.exists() and not DealFile.objects.exists()


def test_seller_attaches_a_file_and_fetches_it(client, seller, deal):
    client.force_login(seller)

    answer = client.post(address("deal_file_add", deal.pk), {"file": upload("КП для ТМК.pdf")})

    assert answer.status_code == 302
    kept = DealFile.objects.get(deal=deal)
    assert (kept.stored.name, kept.stored.size, kept.stored.owner) == (
        "КП для ТМК.pdf",
        len(PDF),
        seller,
    )
    fetched = client.get(address("deal_file", kept.pk))
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched["Content-Disposition"].startswith("attachment;")
    assert fetched["Content-Type"] == "application/octet-stream"
    assert fetched["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<script>", "wrong_kind"),
        ("picture.svg", b"<svg onload='x'/>", "wrong_kind"),
        ("offer", PDF, "wrong_kind"),
        ("offer.pdf.exe", PDF, "wrong_kind"),
        ("offer.pdf", b"<html><script>x</script>", "wrong_content"),
        ("offer.docx", b"MZ\x90\x00", "wrong_content"),
        ("letter.txt", b"MZ\x90\x00", "wrong_content"),
        ("offer.pdf", b"", "empty"),
    ],
)
def test_files_of_other_kinds_are_refused(seller, deal, name, content, code):
    """T39"""
    with pytest.raises(ValidationError) as caught:
        attach_file(deal, by=seller, upload=upload(name, content))

    assert caught.value.code == code
    assert nothing_is_kept()


def test_polyglot_is_only_ever_an_attachment(client, seller, deal):
    """T39"""
    client.force_login(seller)
    kept = attach_file(deal, by=seller, upload=upload(content=PDF + b"<script>alert(1)</script>"))

    answer = client.get(address("deal_file", kept.pk))

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("\u202efdp.pdf", "fdp.pdf"),
    ],
)
def test_name_on_disk_is_the_servers_own(seller, deal, given, shown):
    """T40"""
    file = upload()
    file._name = given

    stored = attach_file(deal, by=seller, upload=file).stored

    assert stored.name == shown
    assert stored.file.name == f"deal/{stored.uuid.hex[:2]}/{stored.uuid.hex}"
    assert Path(stored.file.path).read_bytes() == PDF


def test_quota_is_413_and_counts_every_file_of_the_person(client, seller, deal):
    """T44"""
    StoredFileFactory(owner=seller, size=attachments.QUOTA_BYTES - len(PDF))
    client.force_login(seller)
    post = address("deal_file_add", deal.pk)

    assert client.post(post, {"file": upload()}).status_code == 302
    assert client.post(post, {"file": upload()}).status_code == 413
    assert deal.files.count() == 1


def test_file_above_the_limit_is_413(client, seller, deal, monkeypatch):
    monkeypatch.setattr(attachments, "MAX_BYTES", len(PDF) - 1)
    client.force_login(seller)

    answer = client.post(address("deal_file_add", deal.pk), {"file": upload()})

    assert answer.status_code == 413
    assert nothing_is_kept()


def test_file_above_the_limit_is_refused_while_it_streams(client, seller, deal, monkeypatch):
    """T38: nothing of it reaches the form, and nothing is kept."""
    monkeypatch.setattr(
        "apps.core.uploads.SizeLimit", lambda request, limit: SizeLimit(request, limit=MEGABYTE)
    )
    client.force_login(seller)
    large = upload(content=PDF + b"x" * (MEGABYTE + 200_000))

    answer = client.post(address("deal_file_add", deal.pk), {"file": large})

    assert answer.status_code == 413
    assert "Не больше 25 МБ" in answer.content.decode()
    assert nothing_is_kept()


def test_stated_length_of_a_file_is_refused_before_reading(client, seller, deal):
    """T38"""
    client.force_login(seller)
    answer = client.post(
        address("deal_file_add", deal.pk),
        data=b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * MEGABYTE),
    )
    assert answer.status_code == 413


def test_file_without_a_token_is_refused(seller, deal):
    """T58: the token is checked after the body is counted, but it is checked."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(seller)

    assert browser.post(address("deal_file_add", deal.pk), {"file": upload()}).status_code == 403
    assert nothing_is_kept()


def test_same_form_sent_twice_keeps_one_file(client, seller, deal):
    client.force_login(seller)
    for _again in range(2):
        form = {"file": upload(), "idempotency_key": "one"}
        assert client.post(address("deal_file_add", deal.pk), form).status_code == 302

    assert deal.files.count() == 1


def test_file_is_hidden_from_those_who_do_not_see_the_deal(client, seller, stranger, deal):
    """T41"""
    kept = attach_file(deal, by=seller, upload=upload())
    one = address("deal_file", kept.pk)

    assert client.get(one).status_code == 302
    client.force_login(stranger)
    assert client.get(one).status_code == 404
    assert client.get(address("deal_files", deal.pk)).status_code == 404


def test_dismissed_person_is_shown_the_log_in(client, seller, deal):
    """T41"""
    kept = attach_file(deal, by=seller, upload=upload())
    client.force_login(seller)
    type(seller).objects.filter(pk=seller.pk).update(dismissed_on=date(2026, 9, 1))

    assert client.get(address("deal_file", kept.pk)).status_code == 302


def test_stranger_cannot_attach(stranger, deal):
    with pytest.raises(PermissionDenied):
        attach_file(deal, by=stranger, upload=upload())

    assert nothing_is_kept()


def test_removed_file_is_gone_until_it_is_restored(client, seller, deal):
    kept = attach_file(deal, by=seller, upload=upload())
    client.force_login(seller)

    client.post(address("deal_file_remove", kept.pk))
    kept.refresh_from_db()
    assert kept.archived_by == seller
    assert client.get(address("deal_file", kept.pk)).status_code == 404

    client.post(address("deal_file_restore", kept.pk))
    assert client.get(address("deal_file", kept.pk)).status_code == 200


def test_removing_twice_keeps_the_first_moment(seller, lead, deal):
    kept = attach_file(deal, by=seller, upload=upload())

    first = remove_file(kept, by=seller)
    second = remove_file(kept, by=lead)

    assert (second.archived_at, second.archived_by) == (first.archived_at, seller)
    assert restore_file(kept, by=lead).archived_at is None


def test_panel_makes_a_fixed_number_of_statements(client, seller, deal):
    DealFileFactory(deal=deal)
    few = ask(client, seller, address("deal_files", deal.pk))
    for _number in range(4):
        DealFileFactory(deal=deal)

    assert few == ask(client, seller, address("deal_files", deal.pk)) <= 8
