"""What every log line carries: which request, person and task it belongs to."""

import logging
from contextvars import ContextVar

from celery import current_task

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
user_id: ContextVar[int | None] = ContextVar("user_id", default=None)


class ContextFilter(logging.Filter):
    """Adds `request_id`, `user_id` and `task_id` to the record; None where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.user_id = user_id.get()
        record.task_id = current_task.request.id if current_task else None
        return True
