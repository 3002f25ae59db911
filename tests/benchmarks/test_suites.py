"""Each suite runs once over a small sample department and brings the figures that it promises."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from apps.bonuses.models import BonusScheme
from apps.core.calendars import company_today
from apps.dashboard.sample.department import Size, make_department
from apps.deals.models import Deal, StageMove
from apps.kpis.actions.nights import last_due_day
from apps.kpis.models import ActivityFact, DealFact, NightRun, PaymentFact, TaskFact
from benchmarks import distribution, export, naive, night, pages
from benchmarks.aims import STATEMENTS
from benchmarks.multiplied import Copying
from benchmarks.web import Answer, measure

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
    assert told["whole"]["seconds"] > told["whole"]["facts"] > 0
    assert told["whole"]["seconds"] > told["whole"]["facts and snapshots"]
    # A changed day writes fewer months.
    assert codes(told["changed day"]) == codes(told["whole"])


def codes(night):
    return {step.partition(" ")[0] for step in night["steps"]}


def test_the_naive_night_writes_what_ours_does_and_leaves_nothing(sample):
    told = naive.run()
    ours = totals()

    assert told["naive facts"]["rows"] > 0
    assert told["our facts, alone"]["rows"] == sum(
        table.objects.count() for table in (DealFact, ActivityFact, PaymentFact, TaskFact)
    )
    with transaction.atomic():
        for table in (DealFact, ActivityFact, PaymentFact, TaskFact):
            table.objects.all().delete()
        naive.naive_facts()
        theirs = totals()
        transaction.set_rollback(True)
    assert theirs == ours


def totals():
    """Of measures that need no history; the naive way counts days to come as well."""
    measures = {
        DealFact: ["created_count", "lost_count"],
        PaymentFact: ["received_amount"],
        TaskFact: ["due_count", "done_count"],
    }
    day = last_due_day(timezone.now())
    return [
        table.objects.filter(day__lte=day).aggregate(*map(Sum, names))
        for table, names in measures.items()
    ]


def test_exports_are_read_to_their_end(sample):
    told = export.run()

    assert told["every deal, CSV"]["rows"] == Deal.objects.filter(archived_at=None).count()
    for figures in told.values():
        assert 0 < figures["first_byte"] <= figures["seconds"]
        assert figures["rows"] > 0


def test_a_page_that_leads_elsewhere_is_not_measured():
    with pytest.raises(RuntimeError, match="answered 302 /deals/board/"):
        measure([lambda: Answer(302, b"", "/deals/board/")], times=1)


def test_pages_of_a_base_without_a_night_get_one_first(sample):
    with transaction.atomic():
        NightRun.objects.all().delete()
        night.ensure_night()
        [run] = NightRun.objects.published()
        night.ensure_night()

        assert list(NightRun.objects.all()) == [run]
        transaction.set_rollback(True)


def test_ways_of_dividing_are_measured_on_the_same_bases():
    problems = [distribution.towns(1, clients=300, sellers=6)]

    told = distribution.kind_of(problems)

    assert told["ours"]["breaches"] == 0
    assert told["round robin"]["of_bound"] < told["ours"]["of_bound"] <= 1
    assert told["greedy"]["of_bound"] <= 1 or told["greedy"]["breaches"]
    assert told["as it is"]["moved"] == 0


def test_a_base_is_told_several_times_over(sample):
    deals, moves = Deal.objects.count(), StageMove.objects.count()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Copying(connection.connection, 3).run()

        assert Deal.objects.count() == 3 * deals
        assert StageMove.objects.count() == 3 * moves
        assert StageMove.objects.values("deal").distinct().count() == 3 * deals
        assert not BonusScheme.objects.exists()
        transaction.set_rollback(True)
