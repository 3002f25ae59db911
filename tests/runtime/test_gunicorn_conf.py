import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from sales_mgmt.runtime.port import free_port
from sales_mgmt.runtime.process import wait_until
from sales_mgmt.runtime.readiness import web_answers
from sales_mgmt.runtime.state import BASE_DIR

SHOWN = "from sales_mgmt.runtime import gunicorn_conf as c; print(c.workers, c.threads, *c.raw_env)"


def configured(**variables):
    """Workers, threads and environment of the web server in a process with `variables`."""
    ours = {name: text for name, text in os.environ.items() if "WEB_" not in name}
    ours.pop("STATEMENT_TIMEOUT_SECONDS", None)
    done = subprocess.run(
        [sys.executable, "-c", SHOWN],
        env={**ours, **variables},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_page_may_not_keep_the_database_busy_longer_than_15_seconds():
    assert configured()[1:] == ["4", "STATEMENT_TIMEOUT_SECONDS=15"]


def test_size_follows_the_environment():
    given = {"WEB_WORKERS": "6", "WEB_THREADS": "8", "STATEMENT_TIMEOUT_SECONDS": "30"}

    assert configured(**given) == ["6", "8", "STATEMENT_TIMEOUT_SECONDS=30"]


def test_server_in_production_writes_json_and_redirects_to_https(tmp_path):
    """A real gunicorn with the environment of docker-compose.yml."""
    port, log = free_port(), tmp_path / "web.log"
    production = {
        "LOG_FORMAT": "json",
        "HTTPS": "1",
        "WEB_WORKERS": "1",
        "DEBUG": "0",
        "STATIC_ROOT": str(tmp_path),
    }
    command = ["-m", "gunicorn", "-c", "python:sales_mgmt.runtime.gunicorn_conf"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, *command, "--bind", f"127.0.0.1:{port}", "sales_mgmt.wsgi"],
            env={**os.environ, **production, "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings"},
            cwd=BASE_DIR,
            stderr=output,
            stdout=output,
        )
    try:
        assert wait_until(lambda: web_answers(f"http://127.0.0.1:{port}/"), 60, pause=0.2)
        location = redirected(f"http://127.0.0.1:{port}/")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)

    assert location == f"https://127.0.0.1:{port}/"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    said = [line["message"] for line in lines if line["name"] == "sales.requests"]
    assert "GET /healthz 200" in said
    assert "GET / 301" in said
    assert all(line["request_id"] for line in lines if line["name"] == "sales.requests")


def redirected(address):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        urllib.request.build_opener(Stay).open(address, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    return None
