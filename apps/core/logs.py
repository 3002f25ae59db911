"""What every log line carries (which request, person and task), and what none may: personal data."""

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from celery import current_task

from apps.core.scrubbing import masked, told, told_in_full

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
user_id: ContextVar[int | None] = ContextVar("user_id", default=None)

# What stands in an address and must not be known to who reads the logs; rooms add theirs.
_secrets: list[re.Pattern[str]] = []
HIDDEN = "…"


def hide_in_logs(pattern: str) -> None:
    """What the group of `pattern` finds in an address is written as …; a repeated call adds nothing."""
    found = re.compile(pattern)
    if found not in _secrets:
        _secrets.append(found)


def without_secrets(text: str) -> str:
    for pattern in _secrets:
        for secret in pattern.findall(text):
            text = text.replace(secret, HIDDEN)
    return text


class ContextFilter(logging.Filter):
    """Adds `request_id`, `user_id` and `task_id` to the record; None where there is none.

    Secrets of addresses are taken out of the message, and of the request that Django attaches.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.user_id = user_id.get()
        record.task_id = current_task.request.id if current_task else None
        hide_secrets(record)
        return True


def message_of(record: logging.LogRecord) -> str:
    """Its words; of a line whose arguments do not fit, the words without them."""
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def hide_secrets(record: logging.LogRecord) -> None:
    message = message_of(record)
    shown = without_secrets(message)
    if shown != message:
        record.msg, record.args = shown, None
    request = getattr(record, "request", None)
    if request is not None and without_secrets(repr(request)) != repr(request):
        record.request = without_secrets(repr(request))


class ScrubbingFilter(logging.Filter):
    """Takes messages of exceptions, e-mails and telephone numbers out of the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        failure = record.exc_info[1] if record.exc_info else None
        record.args = scrubbed(record.args, failure)
        record.msg, record.args = masked(message_of(record)), ()
        if hasattr(record, "data"):  # what Celery tells of a failed task once more
            record.data = scrubbed(record.data, failure)
        if failure is not None:
            record.exc_text = told_in_full(failure)
        record.exc_info = None
        return True


def scrubbed(args: Any, failure: BaseException | None) -> Any:
    """The arguments of a line; Celery gives a failure as two texts, "exc" and "traceback"."""
    if isinstance(args, Mapping):
        texts = {}
        if failure is not None:
            texts = {"exc": told(failure), "traceback": told_in_full(failure)}
        return {name: texts.get(name, without_message(value)) for name, value in args.items()}
    if isinstance(args, tuple):
        return tuple(map(without_message, args))
    return args


def without_message(value: Any) -> Any:
    return told(value) if isinstance(value, BaseException) else value
