"""Each suite runs once over a small sample department and brings the figures that it promises."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from apps.core.calendars import company_today
from apps.dashboard.sample.department import Size, make_department
from benchmarks import export, naive, night, pages
from benchmarks.aims import STATEMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        make_department(
            seed=7,
            today=company_today(),
            size=Size(deals=300, clients=100),
            password="benchmark-benchmark",
        )
        # The rows stand in an open transaction, whose connection a request must not close.
        signals = (request_started, request_finished)
        for signal in signals:
            signal.disconnect(close_old_connections)
        yield
        for signal in signals:
            signal.connect(close_old_connections)
        transaction.set_rollback(True)


def test_pages_answer_and_are_measured(sample):
    night.run(alone=True)
    figures = pages.run(times=2)

    assert set(STATEMENTS) < set(figures)
    assert {"create a deal", "naive dashboard", "naive deal list"} < set(figures)
    for told in figures.values():
        assert told["app_cpu"] > 0
    assert figures["naive deal list"]["statements"] > figures["deal list, all"]["statements"]


def test_the_night_is_timed_step_by_step(sample):
    told = night.run(alone=True)

    assert told["whole"]["rows"]["deals"] == 300
    assert "facts deals" in told["whole"]["steps"]
    assert told["whole"]["seconds"] > 0
    assert told["changed day"]["steps"].keys() == told["whole"]["steps"].keys()


def test_the_naive_night_counts_the_same_deals_and_leaves_nothing(sample):
    told = naive.run()

    assert told["naive facts"]["result"] > 0
    with pytest.raises(Exception, match="benchmark_naive_fact"), transaction.atomic():
        naive.NaiveFact._default_manager.count()


def test_the_export_is_read_to_its_end(sample):
    told = export.run()

    assert told["rows"] == 300
    assert 0 < told["first_byte"] <= told["seconds"]
