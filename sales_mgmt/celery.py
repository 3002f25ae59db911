"""The Celery application; its settings are the CELERY_* lines of settings.py."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sales_mgmt.settings")

app = Celery("sales_mgmt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_web_does(**_: Any) -> None:
    """Celery sets up no logging of its own when this receiver is there."""
    logging.config.dictConfig(settings.LOGGING)
