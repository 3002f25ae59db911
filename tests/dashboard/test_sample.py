"""The sample department holds every rule that the product holds, and looks alive on any day."""

import hashlib
from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.models import Avg, Count, F, Max, Q, Sum
from django.utils import timezone
from stdnum.ru import inn

from apps.clients.models import Client, Contact, OwnerChange
from apps.core.calendars import WorkCalendar, day_start
from apps.core.models import Company, ExportRecord
from apps.core.periods import month_of
from apps.dashboard.sample.department import Size, make_department
from apps.dashboard.sample.identity import company_inn, latin, person_inn
from apps.deals.choices import Outcome, StageKind
from apps.deals.models import (
    Activity,
    Allocation,
    Deal,
    DealLine,
    DealSplit,
    DebtCall,
    PromiseToPay,
    Receipt,
    ScheduleLine,
    StageMove,
    WonAdjustment,
)
from apps.kpis.choices import PlanLevel
from apps.kpis.models import PlanLine, PlanVersion
from apps.staff.choices import NodeKind, Role
from apps.staff.models import Absence, DataReading, Membership, TeamNode, User
from apps.tasks.models import Task

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
SMALL = Size(deals=250, clients=90)
# What is compared between two runs: business values, never ids given by sequences.
COMPARED = (
    (User, "pk email last_name first_name role team__name hired_on dismissed_on ramp_share"),
    (Membership, "user_id node__name position__name started_on ended_on"),
    (Absence, "user_id kind starts_on ends_on"),
    (Client, "pk name inn kpp phone email city owner_id level potential source__name created_at"),
    (Contact, "pk client_id name position phone email"),
    (OwnerChange, "client_id old_owner_id new_owner_id happened_at recorded_at reason"),
    (
        Deal,
        "pk title client_id contact_id stage__name stage_since outcome owner_id amount opened_on "
        "expected_close_on closed_on next_step next_step_at last_activity_at "
        "competitor__name closed_from__name refusal_reason__name source__name created_at",
    ),
    (DealLine, "deal_id product__name quantity list_price sold_price"),
    (DealSplit, "deal_id user_id share"),
    (StageMove, "deal_id to_stage__name owner_id amount_base happened_at recorded_at"),
    (WonAdjustment, "deal_id amount_base happened_on"),
    (Activity, "pk kind deal_id client_id user_id outcome text happened_at recorded_at"),
    (ScheduleLine, "deal_id title due_on amount paid"),
    (Receipt, "client_id received_on amount number note recorded_at"),
    (Allocation, "receipt_id line_id amount owner_id happened_on"),
    (DebtCall, "activity_id client_id owner_id result next_call_on recorded_at"),
    (PromiseToPay, "call_id line_id amount made_on promised_on owner_id recorded_at"),
    (Task, "title assignee_id author_id due_at done_at object_id"),
    (PlanLine, "version__year month node__name user_id level amount"),
)


def make(today: date = TODAY, seed: int = 7, size: Size = SMALL):
    return make_department(seed=seed, today=today, size=size, password="north-wind-blows")


