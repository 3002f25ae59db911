import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from apps.core.jobs import (
    JobFailed,
    LeaseLost,
    RunningJob,
    children_handler,
    enqueue,
    job_handler,
    run_job,
    sweep_jobs,
)
from apps.core.jobs.running import LEASE, MAX_ATTEMPTS
from apps.core.models import Job, Notification

pytestmark = pytest.mark.django_db

calls = []
drained = []


@job_handler("test_count")
def count_to(job: RunningJob) -> None:
    """Counts on from where it stopped; `break_at` fails there on the first attempt."""
    calls.append(job.attempt)
    for number in range(job.result.get("done", 0) + 1, job.payload["to"] + 1):
        if number == job.payload.get("break_at") and job.attempt == 1:
            raise ConnectionError("the line broke")
        job.result["done"] = number
        job.advance(done=number, total=job.payload["to"])


@job_handler("test_fail")
def fail(job: RunningJob) -> None:
    calls.append(job.attempt)
    errors = {
        "refused": JobFailed("Строка 14 испорчена."),
        "invalid": ValidationError("Нет такого клиента."),
        "poison": KeyError("Иванов"),
    }
    raise errors[job.payload["how"]]


@job_handler("test_parent")
def spread(job: RunningJob) -> None:
    for number in range(job.payload["children"]):
        enqueue("test_count", key=f"child:{job.pk}:{number}", payload={"to": 1}, parent=job.job)


@children_handler("test_parent")
def after_all(parent: Job) -> None:
    drained.append(parent.pk)


@pytest.fixture(autouse=True)
def clean():
    calls.clear()
    drained.clear()


def expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def counting(**payload):
    return enqueue("test_count", key="count", payload={"to": 3, **payload})


def test_a_job_runs_once_and_keeps_its_result():
    job = counting()

    assert run_job(job.pk) is True
    assert run_job(job.pk) is False

    job.refresh_from_db()
    assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, {"done": 3})
    assert job.finished_at is not None
    assert job.lease_until is None
    assert calls == [1]


def test_an_active_key_is_taken_and_a_finished_one_is_free():
    first = counting()
    assert counting().pk == first.pk

    run_job(first.pk)

    assert counting().pk != first.pk


def test_a_failure_is_tried_again_from_where_it_stopped():
    job = counting(break_at=3)

    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.result, job.error) == ("queued", 1, {"done": 2}, "")

    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.result) == ("done", 2, {"done": 3})


def test_a_running_job_is_left_alone_while_its_lease_holds():
    job = counting()
    Job.objects.filter(pk=job.pk).update(
        status="running", attempts=1, lease_until=timezone.now() + LEASE
    )

    assert run_job(job.pk) is False
    assert sweep_jobs() == 0
    assert calls == []


def test_a_job_whose_worker_died_is_taken_over_and_the_dead_one_may_write_no_more():
    job = counting()
    Job.objects.filter(pk=job.pk).update(status="running", attempts=1, result={"done": 2})
    job.refresh_from_db()
    late = RunningJob(job)
    expire(job)

    assert sweep_jobs() == 1
    assert run_job(job.pk) is True
    with pytest.raises(LeaseLost):
        late.advance(done=1)

    job.refresh_from_db()
    assert (job.status, job.attempts, job.done) == ("done", 2, 3)


def test_the_lease_is_renewed_with_each_step():
    job = counting()
    Job.objects.filter(pk=job.pk).update(status="running", attempts=1)
    job.refresh_from_db()
    expire(job)

    RunningJob(job).advance(done=1, total=3, message="Читаю")

    job.refresh_from_db()
    assert job.lease_until > timezone.now() + LEASE - timedelta(seconds=10)
    assert (job.done, job.total, job.message) == (1, 3, "Читаю")


def test_progress_is_undone_with_its_chunk():
    job = counting()
    Job.objects.filter(pk=job.pk).update(status="running", attempts=1)
    job.refresh_from_db()
    running = RunningJob(job)

    with transaction.atomic():
        running.advance(done=2, total=3)
        transaction.set_rollback(True)

    job.refresh_from_db()
    assert job.done == 0


