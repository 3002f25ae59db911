import os
import subprocess
import sys

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


def test_gunicorn_accepts_the_configuration():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "gunicorn", "--check-config"),
            *("-c", "python:sales_mgmt.runtime.gunicorn_conf", "sales_mgmt.wsgi"),
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings"},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
