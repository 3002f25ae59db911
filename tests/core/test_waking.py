"""The broker dies and comes back: what people save is saved, and the work follows."""

import secrets

import pytest
import time_machine
from celery import current_app
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from redis import Redis

from apps.core import waking
from apps.core.jobs import enqueue, job_handler, run_job
from apps.core.jobs.queue import WAKE_AGAIN
from apps.core.models import Job, OutboxMessage
from apps.core.outbox import put_in_outbox
from apps.core.tasks import send_outbox_task, sweep_task
from apps.staff.actions import set_leader
from sales_mgmt.runtime.throwaway import make_place, start_redis
from tests.factories.clients import ClientFactory
from tests.factories.staff import TeamNodeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@job_handler("test_woken")
def do_nothing(job):
    pass


@pytest.fixture(scope="module")
def server():
    server = start_redis(make_place())
    yield server
    server.stop()


@pytest.fixture
def broker(server):
    """The application speaks to a Redis of our own, which a test may stop."""
    before = current_app.conf.broker_url
    speak_to(server.url)
    if not server.child.alive():
        server.start()
    Redis.from_url(server.url).flushall()
    yield server
    speak_to(before)


def speak_to(url):
    conf = current_app.conf
    conf.broker_url = conf.broker_read_url = conf.broker_write_url = url
    current_app.amqp._producer_pool = None
    waking._rests_until = 0.0


def waiting_tasks(broker):
    return Redis.from_url(broker.url).llen("celery")


def ask():
    with transaction.atomic():
        return enqueue("test_woken", key=secrets.token_hex(8))


def test_a_worker_is_woken_after_the_commit_only(broker):
    with transaction.atomic():
        enqueue("test_woken", key="one")
        assert waiting_tasks(broker) == 0
    assert waiting_tasks(broker) == 1


def test_many_messages_of_one_transaction_wake_a_sender_once(broker):
    with transaction.atomic():
        for number in range(5):
            put_in_outbox("email", dedupe_key=f"{number}", payload={})
        assert len(connection.run_on_commit) == 1
    assert waiting_tasks(broker) == 1


def test_nothing_is_sent_for_what_was_rolled_back(broker):
    with transaction.atomic():
        enqueue("test_woken", key="one")
        transaction.set_rollback(True)
    assert waiting_tasks(broker) == 0
    assert not Job.objects.exists()


@pytest.mark.fault
def test_with_the_broker_down_the_job_is_kept_and_sent_when_it_is_back(broker):
    """X07: the save goes through; X06: the sweeper sends what the broker lost."""
    broker.stop()

    job, message = ask(), "kept"
    with transaction.atomic():
        put_in_outbox("email", dedupe_key=message, payload={})

    assert Job.objects.get().status == "queued"
    assert OutboxMessage.objects.get().sent_at is None

    broker.start()
    speak_to(broker.url)
    Job.objects.update(lease_until=Job.objects.get().lease_until - 2 * WAKE_AGAIN)
    sweep_task()

    assert waiting_tasks(broker) >= 1
    assert run_job(job.pk) is True


@pytest.mark.fault
def test_a_dead_broker_is_asked_once_for_many_jobs(broker, caplog):
    broker.stop()

    for _ in range(5):
        ask()

    assert Job.objects.count() == 5
    assert caplog.text.count("the broker is down") == 1


@pytest.mark.fault
def test_with_the_broker_down_people_go_on_working(broker, client):
    """X07: a page that tells a colleague saves, answers at once, and the letter waits."""
    lead = leader_of_a_team()
    seller, colleague = (UserFactory(team=lead.team) for _ in range(2))
    found = ClientFactory(owner=seller)
    client.force_login(lead)
    broker.stop()

    answer = client.post(reverse("clients:client_assign", args=[found.pk]), {"to": colleague.pk})

    assert answer.status_code == 302
    found.refresh_from_db()
    assert found.owner == colleague
    assert OutboxMessage.objects.get().payload["to"] == colleague.email
    with time_machine.travel(OutboxMessage.objects.get().due_at):
        assert send_outbox_task() == 1
    (letter,) = mail.outbox
    assert letter.to == [colleague.email]


def leader_of_a_team():
    node = TeamNodeFactory()
    lead = UserFactory(team=node, role="lead")
    set_leader(node, lead)
    return lead
