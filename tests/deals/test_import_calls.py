"""A call log of an exchange becomes activities: once, with the right people, without double counts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.core.choices import ImportStatus
from apps.deals.actions import log_activity, reverse_activity
from apps.deals.choices import ActivityOrigin
from apps.deals.imports.calls import seconds
from apps.deals.models import Activity, Deal
from tests.deals.test_import_undo import take_back
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import DealFactory
from tests.fixtures_imports import counts_of

HEADINGS = "Дата и время;Кто звонил;С кем говорил;Длительность;Статус;ID звонка"
OURS, THEIRS, CONTACT = "+79160000001", "+74951234567", "+79265550000"


@pytest.fixture
def boris(importers):
    person = importers["boris"]
    person.phone = OURS
    person.save()
    return person


@pytest.fixture
def customer(boris):
    return ClientFactory(owner=boris, name="ООО «Ромашка»", phone=THEIRS)


@pytest.fixture
def contact(customer):
    return ContactFactory(client=customer, phone=CONTACT)


@pytest.fixture
def log(import_file):
    """Import lines of a call log."""

    def bring(*lines, headings=HEADINGS, **options):
        content = "\n".join([headings, *lines]).encode()
        return import_file("calls.csv", kind="calls", content=content, **options)

    return bring


def reasons(run):
    return [problem["code"] for row in run.import_rows.order_by("line") for problem in row.errors]


def test_calls_in_and_out_find_client_and_contact(log, boris, customer, contact):
    run = log(
        "02.11.2026 10:15:00;8 (916) 000-00-01;8 495 123-45-67;0:03:25;ANSWERED;a1",
        "02.11.2026 11:00:00;+7 926 555-00-00;89160000001;61;ANSWERED;a2",
    )

    assert counts_of(run) == (2, 0, 0, 0)
    out, back = Activity.objects.order_by("happened_at")
    assert (out.client, out.contact, out.user) == (customer, None, boris)
    assert (out.duration_minutes, out.outcome) == (4, "")
    assert out.happened_at == datetime(2026, 11, 2, 7, 15, tzinfo=UTC)
    assert (back.client, back.contact, back.duration_minutes) == (customer, contact, 2)
    assert {out.origin, back.origin} == {ActivityOrigin.MEASURED}


def test_the_same_log_again_brings_nothing(log, boris, customer):
    line = f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;a1"
    log(line)

    assert counts_of(log(line, "")) == (0, 0, 1, 0)
    assert Activity.objects.count() == 1


def test_without_a_code_moment_and_numbers_name_a_call(log, boris, customer):
    line = f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;"
    log(line)

    assert counts_of(log(line, f"02.11.2026 10:16:00;{OURS};{THEIRS};30;;")) == (1, 0, 1, 0)


def test_a_call_goes_to_the_persons_own_deal(log, boris, importers, customer):
    DealFactory(owner=importers["anna"], client=customer)
    own = DealFactory(owner=boris, client=customer)

    log(f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;a1")

    assert Activity.objects.get().deal == own
    own.refresh_from_db()
    assert own.last_activity_at == datetime(2026, 11, 2, 7, 15, tzinfo=UTC)


def test_of_several_deals_of_others_none_is_guessed(log, boris, importers, customer):
    for _number in range(2):
        DealFactory(owner=importers["anna"], client=customer)

    log(f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;a1")

    assert Activity.objects.get().deal is None


@pytest.mark.parametrize(
    ("length", "status"), [("0", "ANSWERED"), ("", "NO ANSWER"), ("12", "Пропущенный")]
)
def test_a_call_nobody_answered_is_no_talk(log, boris, customer, length, status):
    deal = DealFactory(owner=boris, client=customer)

    log(f"02.11.2026 10:15:00;{OURS};{THEIRS};{length};{status};a1")

    assert Activity.objects.get().outcome == "no_answer"
    assert Deal.objects.get(pk=deal.pk).last_activity_at is None


def test_a_planned_step_stays_planned(log, boris, customer):
    due = timezone.now() - timedelta(days=1)
    deal = DealFactory(owner=boris, client=customer, next_step="Позвонить", next_step_at=due)

    log(f"{timezone.now() - timedelta(hours=1):%d.%m.%Y %H:%M:%S};{OURS};{THEIRS};30;ANSWERED;a1")

    assert Deal.objects.get(pk=deal.pk).next_step == "Позвонить"


def test_a_call_typed_in_by_hand_is_confirmed_not_doubled(log, boris, customer):
    typed = log_activity(
        by=boris,
        kind="call",
        client=customer,
        happened_at=datetime(2026, 11, 2, 7, 25, tzinfo=UTC),
    )

    log(
        f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;a1",
        f"02.11.2026 10:20:00;{OURS};{THEIRS};30;ANSWERED;a2",
    )

    confirmed = Activity.objects.order_by("happened_at").values_list("external_id", "confirms")
    assert list(confirmed) == [("call:a1", typed.pk), ("call:a2", None), ("", None)]


def test_rows_that_mean_nothing_say_why(log, boris, customer):
    ClientFactory(owner=boris, phone="+74950000002")
    ClientFactory(owner=boris, phone="+74950000002")
    future = timezone.now() + timedelta(days=2)

    run = log(
        f"02.11.2026 10:15:00;{OURS};+74959999999;30;ANSWERED;a1",
        f"02.11.2026 10:15:00;{OURS};84950000002;30;ANSWERED;a2",
        f"02.11.2026 10:15:00;101;{THEIRS};30;ANSWERED;a3",
        f"{future:%d.%m.%Y %H:%M:%S};{OURS};{THEIRS};30;ANSWERED;a4",
        f"02.11.2026;{OURS};{THEIRS};30;ANSWERED;a5",
        f"02.11.2026 10:15:00;{OURS};{THEIRS};долго;ANSWERED;a6",
    )

    assert counts_of(run) == (0, 0, 0, 6)
    assert reasons(run) == [
        "no_client_number",
        "several_clients_number",
        "nobody_of_ours",
        "future_call",
        "date_format",
        "number_format",
    ]
    assert Activity.objects.count() == 0


def test_the_employee_may_be_named(log, boris, importers, customer):
    headings = HEADINGS + ";Сотрудник"

    run = log(
        f"02.11.2026 10:15:00;101;{THEIRS};30;ANSWERED;a1;boris@example.com",
        f"02.11.2026 10:15:00;102;{THEIRS};30;ANSWERED;a2;Никто",
        headings=headings,
    )

    assert counts_of(run) == (1, 0, 0, 1)
    assert Activity.objects.get().user == boris


def test_a_lead_brings_no_calls_of_another_team(log, boris, importers, customer):
    foreign = ClientFactory(owner=importers["vera"], phone="+74950000009")

    run = log(
        f"02.11.2026 10:15:00;{OURS};{foreign.phone};30;ANSWERED;a1;",
        f"02.11.2026 10:15:00;101;{THEIRS};30;ANSWERED;a2;vera@example.com",
        headings=HEADINGS + ";Сотрудник",
        by=importers["anna"],
    )

    assert reasons(run) == ["no_client_number", "not_allowed"]
    assert Activity.objects.count() == 0


def test_an_undone_log_can_be_imported_anew(log, boris, customer):
    line = f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;a1"
    run = take_back(log(line))
    assert (run.status, run.result["kept"]) == (ImportStatus.UNDONE, [])
    assert Activity.objects.standing().count() == 0

    assert counts_of(log(line)) == (1, 0, 0, 0)
    assert Activity.objects.standing().count() == 1
    assert counts_of(log(line)) == (0, 0, 1, 0)


def test_what_a_person_struck_out_does_not_come_back(log, boris, customer):
    line = f"02.11.2026 10:15:00;{OURS};{THEIRS};30;ANSWERED;a1"
    log(line)
    reverse_activity(Activity.objects.get(), by=boris)

    assert counts_of(log(line)) == (0, 0, 1, 0)
    assert Activity.objects.standing().count() == 0


@pytest.mark.parametrize(
    ("text", "found"), [("61", 61), ("61.0", 61), ("3:25", 205), ("1:00:05", 3605), ("", None)]
)
def test_lengths_are_read_as_exchanges_write_them(text, found):
    assert seconds(text, None) == found


def test_a_log_of_asterisk_is_understood(log, boris, customer):
    run = log(
        f"2026-11-02 10:15:00,{OURS},{THEIRS},75,61,ANSWERED,1762067700.12",
        headings="calldate,src,dst,duration,billsec,disposition,uniqueid",
    )

    assert counts_of(run) == (1, 0, 0, 0)
    assert Activity.objects.get().duration_minutes == 2
