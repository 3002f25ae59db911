"""T38: bodies far beyond the limit, several at once, against the real web server."""

import http.client
import os
import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core.models import ImportRun, StoredFile
from sales_mgmt.runtime.port import free_port
from sales_mgmt.runtime.process import wait_until
from sales_mgmt.runtime.readiness import web_answers
from sales_mgmt.runtime.state import BASE_DIR
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
BOUNDARY = "frontier"
BEGINNING = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\ndeals\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
    "Content-Type: text/csv\r\n\r\n"
).encode()


@pytest.fixture
def web(tmp_path):
    """The address and the process of a gunicorn with its usual settings over the tests' database."""
    port = free_port()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url),
        "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings_test",
        "DEBUG": "0",
    }
    command = ["-m", "gunicorn", "-c", "python:sales_mgmt.runtime.gunicorn_conf"]
    with (tmp_path / "web.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *command, "--bind", f"127.0.0.1:{port}", "sales_mgmt.wsgi"],
            env=environment,
            cwd=BASE_DIR,
            stdout=log,
            stderr=log,
        )
    try:
        assert wait_until(lambda: web_answers(f"http://127.0.0.1:{port}/"), 60, pause=0.2)
        yield port, server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def cookie_of(user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def upload(port, cookie, address, *, claimed, sent):
    """The answer to a body that claims `claimed` bytes, of which `sent` are sent."""
    channel = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    channel.putrequest("POST", address)
    channel.putheader("Cookie", cookie)
    channel.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    channel.putheader("Content-Length", str(claimed))
    channel.endheaders()
    left = sent
    try:
        channel.send(BEGINNING)
        while left > 0:
            channel.send(b"x;" * 32768)
            left -= 65536
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has answered already, without waiting for the rest
    try:
        return channel.getresponse().status
    except ConnectionResetError:
        return 413 if left > 0 else None
    finally:
        channel.close()


def memory_of(server):
    """Resident megabytes of the server with its workers."""
    workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in workers]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


@pytest.mark.parametrize(
    "address", ["core:import_upload", "deals:bank_statement_upload", "deals:deal_file_add"]
)
def test_four_huge_uploads_at_once_are_refused_and_others_are_served(web, head, address):
    port, server = web
    arguments = [DealFactory(owner=head).pk] if address == "deals:deal_file_add" else []
    cookie, path = cookie_of(head), reverse(address, args=arguments)
    before = memory_of(server)

    with ThreadPoolExecutor(5) as pool:
        asked = [
            pool.submit(upload, port, cookie, path, claimed=200 * MEGABYTE, sent=200 * MEGABYTE)
            for _number in range(4)
        ]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/log-in/", timeout=10) as page:
            assert page.status == 200
        answers = [one.result() for one in asked]

    assert answers == [413] * 4
    assert memory_of(server) - before < 60
    assert not StoredFile.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_body_that_lies_about_its_length_is_cut_at_it(web, head):
    """No more is read than was claimed, and half a form is no upload."""
    port, _server = web

    status = upload(
        port, cookie_of(head), reverse("core:import_upload"), claimed=MEGABYTE, sent=4 * MEGABYTE
    )

    assert status in (400, 403, 413, 422)
    assert not StoredFile.objects.exists()
    assert not ImportRun.objects.exists()
