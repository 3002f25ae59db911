"""A real Celery worker beside the live server, in a thread of the test: it sees the test base."""

import contextlib

from celery.contrib.testing.worker import start_worker

from sales_mgmt.celery import app


@contextlib.contextmanager
def working():
    """Run what the pages enqueue until the block ends."""
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="warning"):
        yield
