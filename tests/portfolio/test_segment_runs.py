"""A segmentation from the tables to the levels of the clients."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.clients.actions import change_client, write_levels
from apps.clients.models import Client
from apps.core.jobs import run_job
from apps.core.models import Job, Notification
from apps.core.versions import Conflict
from apps.kpis.night.steps import all_steps
from apps.portfolio import night
from apps.portfolio.actions import segments as actions
from apps.portfolio.actions.segments import publish_levels, segment_base, start_segmentation
from apps.portfolio.calculations.spans import quarter_starts
from apps.portfolio.calculations.thresholds import QUARTERS
from apps.portfolio.models import ClientSegment, SegmentRules, SegmentRun
from apps.portfolio.models.sales import read_sales
from tests.factories.clients import ClientFactory
from tests.factories.portfolio import sell, take_back
from tests.portfolio.frames import DAY, sales_frame

pytestmark = pytest.mark.django_db


def published(run):
    return publish_levels(run, beat=lambda last, done: None)


def months_ago(count, day=DAY):
    return day - timedelta(days=30 * count)


@pytest.fixture
def base(seller):
    """Four clients over two years: 70, 15, 10 and 5 % of the revenue, and one who never bought."""
    clients = [ClientFactory(owner=seller, name=name) for name in ("А", "Б", "В", "Г", "Никто")]
    sell(
        [
            (client, months_ago(back), amount)
            for client, amount in zip(clients, (7000, 1500, 1000, 500), strict=False)
            for back in range(24)
        ]
    )
    return clients


def rows_of(run):
    return {row.client.name: row for row in run.rows.select_related("client")}


def test_a_run_keeps_every_client_with_his_classes(base):
    run = segment_base(day=DAY)

    rows = rows_of(run)
    assert {name: row.abc for name, row in rows.items()} == {
        "А": "A", "Б": "A", "В": "B", "Г": "C", "Никто": "",
    }  # fmt: skip
    assert [rows[name].xyz for name in "АБВГ"] == ["X", "X", "X", "X"]
    assert rows["Никто"].lifecycle == "prospect"
    first = rows["А"]
    # 365 days back from 31 October hold the sales of 0 to 12 months (of 30 days) ago.
    assert (first.revenue, first.orders) == (Decimal("91000.00"), 13)
    assert (first.rhythm, first.has_own_rhythm, first.silence) == (30, True, 0)
    assert (run.clients, run.rfm_bins, run.day) == (5, 3, DAY)
    assert run.period_start == date(2025, 11, 1)


def test_the_database_counts_what_is_counted_client_by_client(seller):
    """The same figures as tests/portfolio/frames.py gives from plain lists, every column."""
    clients = ClientFactory.create_batch(3, owner=seller)
    orders = [
        (clients[at].pk, day, cents)
        for at, day, cents in [
            (0, date(2024, 2, 29), 100_00),
            (0, date(2025, 8, 15), 250_50),
            (0, date(2025, 8, 15), 10_00),
            (0, date(2026, 1, 31), 300_00),
            (0, date(2026, 9, 30), 400_00),
            (1, date(2025, 10, 31), 55_00),
            (1, date(2025, 11, 1), 66_00),
            (2, date(2026, 11, 1), 77_00),  # after the day
            (2, date(2026, 7, 31), 88_00),
        ]
    ]
    numbers = {client.pk: client for client in clients}
    sell([(numbers[pk], day, Decimal(cents) / 100) for pk, day, cents in orders])
    expected = sales_frame(orders)
    starts = quarter_starts(DAY + timedelta(days=1), QUARTERS)

    found = read_sales(DAY, starts)

    for name in expected.columns:
        assert list(found[name].fillna(-1)) == list(expected[name].fillna(-1)), name


def test_returns_and_reopened_deals_are_netted(seller):
    bought, returned, never = ClientFactory.create_batch(3, owner=seller)
    deals = sell(
        [
            (bought, date(2026, 2, 1), 1000),
            (returned, date(2026, 2, 1), 500),
            (returned, date(2026, 3, 1), 300),
        ]
    )
    take_back(deals[0], date(2026, 5, 1), 400)
    take_back(deals[1], date(2026, 5, 1), 500)

    run = segment_base(day=DAY)

    row = run.rows.get(client=bought)
    assert (row.revenue, row.orders, row.last_on) == (Decimal("600.00"), 1, date(2026, 2, 1))
    row = run.rows.get(client=returned)
    assert (row.revenue, row.orders, row.first_on) == (Decimal("300.00"), 1, date(2026, 3, 1))
    assert run.rows.get(client=never).orders == 0


def test_a_run_of_a_past_day_knows_nothing_later(seller):
    client = ClientFactory(owner=seller)
    deals = sell([(client, date(2026, 5, 10), 1000), (client, date(2026, 9, 10), 1000)])
    take_back(deals[0], date(2026, 8, 1), 1000)

    row = segment_base(day=date(2026, 7, 31)).rows.get()

    assert (row.revenue, row.orders, row.last_on) == (1000, 1, date(2026, 5, 10))


def test_archived_clients_and_deals_without_a_client_are_left_out(base):
    Client.objects.filter(pk=base[0].pk).update(archived_at=timezone.now())
    run = segment_base(day=DAY)
    assert "А" not in rows_of(run)
    assert run.clients == 4


def test_runs_and_their_rows_never_change(base):
    run = segment_base(day=DAY)
    for attempt in (
        lambda: SegmentRun.objects.filter(pk=run.pk).update(clients=0),
        lambda: run.rows.update(abc="C"),
        lambda: ClientSegment.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()
    assert rows_of(run)["А"].abc == "A"


def test_a_run_keeps_its_thresholds(base):
    segment_base(day=DAY)
    SegmentRules.objects.create(pk=1, a_share=Decimal("0.6"))
    second = segment_base(day=DAY)

    assert [run.thresholds["a_share"] for run in SegmentRun.objects.order_by("pk")] == [0.8, 0.6]
    assert rows_of(second)["Б"].abc == "B"


def test_a_run_is_held_against_the_last_one_of_an_earlier_month(base):
    july = segment_base(day=date(2026, 7, 31))
    august = segment_base(day=date(2026, 8, 31))
    again = segment_base(day=date(2026, 8, 31))

    assert (july.previous, august.previous, again.previous) == (None, july, july)


# --- Levels ---------------------------------------------------------------------------------


def levels():
    return dict(Client.objects.values_list("name", "level"))


def test_publishing_writes_the_levels_and_counts_versions(base):
    Client.objects.filter(name="Никто").update(level="B")
    Client.objects.filter(name="А").update(level="A")
    versions = dict(Client.objects.values_list("name", "version"))

    changed = published(segment_base(day=DAY))

    assert levels() == {"А": "A", "Б": "A", "В": "B", "Г": "C", "Никто": "B"}
    assert changed == 3
    assert {
        name: version - versions[name]
        for name, version in Client.objects.values_list("name", "version")
    } == {"А": 0, "Б": 1, "В": 1, "Г": 1, "Никто": 0}
    assert not Notification.objects.exists()


def test_a_second_publication_changes_nothing(base):
    run = segment_base(day=DAY)
    published(run)
    before = list(Client.objects.order_by("pk").values_list("level", "version"))

    assert published(run) == 0
    assert list(Client.objects.order_by("pk").values_list("level", "version")) == before


def test_publication_goes_on_where_it_stopped(base, monkeypatch):
    monkeypatch.setattr(actions, "LEVELS_AT_ONCE", 1)
    run = segment_base(day=DAY)
    told = []
    publish_levels(run, after=base[1].pk, beat=lambda last, done: told.append((last, done)))

    assert levels() == {"А": "", "Б": "", "В": "B", "Г": "C", "Никто": ""}
    assert told == [(base[2].pk, 1), (base[3].pk, 2)]


def test_new_clients_are_a_level_of_their_own_and_lapsed_ones_lose_theirs(seller):
    new, lapsed, prospect = ClientFactory.create_batch(3, owner=seller, level="A")
    sell([(new, DAY, 100), (lapsed, date(2024, 1, 10), 100)])

    published(segment_base(day=DAY))

    for client in (new, lapsed, prospect):
        client.refresh_from_db()
    # Of who never bought nothing is known but what somebody has written.
    assert (new.level, lapsed.level, prospect.level) == ("N", "", "A")


def test_an_open_form_meets_a_conflict_after_the_levels(base, seller):
    opened = Client.objects.get(name="А")
    published(segment_base(day=DAY))

    with pytest.raises(Conflict):
        change_client(opened, by=seller, expected_version=opened.version, note="Перезвонить")
    assert Client.objects.get(name="А").note == ""


def test_levels_are_written_in_few_statements_and_kept_in_the_history(seller):
    clients = ClientFactory.create_batch(30, owner=seller)
    with CaptureQueriesContext(connection) as queries:
        changed = write_levels({client.pk: "ABC"[client.pk % 3] for client in clients})
    assert changed == 30
    assert len([query for query in queries if "UPDATE" in query["sql"][:10]]) == 3
    assert clients[0].events.order_by("-pgh_id").first().level == "ABC"[clients[0].pk % 3]


def test_a_client_in_the_bin_keeps_his_level(seller):
    client = ClientFactory(owner=seller, archived_at=timezone.now())
    assert write_levels({client.pk: "A"}) == 0
    client.refresh_from_db()
    assert client.level == ""


# --- The job and the night ------------------------------------------------------------------


def test_only_the_head_starts_a_run(base, head, seller, lead, director):
    for person in (seller, lead, director):
        with pytest.raises(PermissionDenied):
            start_segmentation(by=person, day=DAY)
    assert not Job.objects.exists()
    start_segmentation(by=head, day=DAY)
    assert Job.objects.get().payload == {"day": "2026-10-31"}


def test_two_starts_make_one_job(base, head):
    assert start_segmentation(by=head, day=DAY) == start_segmentation(by=head, day=DAY)


def test_the_job_counts_publishes_and_says_who_asked(base, head):
    job = start_segmentation(by=head, day=DAY)

    assert run_job(job.pk)

    run = SegmentRun.objects.get()
    assert run.author == head
    assert levels()["Б"] == "A"
    job.refresh_from_db()
    assert (job.status, job.result["run"]) == ("done", run.pk)


def test_a_killed_job_does_not_count_twice(base, head):
    job = start_segmentation(by=head, day=DAY)
    run = segment_base(day=DAY, by=head)
    Job.objects.filter(pk=job.pk).update(result={"run": run.pk})

    run_job(job.pk)

    assert SegmentRun.objects.get() == run
    assert levels()["Б"] == "A"


def test_segments_come_first_in_the_night():
    steps = {step.code: step for step in all_steps()}
    assert next(iter(steps)) == "segments"
    assert steps["facts"].after == steps["service"].after == ("segments",)


def test_the_night_counts_segments_once_a_month(base):
    assert night.segments_step(date(2026, 10, 30)) == 5
    assert night.segments_step(date(2026, 10, 31)) == 0
    assert night.segments_step(date(2026, 11, 1)) == 5
    assert [run.day for run in SegmentRun.objects.order_by("pk")] == [
        date(2026, 10, 30), date(2026, 11, 1),
    ]  # fmt: skip
    assert levels()["Б"] == "A"


def test_an_empty_base_has_an_empty_run(db):
    run = segment_base(day=DAY)
    assert (run.clients, run.rows.count()) == (0, 0)
