"""The project. Its Celery application is loaded with it, so that every process knows the broker."""

from importlib.util import find_spec

# On a bare Python only bootstrap.py can be used, and it comes through here too.
if find_spec("celery"):
    from sales_mgmt.celery import app as celery_app

    __all__ = ["celery_app"]
