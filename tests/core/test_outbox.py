import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from apps.core.models import OutboxMessage
from apps.core.outbox import BACK_OFF_MINUTES, MAX_ATTEMPTS, put_in_outbox, send_due, sender

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LETTER = {"to": "a@example.com", "subject": "Тема", "body": "Текст"}
sent = []
broken = []


@sender("test_wire")
def wire(payload, key):
    if broken:
        raise broken.pop()
    sent.append((payload["n"], key))


@pytest.fixture(autouse=True)
def clean():
    sent.clear()
    broken.clear()


def test_a_letter_goes_out_once():
    for _ in range(3):
        put_in_outbox("email", dedupe_key="one", payload=LETTER)

    assert send_due() == 1
    assert send_due() == 0

    (letter,) = mail.outbox
    assert (letter.to, letter.subject, letter.body) == (["a@example.com"], "Тема", "Текст")
    assert OutboxMessage.objects.get().sent_at is not None


def test_a_repeat_of_a_letter_can_be_known_by_its_id():
    put_in_outbox("email", dedupe_key="one", payload=LETTER)
    send_due()
    OutboxMessage.objects.update(sent_at=None, due_at=timezone.now())
    send_due()

    first, second = (letter.extra_headers["Message-ID"] for letter in mail.outbox)
    assert first == second


def test_nothing_leaves_for_a_change_that_was_rolled_back():
    with transaction.atomic():
        put_in_outbox("test_wire", dedupe_key="one", payload={"n": 1})
        transaction.set_rollback(True)

    assert send_due() == 0


def test_a_message_waits_for_its_time():
    with time_machine.travel(NOON, tick=False) as clock:
        due_at = NOON + timedelta(hours=1)
        put_in_outbox("test_wire", dedupe_key="one", payload={"n": 1}, due_at=due_at)
        assert send_due() == 0
        clock.move_to(due_at)
        assert send_due() == 1


@pytest.mark.fault
def test_a_peer_that_fails_is_tried_with_growing_pauses_and_then_sent_once():
    """X29"""
    with time_machine.travel(NOON, tick=False) as clock:
        put_in_outbox("test_wire", dedupe_key="one", payload={"n": 1})
        for minutes in BACK_OFF_MINUTES[:3]:
            broken.append(TimeoutError("no answer"))
            assert send_due() == 0
            message = OutboxMessage.objects.get()
            assert message.error.startswith("TimeoutError at apps/core/outbox.py:")
            clock.shift(timedelta(minutes=minutes, seconds=-1))
            assert send_due() == 0
            clock.shift(timedelta(seconds=1))
        assert send_due() == 1
        assert send_due() == 0
    assert sent == [(1, "one")]


def test_a_peer_that_never_answers_is_given_up():
    with time_machine.travel(NOON, tick=False) as clock:
        put_in_outbox("test_wire", dedupe_key="one", payload={"n": 1})
        for _ in range(MAX_ATTEMPTS + 1):
            broken[:] = [OSError("refused")]
            send_due()
            clock.shift(timedelta(minutes=BACK_OFF_MINUTES[-1]))
    message = OutboxMessage.objects.get()
    assert message.attempts == MAX_ATTEMPTS
    assert message.failed_at is not None
    assert sent == []


def test_a_broken_message_does_not_hold_up_the_others():
    put_in_outbox("test_wire", dedupe_key="bad", payload={})
    put_in_outbox("unheard", dedupe_key="nobody", payload={})
    put_in_outbox("test_wire", dedupe_key="good", payload={"n": 2})

    assert send_due() == 1
    assert sent == [(2, "good")]


@pytest.mark.fault
def test_a_mail_server_that_hangs_is_left_after_seconds(settings):
    """X29: the line is open and nobody speaks."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.2
        put_in_outbox("email", dedupe_key="one", payload=LETTER)

        assert send_due() == 0

    assert "TimeoutError" in OutboxMessage.objects.get().error


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_send_each_message_once():
    for number in range(20):
        put_in_outbox("test_wire", dedupe_key=f"{number}", payload={"n": number})
    barrier = threading.Barrier(4)

    def sweep():
        barrier.wait()
        send_due()
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(number for number, _ in sent) == list(range(20))