@pytest.mark.parametrize(
    ("how", "error"),
    [("refused", "Строка 14 испорчена."), ("invalid", "Нет такого клиента.")],
)
def test_what_cannot_be_mended_by_trying_fails_at_once(how, error, seller):
    job = enqueue("test_fail", key="fail", payload={"how": how}, author=seller)

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.status, job.error, calls) == ("failed", error, [1])
    assert Notification.objects.get(user=seller).body == error


def test_poison_is_given_up_after_five_tries_with_an_alarm(admin, seller):
    job = enqueue("test_fail", key="fail", payload={"how": "poison"}, author=seller)

    for _ in range(MAX_ATTEMPTS + 2):
        run_job(job.pk)

    job.refresh_from_db()
    assert job.status == "failed"
    assert calls == [1, 2, 3, 4, 5]
    assert "KeyError" in job.error
    assert "Иванов" not in job.error
    told = Notification.objects.filter(kind="job_failed")
    assert {line.user for line in told} == {admin, seller}
    assert {line.url for line in told} == {f"/jobs/{job.pk}/"}


def test_a_job_that_kills_its_worker_is_given_up_too(admin):
    job = counting()
    Job.objects.filter(pk=job.pk).update(status="running", attempts=MAX_ATTEMPTS)
    expire(job)

    assert run_job(job.pk) is False

    job.refresh_from_db()
    assert job.status == "failed"
    assert calls == []
    assert Notification.objects.filter(user=admin).count() == 1


def test_the_sweeper_wakes_a_forgotten_job_once_a_minute():
    job = counting()
    expire(job)

    assert sweep_jobs() == 1
    assert sweep_jobs() == 0


def test_a_job_waits_for_its_time():
    later = timezone.now() + timedelta(hours=1)
    job = enqueue("test_count", key="later", payload={"to": 1}, run_after=later)

    assert sweep_jobs() == 0
    assert run_job(job.pk) is False

    Job.objects.update(run_after=timezone.now(), lease_until=timezone.now())
    assert sweep_jobs() == 1
    assert run_job(job.pk) is True


def test_the_last_child_sets_the_next_step_in_motion_once():
    parent = enqueue("test_parent", key="parent", payload={"children": 3})
    run_job(parent.pk)
    children = list(parent.children.order_by("pk"))
    assert len(children) == 3

    for child in children[:-1]:
        run_job(child.pk)
    assert drained == []

    run_job(children[-1].pk)
    run_job(children[-1].pk)
    run_job(parent.pk)
    assert drained == [parent.pk]


def test_children_that_end_before_their_parent_wait_for_it():
    parent = enqueue("test_parent", key="parent", payload={"children": 0})
    child = enqueue("test_count", key="early", payload={"to": 1}, parent=parent)
    run_job(child.pk)
    assert drained == []

    run_job(parent.pk)
    assert drained == [parent.pk]


def test_a_failed_child_has_ended_as_well():
    parent = enqueue("test_parent", key="parent", payload={"children": 1})
    run_job(parent.pk)
    child = enqueue("test_fail", key="bad", payload={"how": "refused"}, parent=parent)
    run_job(child.pk)
    assert drained == []

    run_job(parent.children.get(kind="test_count").pk)
    assert drained == [parent.pk]
    assert parent.children.filter(status="failed").count() == 1


def test_the_audit_names_the_author_of_the_job(seller):
    from apps.core.models import Company

    @job_handler("test_audit")
    def rename(job: RunningJob) -> None:
        Company.objects.create(pk=1, name="Ромашка")

    run_job(enqueue("test_audit", key="audit", author=seller).pk)

    metadata = Company.current().events.get().pgh_context.metadata
    assert metadata["user"] == seller.pk


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_two_askers_at_once():
    jobs, ran = [], []
    barrier = threading.Barrier(4)

    def ask():
        barrier.wait()
        jobs.append(counting().pk)
        connection.close()

    in_threads(ask, 4)
    assert len(set(jobs)) == 1

    def work():
        barrier.wait()
        ran.append(run_job(jobs[0]))
        connection.close()

    in_threads(work, 4)
    assert sorted(ran) == [False, False, False, True]
    assert calls == [1]


def in_threads(function, count):
    threads = [threading.Thread(target=function) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
