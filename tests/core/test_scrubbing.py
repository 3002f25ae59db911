"""Failures are kept and logged without the data they stumbled over (T56, G18)."""

import io
import logging
import smtplib

import pytest
from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.module_loading import import_string

from apps.core.jobs import JobFailed, enqueue, job_handler, run_job
from apps.core.jobs.running import MAX_ATTEMPTS
from apps.core.models import Job, Notification, OutboxMessage
from apps.core.outbox import put_in_outbox, send_due, sender
from apps.core.scrubbing import masked, told, told_in_full
from apps.staff.models import User
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

NAME, EMAIL, PHONE = "Канарейкин", "canary@example.com", "+79161112233"
CANARIES = (NAME, EMAIL, PHONE, "9161112233", "canary")


def canaries_in(text):
    return [one for one in CANARIES if one in text]


@pytest.fixture
def lines():
    """What the handler of the settings writes, filters and all."""
    handler = settings.LOGGING["handlers"]["console"]
    stream = io.StringIO()
    built = logging.StreamHandler(stream)
    built.setFormatter(logging.Formatter("{levelname} {name} {message}", style="{"))
    for name in handler["filters"]:
        built.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    root = logging.getLogger()
    root.addHandler(built)
    yield stream.getvalue
    root.removeHandler(built)


@job_handler("test_stumble")
def stumble(job):
    """Fails as real work does: over a row of the database, over a text, over a broken promise."""
    how = job.payload["how"]
    if how == "twice":
        with transaction.atomic():
            User.objects.create(email=EMAIL, last_name=NAME, first_name="Имя")
    elif how == "number":
        int(f"{NAME} {EMAIL} {PHONE}")
    elif how == "statement":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select %s::int", [f"{NAME} {EMAIL}"])
    elif how == "refused":
        raise JobFailed(f"Письмо на {EMAIL} и звонок на 8 (916) 111-22-33 не удались.")


def failed(how):
    job = enqueue("test_stumble", key=f"stumble:{how}", payload={"how": how})
    for _attempt in range(MAX_ATTEMPTS):
        Job.objects.filter(pk=job.pk).update(run_after=None, lease_until=None)
        run_job(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    ("how", "place"),
    [("twice", "IntegrityError"), ("number", "ValueError"), ("statement", "DataError")],
)
def test_a_job_that_stumbles_over_a_person_names_him_nowhere(lines, admin, how, place):
    UserFactory(email=EMAIL, last_name=NAME)

    job = failed(how)

    log = lines()
    assert f"failed, attempt {MAX_ATTEMPTS}" in log
    assert "test_scrubbing.py" in log  # the place is told in full
    assert place in log
    assert job.status == "failed"
    assert place in job.error
    told_to = Notification.objects.get(kind="job_failed")
    for text in (log, job.error, told_to.title, told_to.body):
        assert canaries_in(text) == []


def test_a_refusal_in_our_own_words_keeps_them_without_addresses(lines):
    job = failed("refused")

    assert job.error == "Письмо на *** и звонок на *** не удались."
    assert canaries_in(lines()) == []


@sender("test_letter")
def refuse(payload, key):
    raise smtplib.SMTPRecipientsRefused({EMAIL: (550, f"no such user {NAME}".encode())})


def test_a_letter_that_was_not_sent_tells_the_code_alone(lines):
    put_in_outbox("test_letter", dedupe_key="one", payload={"to": EMAIL})

    assert send_due() == 0

    error = OutboxMessage.objects.get().error
    assert error.startswith("SMTPRecipientsRefused (550) at ")
    assert "SMTPRecipientsRefused (550)" in lines()
    assert canaries_in(error + lines()) == []


def test_postgresql_names_the_constraint_and_not_the_row():
    UserFactory(email=EMAIL, last_name=NAME)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        UserFactory(email=EMAIL)
    assert EMAIL in str(caught.value)

    line = told(caught.value)

    assert line.startswith(
        "IntegrityError (UniqueViolation, 23505, staff_user, staff_user_email_key) at "
    )
    assert "apps/" in line
    assert canaries_in(line + told_in_full(caught.value)) == []


def test_the_whole_chain_is_told_without_its_messages():
    try:
        try:
            int(NAME)
        except ValueError as cause:
            raise RuntimeError(f"{NAME} is not a number") from cause
    except RuntimeError as failure:
        text = told_in_full(failure)

    assert text.index("ValueError") < text.index("RuntimeError")
    assert text.count("test_scrubbing.py") == 4
    assert canaries_in(text) == []


def test_the_network_tells_what_is_wrong():
    failure = ConnectionRefusedError(111, "Connection refused")
    assert told(failure) == "ConnectionRefusedError (Connection refused)"


def test_our_own_sentences_stay_sentences():
    failure = ValidationError(["Нет курса USD.", f"Спросите {EMAIL}."])
    assert told(failure) == "Нет курса USD. Спросите ***."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("пишите на ivan.petrov+x@mail.example.ru!", "пишите на ***!"),
        ("+79161112233", "***"),
        ("8 (916) 111-22-33", "***"),
        ("7 916 111 22 33", "***"),
        ("+7 916 111-22-33, доб. 5", "***, доб. 5"),
        ("ИНН 7707083893, сумма 79161112", "ИНН 7707083893, сумма 79161112"),
        ("2026-11-25 02:00:00 job 81234567", "2026-11-25 02:00:00 job 81234567"),
    ],
)
def test_what_is_masked_and_what_is_not(text, left):
    assert masked(text) == left


def test_a_task_of_celery_that_fails_names_nobody(lines):
    @current_app.task(name="tests.stumble")
    def stumbling():
        raise ValueError(f"{NAME} {EMAIL}")

    stumbling.apply()

    assert "tests.stumble" in lines()
    assert "ValueError" in lines()
    assert canaries_in(lines()) == []


def test_a_page_that_breaks_names_nobody(lines, client, seller, monkeypatch):
    from apps.core import search

    def broken(*_arguments):
        raise DataError(f"{NAME} {EMAIL}")

    monkeypatch.setattr(search, "find", broken)
    client.raise_request_exception = False
    client.force_login(seller)

    assert client.get("/search/?q=%2B79161112233").status_code == 500
    assert "DataError" in lines()
    assert "apps/core/views/search.py" in lines()
    assert canaries_in(lines()) == []
