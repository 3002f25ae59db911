"""What leaves the building: written with the change itself, sent after it, until it works."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from apps.core.models import OutboxMessage
from apps.core.scrubbing import told
from apps.core.waking import SEND_OUTBOX, wake_after_commit

log = logging.getLogger("sales.outbox")

Sender = Callable[[dict[str, Any], str], None]

AT_ONCE = 200
MAX_ATTEMPTS = 10
# Minutes until the next attempt, the last one for all further ones. So long a message also waits
# when its sender died in the middle.
BACK_OFF_MINUTES = (1, 2, 5, 15, 60, 180)

_senders: dict[str, Sender] = {}


def sender(kind: str) -> Callable[[Sender], Sender]:
    """Let the function send messages of `kind`; it gets the payload and the dedupe key.

    It returns or raises within seconds, and hands the key on where the receiver can know a repeat.
    """

    def register(function: Sender) -> Sender:
        _senders[kind] = function
        return function

    return register


def put_in_outbox(
    kind: str, *, dedupe_key: str, payload: dict[str, Any], due_at: datetime | None = None
) -> None:
    """Send `payload` after the commit, or from `due_at` on; once, however often it is asked."""
    put_all_in_outbox([OutboxMessage(kind=kind, dedupe_key=dedupe_key, payload=payload)], due_at)


def put_all_in_outbox(messages: list[OutboxMessage], due_at: datetime | None = None) -> None:
    """The same for many; a message that names its own `due_at` keeps it."""
    now = timezone.now()
    for message in messages:
        message.due_at = message.due_at or due_at or now
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
    if any(message.due_at <= now for message in messages):
        wake_after_commit(SEND_OUTBOX)


def send_due() -> int:
    """Send what is due; how many went out."""
    sent = 0
    for _ in range(AT_ONCE):
        message = _take()
        if message is None:
            break
        sent += _send(message)
    return sent


@transaction.atomic
def _take() -> OutboxMessage | None:
    """The next due message, put off to its next attempt first: nobody else sends it meanwhile."""
    now = timezone.now()
    waiting = OutboxMessage.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
    message = waiting.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if message is not None:
        pause = BACK_OFF_MINUTES[min(message.attempts, len(BACK_OFF_MINUTES) - 1)]
        message.attempts += 1
        message.due_at = now + timedelta(minutes=pause)
        message.save(update_fields=["attempts", "due_at"])
    return message


def _send(message: OutboxMessage) -> bool:
    try:
        _senders[message.kind](message.payload, message.dedupe_key)
    except Exception as failure:  # noqa: BLE001 - the outer border: the row keeps why, and is tried again
        _keep_failure(message, failure)
        return False
    OutboxMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now(), error="")
    return True


def _keep_failure(message: OutboxMessage, failure: Exception) -> None:
    log.warning("message %s not sent, attempt %s: %s", message.pk, message.attempts, told(failure))
    gives_up = message.attempts >= MAX_ATTEMPTS
    OutboxMessage.objects.filter(pk=message.pk).update(
        error=told(failure),
        failed_at=timezone.now() if gives_up else None,
    )


def message_id(key: str) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{domain}>"


@sender("email")
def send_email(payload: dict[str, Any], key: str) -> None:
    """Payload: to, subject, body. The Message-ID comes from the key: a repeat can be known."""
    EmailMessage(
        payload["subject"],
        payload["body"],
        to=[payload["to"]],
        headers={"Message-ID": message_id(key)},
    ).send()