@pytest.fixture(scope="module")
def north_wind(django_db_setup, django_db_blocker):
    """The default department, made once for the tests that only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make(size=Size())
        transaction.set_rollback(True)


def digest() -> str:
    seen = hashlib.sha256()
    for model, fields in COMPARED:
        rows = model.objects.order_by("pk").values_list(*fields.split())
        seen.update(repr(list(rows)).encode())
    return seen.hexdigest()


def made_and_undone(**options) -> str:
    with transaction.atomic():
        make(**options)
        seen = digest()
        transaction.set_rollback(True)
    return seen


# --- The same again, and only once --------------------------------------------------------------


def test_the_same_seed_and_day_give_the_same_rows():
    assert made_and_undone() == made_and_undone()


def test_another_seed_gives_another_department():
    assert made_and_undone() != made_and_undone(seed=8)


def test_a_database_with_people_is_left_alone():
    User.objects.create_user("somebody@example.com", "long-password-1", last_name="A")

    with pytest.raises(ValidationError) as refusal:
        make()

    assert refusal.value.code == "not_empty"
    assert (User.objects.count(), Deal.objects.count(), Client.objects.count()) == (1, 0, 0)


def test_the_command_prints_log_ins_that_work():
    out = StringIO()
    call_command("make_department", deals=200, password="north-wind-blows", stdout=out)

    assert "head@example.com" in out.getvalue()
    head = User.objects.get(role=Role.HEAD)
    assert head.email == "head@example.com"
    assert head.check_password("north-wind-blows")
    with pytest.raises(CommandError):
        call_command("make_department", stdout=out)


@pytest.mark.parametrize(
    "today",
    [date(2026, 12, 1), date(2027, 1, 1), date(2028, 2, 29), date(2026, 11, 8), date(2026, 12, 31)],
)
def test_nothing_has_happened_on_the_day_itself_yet(today):
    make(today=today)

    assert Deal.objects.filter(Q(opened_on__gte=today) | Q(closed_on__gte=today)).count() == 0
    for model in (StageMove, Activity, Allocation, WonAdjustment):
        assert model.objects.filter(happened_on__gte=today).count() == 0
        assert model.objects.filter(recorded_at__gte=day_start(today)).count() == 0
    assert Receipt.objects.filter(received_on__gte=today).count() == 0
    assert Deal.objects.open().count() > 0
    assert PlanLine.objects.filter(month=today.replace(day=1), user=None).exists()


# --- Rules of deals -----------------------------------------------------------------------------


def test_stage_history_agrees_with_the_deal(north_wind):
    moves = defaultdict(list)
    for move in StageMove.objects.order_by("happened_at", "pk").select_related("to_stage"):
        moves[move.deal_id].append(move)
    deals = list(Deal.objects.select_related("stage"))

    assert len(deals) == 5500
    for deal in deals:
        path = moves[deal.pk]
        assert [m.from_stage_id for m in path] == [None, *(m.to_stage_id for m in path[:-1])]
        assert len({m.to_stage_id for m in path}) == len(path)
        assert path[0].happened_on == deal.opened_on
        assert (path[-1].to_stage_id, path[-1].happened_at) == (deal.stage_id, deal.stage_since)
        assert {m.to_stage.pipeline_id for m in path} == {deal.pipeline_id}
        if deal.outcome != Outcome.OPEN:
            assert path[-1].happened_on == deal.closed_on
            assert path[-1].owner_id == deal.owner_id


def test_outcome_agrees_with_the_kind_of_stage(north_wind):
    ends = {Outcome.WON: [StageKind.WON], Outcome.LOST: [StageKind.LOST]}
    for outcome in Outcome:
        kinds = ends.get(outcome, [StageKind.LEAD, StageKind.OPEN])
        deals = Deal.objects.filter(outcome=outcome)
        assert deals.exists()
        assert deals.exclude(stage__kind__in=kinds).count() == 0


def test_won_events_with_adjustments_make_the_won_amount(north_wind):
    events = defaultdict(Decimal)
    for deal, amount in StageMove.objects.filter(to_stage__kind=StageKind.WON).values_list(
        "deal", "amount_base"
    ):
        events[deal] += amount
    assert WonAdjustment.objects.exists()
    for deal, amount in WonAdjustment.objects.values_list("deal", "amount_base"):
        events[deal] += amount

    won = Deal.objects.filter(outcome=Outcome.WON).values_list("pk", "amount_base")
    assert events == dict(won)


def test_lines_make_the_amount_and_splits_make_one(north_wind):
    lines = Deal.objects.exclude(lines=None).annotate(
        total=Sum(F("lines__quantity") * F("lines__sold_price"))
    )
    assert lines.count() > 2000
    assert lines.exclude(total=F("amount")).count() == 0
    splits = Deal.objects.exclude(splits=None).annotate(total=Sum("splits__share"))
    assert splits.count() > 20
    assert splits.exclude(total=1).count() == 0


def test_money_is_allocated_as_paid_and_never_beyond_the_receipt(north_wind):
    paid = ScheduleLine.objects.annotate(booked=Sum("allocations__amount", default=Decimal(0)))
    assert paid.filter(paid__gt=0).count() > 500
    assert paid.exclude(booked=F("paid")).count() == 0
    receipts = Receipt.objects.filter(reversal_of=None).annotate(
        used=Sum("allocations__amount", default=Decimal(0))
    )
    assert receipts.filter(used__gt=F("amount")).count() == 0
    assert receipts.filter(used__lt=F("amount")).exists()  # advances
    assert Receipt.objects.exclude(reversal_of=None).exists()
    won = Deal.objects.filter(outcome=Outcome.WON).annotate(billed=Sum("schedule__amount"))
    assert won.exclude(billed=F("amount")).count() == 0


def test_last_activity_is_the_latest_one(north_wind):
    latest = dict(
        Activity.objects.exclude(deal=None)
        .values_list("deal")
        .annotate(Max("happened_at"))
        .order_by()
    )
    known = dict(Deal.objects.exclude(last_activity_at=None).values_list("pk", "last_activity_at"))
    # A talk that was noted at the client alone still counts as the deal's latest.
    assert all(known[deal] >= moment for deal, moment in latest.items())
    assert sum(known[deal] == moment for deal, moment in latest.items()) > 0.9 * len(latest)


# --- Rules of people and clients ----------------------------------------------------------------


def test_people_act_only_while_they_work_here(north_wind):
    for model, day in ((Activity, "happened_on"), (StageMove, "happened_on")):
        person = "user" if model is Activity else "owner"
        before = Q(**{f"{day}__lt": F(f"{person}__hired_on")})
        after = Q(**{f"{day}__gte": F(f"{person}__dismissed_on")})
        assert model.objects.filter(before | after).count() == 0
    assert Deal.objects.open().exclude(owner__dismissed_on=None).count() == 0
    assert Client.objects.exclude(owner__dismissed_on=None).count() == 0


def test_nobody_talks_while_away(north_wind):
    for absence in Absence.objects.filter(starts_on__lt=TODAY):
        talks = absence.user.activities.filter(
            happened_on__gte=absence.starts_on, happened_on__lt=absence.ends_on
        )
        assert talks.count() == 0


def test_the_last_change_of_owner_names_the_owner(north_wind):
    last = {}
    for change in OwnerChange.objects.order_by("happened_at", "pk"):
        assert change.old_owner_id == last.get(change.client_id)
        last[change.client_id] = change.new_owner_id
    assert last == dict(Client.objects.values_list("pk", "owner"))


def test_tax_numbers_have_true_check_digits_and_no_tax_office(north_wind):
    numbers = list(Client.objects.exclude(inn="").values_list("inn", flat=True))
    assert len(numbers) == 1500
    assert all(inn.is_valid(number) and number.startswith("00") for number in numbers)
    assert inn.is_valid(company_inn(123))
    assert inn.is_valid(person_inn(123))


def test_the_tree_has_its_leaders_and_people_their_places(north_wind):
    assert TeamNode.objects.filter(leader=None).count() == 0
    assert TeamNode.objects.filter(kind=NodeKind.TEAM).count() == 3
    assert User.objects.count() == 25
    for person in User.objects.prefetch_related("memberships"):
        places = sorted(person.memberships.all(), key=lambda place: place.started_on)
        assert places[0].started_on == person.hired_on
        assert places[-1].node_id == person.team_id
        assert places[-1].ended_on == person.dismissed_on


def test_plans_add_up_from_people_to_the_company(north_wind):
    assert PlanVersion.objects.filter(year=TODAY.year, status="approved").count() == 1
    for (month, level), rows in by_month_and_level().items():
        people = [row for row in rows if row.user_id]
        totals = {row.node.kind: row.amount for row in rows if not row.user_id}
        teams = {
            r.node_id: r.amount for r in rows if not r.user_id and r.node.kind == NodeKind.TEAM
        }
        assert totals[NodeKind.DEPARTMENT] == totals[NodeKind.COMPANY] == sum(teams.values())
        for team, amount in teams.items():
            assert amount == sum(r.amount for r in people if r.node_id == team), (month, level)


def test_a_plan_waits_for_the_director_after_it_was_returned(north_wind):
    ways = {
        version.number: [step.to_status for step in version.steps.all()]
        for version in PlanVersion.objects.filter(year=TODAY.year + 1)
    }
    waiting = PlanVersion.objects.waiting().get()

    assert ways == {1: ["submitted", "returned"], 2: ["submitted"]}
    assert waiting.answer_by > TODAY
    wholes = {
        year: PlanLine.objects.filter(
            version__in=versions, node__kind=NodeKind.COMPANY, level=PlanLevel.PLAN
        ).aggregate(total=Sum("amount"))["total"]
        for year, versions in (
            (TODAY.year, PlanVersion.objects.filter(year=TODAY.year, status="approved")),
            (TODAY.year + 1, [waiting]),
        )
    }
    assert Decimal("1.08") < wholes[TODAY.year + 1] / wholes[TODAY.year] < Decimal("1.12")
    in_force = PlanVersion.objects.get(year=TODAY.year, status="approved")
    assert [step.to_status for step in in_force.steps.all()] == ["submitted", "approved"]


def by_month_and_level():
    rows = defaultdict(list)
    for line in PlanLine.objects.filter(version__status="approved").select_related("node"):
        rows[line.month, line.level].append(line)
    assert len(rows) == 26 * 3  # 24 months, the running one and December
    return rows


# --- Believable at first glance -----------------------------------------------------------------


def test_conversion_cycle_and_cheque_are_those_of_a_living_department(north_wind):
    closed = Deal.objects.exclude(outcome=Outcome.OPEN)
    won = closed.filter(outcome=Outcome.WON)
    cycle = won.aggregate(days=Avg(F("closed_on") - F("opened_on")))["days"].days
    cheque = won.aggregate(Avg("amount"))["amount__avg"]

    assert 0.15 < won.count() / closed.count() < 0.25
    assert 20 <= cycle <= 45
    assert 500_000 < cheque < 1_200_000
    assert won.filter(amount__range=(150_000, 2_000_000)).count() > 0.85 * won.count()


def test_the_running_month_is_behind_its_pace_without_being_lost(north_wind):
    month = month_of(TODAY)
    fact = Deal.objects.won_in(month).aggregate(Sum("amount_base"))["amount_base__sum"]
    plan = PlanLine.objects.get(
        month=month.start, node__kind=NodeKind.COMPANY, level=PlanLevel.PLAN
    ).amount
    calendar = WorkCalendar.load(month.start, month.end)
    gone = calendar.working_days_gone(month, TODAY) / len(calendar.working_days(month))

    assert 40_000_000 < plan < 55_000_000
    assert 0.6 * gone < fact / plan < gone


def test_one_month_went_wrong(north_wind):
    plans = dict(
        PlanLine.objects.filter(
            version__status="approved", node__kind=NodeKind.COMPANY, level=PlanLevel.PLAN
        ).values_list("month", "amount")
    )
    shares = {}
    for month, plan in plans.items():
        won = Deal.objects.won_in(month_of(month)).aggregate(total=Sum("amount_base"))["total"]
        shares[month] = (won or 0) / plan
    lived = {month: share for month, share in shares.items() if month < date(2026, 11, 1)}

    assert min(lived, key=lived.get) == date(2026, 4, 1)
    assert lived[date(2026, 4, 1)] < Decimal("0.7")
    assert sum(share > Decimal("0.8") for share in lived.values()) > 18


def test_life_has_its_dirt(north_wind):
    now_open = Deal.objects.open()
    assert User.objects.exclude(dismissed_on=None).count() == 1
    assert Client.objects.filter(owner=None).count() == 1
    twins = Client.objects.values("phone").annotate(n=Count("pk")).filter(n__gt=1)
    assert twins.count() >= 10
    assert User.objects.filter(ramp_share__lt=1).exists()
    assert Membership.objects.filter(ended_on__isnull=False, user__dismissed_on=None).count() == 1
    assert Deal.objects.filter(expected_close_on__lt=F("opened_on")).exists()
    assert Deal.objects.filter(expected_close_on__year__gt=2030).exists()
    assert now_open.filter(expected_close_on__lt=TODAY).exists()
    assert now_open.filter(next_step_at=None).exists()
    assert now_open.filter(next_step_at__date__lt=TODAY).exists()
    assert now_open.filter(next_step_at__date=TODAY).exists()
    assert now_open.filter(next_step_at__date__gt=TODAY).exists()
    assert Deal.objects.filter(outcome=Outcome.LOST).exclude(competitor=None).exists()
    assert Task.objects.filter(done_at=None, due_at__date__lt=TODAY).exists()
    assert Task.objects.filter(done_at__gt=F("due_at")).exists()
    quiet = User.objects.selling().working().annotate(last=Max("activities__happened_on"))
    assert quiet.filter(last__lt=date(2026, 11, 1)).count() == 1


def test_debts_stand_in_every_bucket_of_age(north_wind):
    ages = [
        (TODAY - due).days for due in ScheduleLine.objects.unpaid().values_list("due_on", flat=True)
    ]
    for low, high in ((-400, 0), (1, 30), (31, 60), (61, 90), (91, 800)):
        assert any(low <= age <= high for age in ages), (low, high)


# --- The house in order afterwards --------------------------------------------------------------


def test_later_rows_go_on_with_history_and_guards_awake(north_wind):
    with transaction.atomic():
        client = Client.objects.create(name="Новый")
        assert client.pk > Client.objects.exclude(pk=client.pk).aggregate(Max("pk"))["pk__max"]
        history = Client.pgh_event_models["insert"].objects
        assert history.filter(pgh_obj_id=client.pk).count() == 1
        assert history.count() == 1  # no audit rows for invented data
        transaction.set_rollback(True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Activity.objects.order_by("pk")[:1].get().delete()


def test_the_company_counts_as_set_up(north_wind):
    company = Company.current()
    assert company.name == "Северный ветер"
    assert company.set_up_at is not None


def test_russian_letters_become_an_address():
    assert latin("Щукин Ёж") == "schukin-ezh"


def test_the_access_log_shows_a_closed_look_and_who_exported(north_wind):
    (reading,) = DataReading.objects.select_related("admin")
    assert (reading.admin.role, reading.closed_at < timezone.now()) == ("admin", True)
    assert not DataReading.objects.open().exists()
    assert [read.path for read in reading.pages.all()] == [
        f"/deals/{pk}/" for pk in Deal.objects.order_by("pk").values_list("pk", flat=True)[:3]
    ]
    assert sorted(ExportRecord.objects.values_list("user__role", flat=True)) == [
        "head", "head", "lead",
    ]  # fmt: skip
