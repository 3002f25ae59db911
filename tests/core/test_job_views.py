import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from apps.core.jobs import enqueue, job_handler
from apps.core.models import Job, StoredFile

pytestmark = pytest.mark.django_db


@job_handler("test_shown", title="Пересчёт плана", url=lambda job: "/result/")
def show(job):
    pass


@pytest.fixture
def job(seller):
    return enqueue("test_shown", key="shown", author=seller)


def test_the_author_and_the_administrator_watch_the_job(client, job, seller, teammate, lead, admin):
    url = reverse("core:job", args=[job.pk])
    for person, status in ((seller, 200), (admin, 200), (teammate, 404), (lead, 404)):
        client.force_login(person)
        assert client.get(url).status_code == status


@pytest.mark.parametrize(
    ("status", "polls", "leads_on"),
    [
        ("queued", True, False),
        ("running", True, False),
        ("done", False, True),
        ("failed", False, True),
    ],
)
def test_the_fragment_asks_on_until_the_end(client, job, seller, status, polls, leads_on):
    Job.objects.filter(pk=job.pk).update(status=status, done=3, total=10)
    client.force_login(seller)
    url = reverse("core:job", args=[job.pk])

    page = client.get(url).content.decode()
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()

    assert "Пересчёт плана" in page
    assert "<html" not in fragment
    for text in (page, fragment):
        assert (f'hx-get="{url}"' in text) is polls
        assert ('href="/result/"' in text) is leads_on


@pytest.fixture
def stored(seller):
    file = StoredFile(
        purpose="test", name='счёт\r\nX: 1 "<b>.html', content_type="text/html", size=20,
        sha256="0", owner=seller,
    )  # fmt: skip
    file.file.save("x", ContentFile(b"<script>alert(1)</script>"))
    return file


def test_a_file_is_an_attachment_that_no_browser_shows(client, stored, seller):
    """T39, T40"""
    client.force_login(seller)
    answer = client.get(reverse("core:file", args=[stored.uuid]))

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_strangers_file_is_not_there(client, stored, teammate, lead):
    """T13, T41"""
    url = reverse("core:file", args=[stored.uuid])
    assert client.get(url).status_code == 302
    for person in (teammate, lead):
        client.force_login(person)
        assert client.get(url).status_code == 404


def test_a_file_lost_from_the_disk_is_404(client, stored, seller):
    stored.file.storage.delete(stored.file.name)
    client.force_login(seller)
    assert client.get(reverse("core:file", args=[stored.uuid])).status_code == 404
