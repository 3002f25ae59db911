"""How gunicorn serves: the same under `manage.py up` and in docker-compose.yml."""

import multiprocessing
import os
from pathlib import Path

workers = int(os.environ.get("WEB_WORKERS", min(2, multiprocessing.cpu_count())))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# The worker and the commands have no such limit: only somebody's page must not wait for ever.
raw_env = [f"STATEMENT_TIMEOUT_SECONDS={os.environ.get('STATEMENT_TIMEOUT_SECONDS', '15')}"]
# A statement is cut after STATEMENT_TIMEOUT_SECONDS, so a longer request is a stuck one.
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# Heartbeats on a slow disk would look like stuck workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Without it gunicorn opens a control socket in the home directory.
control_socket_disable = True
limit_request_line = 8190
limit_request_fields = 100
accesslog = None  # apps.core.middleware logs each request with its id

if os.environ.get("LOG_FORMAT") == "json":
    # gunicorn's own few lines in the form of the others; see LOGGING in settings.py.
    _lines = {"level": "INFO", "handlers": ["console"], "propagate": False}
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "INFO", "handlers": ["console"]},
        "loggers": {"gunicorn.error": _lines, "gunicorn.access": _lines},
    }
