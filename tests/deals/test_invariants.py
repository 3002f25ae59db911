"""What is always true of deals (product invariants 2-5, 9-12), tried through every door there is.

A door is a function that sends a request, or runs an import, as a person would. The actions behind
them have tests of their own; here nothing may get round them.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.urls import reverse

from apps.core.bulk import apply_batch, undo_batch
from apps.core.calendars import company_today
from apps.core.importing import undo
from apps.deals.actions import create_deal, move_deal
from apps.deals.choices import ExitField
from apps.deals.models import Deal, DealSplit, StageMove, WonAdjustment
from tests.deals.test_bulk import batch_of
from tests.deals.test_deals import won
from tests.factories.api import bearer
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ProductFactory, ScheduleLineFactory
from tests.factories.staff import AbsenceFactory
from tests.fixtures_imports import counts_of, write

pytestmark = pytest.mark.django_db
WON_ON = date(2026, 10, 5)


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


# --- 3. Won needs amount, client, date and the exit fields


def by_form(client, deal, to, by):
    client.post(address("deal_move", deal.pk, to.pk), {"on": company_today().isoformat()})


def by_board(client, deal, to, by):
    url = address("deal_drop", deal.pk, to.pk)
    client.post(f"{url}?from={deal.stage_id}", {"on": company_today().isoformat()})


def by_touch(client, deal, to, by):
    """The menu of a card, which only asks."""
    client.post(address("deal_drop", deal.pk, to.pk), {"dropped": "1"})


def by_bulk(client, deal, to, by):
    client.post(address("deal_bulk", "stage"), {"pk": [deal.pk], "stage": to.pk, "go": "1"})


def by_edit(client, deal, to, by):
    said = {"title": deal.title, "currency": "RUB", "stage": to.pk, "outcome": "won", "version": 1}
    client.post(address("deal_edit", deal.pk), said)


def by_cell(client, deal, to, by):
    for field in ("amount", "expected", "step"):
        said = {"version": deal.version, "stage": to.pk, "outcome": "won", "was": ""}
        client.post(address("deal_cell", deal.pk, field), said, headers={"HX-Request": "true"})


def by_log(client, deal, to, by):
    client.post(address("deal_log", deal.pk), {"kind": "call", "outcome": "agreed", "stage": to.pk})


DOORS = [by_form, by_board, by_touch, by_bulk, by_edit, by_cell, by_log]
LACKING = {
    "amount": {"amount": None, "amount_base": None},
    "client": {"client": None},
    "products": {},
}


@pytest.mark.parametrize("lacking", LACKING)
@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_won_that_lacks_something(client, lead, seller, pipeline, stages, door, lacking):
    if lacking == "products":
        stages.contract.exit_fields = [ExitField.LINES]
        stages.contract.save()
    deal = DealFactory(owner=seller, pipeline=pipeline, stage=stages.contract, **LACKING[lacking])
    client.force_login(lead)

    door(client, deal, stages.won, lead)

    deal.refresh_from_db()
    assert (deal.outcome, deal.stage, deal.closed_on) == ("open", stages.contract, None)
    assert not StageMove.objects.exists()


@pytest.mark.parametrize("door", [by_form, by_board])
def test_what_has_everything_is_won_with_its_day(client, seller, deal, stages, door):
    client.force_login(seller)

    door(client, deal, stages.won, seller)

    deal.refresh_from_db()
    assert (deal.outcome, deal.closed_on) == ("won", company_today())
    assert deal.moves.get().amount_base == Decimal("100000.00")


@pytest.mark.parametrize("end", ["won", "lost"])
def test_no_form_makes_a_deal_that_is_closed(client, seller, stages, client_company, end):
    client.force_login(seller)
    said = {"title": "Новая", "stage": getattr(stages, end).pk, "currency": "RUB"}

    client.post(address("deal_create"), said | {"client": client_company.pk, "amount": "1"})

    assert not Deal.objects.filter(title="Новая").exists()


HEAD = "external_id,client,inn,title,amount,currency,stage,close_date,manager_email"


def imported(import_file, row, by=None):
    return import_file("a.csv", content=f"{HEAD}\r\n{row}".encode(), by=by)


@pytest.mark.parametrize(
    "row",
    [
        "D-1,ООО «Ёлка»,,Станок,,RUB,won,2026-01-10,boris@example.com",
        "D-1,,,Станок,1000,RUB,won,2026-01-10,boris@example.com",
        "D-1,ООО «Ёлка»,,Станок,1000,RUB,won,2031-01-10,boris@example.com",
    ],
    ids=["amount", "client", "future"],
)
def test_no_file_brings_a_win_that_lacks_something(import_file, row):
    imported(import_file, row)

    assert not Deal.objects.filter(outcome="won").exists()
    assert not StageMove.objects.filter(to_stage__kind="won").exists()


def test_the_admin_panel_holds_no_deals():
    models = set(apps.get_app_config("deals").get_models())

    assert not models & set(admin.site._registry)


# --- 4. Editing an old won deal moves no money between months


def edit_form(client, deal):
    said = {"title": deal.title, "client": deal.client_id, "currency": "RUB", "amount": "90000"}
    client.post(address("deal_edit", deal.pk), said | {"version": deal.version})


def cell(client, deal):
    said = {"version": deal.version, "amount": "90000"}
    client.post(address("deal_cell", deal.pk, "amount"), said, headers={"HX-Request": "true"})


def lines(client, deal):
    row = {"product": ProductFactory(list_price=90000).pk, "quantity": "1"}
    row |= {"list_price": "90000", "sold_price": "90000"}
    said = {f"form-0-{name}": value for name, value in row.items()}
    said |= {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "follow_amount": "on"}
    client.post(address("deal_lines", deal.pk), said | {"version": deal.version})


@pytest.mark.parametrize("door", [edit_form, cell, lines])
def test_an_edit_of_an_old_win_counts_today(client, seller, deal, stages, door):
    deal = won(deal, stages, on=WON_ON)
    client.force_login(seller)

    door(client, deal)

    deal.refresh_from_db()
    assert (deal.amount, deal.closed_on) == (Decimal("90000.00"), WON_ON)
    assert revenue(WON_ON) == Decimal("100000.00")
    assert revenue(company_today()) == Decimal("-10000.00")


def test_a_second_version_of_a_file_leaves_the_old_month_alone(import_file):
    row = "D-1,ООО «Ёлка»,,Станок,{sum},RUB,won,2026-01-10,boris@example.com"
    imported(import_file, row.format(sum=1000))
    imported(import_file, row.format(sum=1500))

    assert revenue(date(2026, 1, 10)) == Decimal(1000)
    # Either the file is refused, or the difference counts today.
    booked = Deal.objects.get().amount_base
    assert revenue(company_today()) == booked - 1000


def revenue(day):
    """What counts on the day: wins of the day and differences booked on it."""
    moves = StageMove.objects.filter(to_stage__kind="won", happened_on=day)
    edits = WonAdjustment.objects.filter(happened_on=day)
    parts = [rows.aggregate(sum=Sum("amount_base"))["sum"] or 0 for rows in (moves, edits)]
    return sum(parts)


# --- 5. Each deal enters a stage once


def drop_with_undo(client, deal, to, by):
    """To the stage, back by "Undo", and there again."""
    here = deal.stage_id
    for stage in (to.pk, here, to.pk):
        client.post(address("deal_drop", deal.pk, stage))


def click_with_undo(client, deal, to, by):
    here = deal.stage_id
    for stage in (to.pk, here, to.pk):
        client.post(address("deal_move", deal.pk, stage))


def bulk_with_undo(client, deal, to, by):
    for _number in range(2):
        batch = batch_of("stage", [deal], by, stage=to.pk)
        apply_batch(batch, by=by)
        undo_batch(batch, by=by)
        deal.refresh_from_db()


@pytest.mark.parametrize("door", [drop_with_undo, click_with_undo, bulk_with_undo])
def test_a_stage_is_entered_for_the_first_time_once(client, lead, seller, pipeline, stages, door):
    deal = create_deal(
        by=seller,
        owner=seller,
        title="Поставка",
        pipeline=pipeline,
        client=ClientFactory(owner=seller),
        amount=Decimal(1000),
    )
    client.force_login(lead)

    door(client, deal, stages.quote, lead)

    entries = deal.moves.filter(to_stage=stages.quote)
    assert entries.count() == 2
    assert entries.filter(is_first_entry=True).count() == 1
    assert deal.moves.filter(to_stage=stages.lead, is_first_entry=True).count() == 1


def test_a_lost_deal_stays_among_those_that_entered(seller, deal, stages, reason):
    move_deal(deal, to=stages.quote, by=seller)
    move_deal(deal, to=stages.lost, by=seller, reason=reason)

    entered = StageMove.objects.filter(to_stage=stages.quote, is_first_entry=True)
    assert list(entered.values_list("deal", flat=True)) == [deal.pk]


# --- 2. Two people on a deal: the shares make the whole, the count is the owner's


@pytest.mark.parametrize(("shares", "is_whole"), [((60, 40), True), ((60, 41), False)])
def test_shares_make_the_whole_or_nothing(client, lead, deal, seller, colleague, shares, is_whole):
    client.force_login(lead)
    said = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "version": "1"}
    for number, (user, share) in enumerate(zip((seller, colleague), shares, strict=True)):
        said |= {f"form-{number}-user": user.pk, f"form-{number}-percent": share}

    client.post(address("deal_splits", deal.pk), said)

    total = DealSplit.objects.aggregate(sum=Sum("share"))["sum"]
    assert total == (1 if is_whole else None)
    deal.refresh_from_db()
    assert deal.owner == seller


# --- 9. A preview changes nothing; apply and undo give every owner back


def test_owners_come_back_after_a_batch(lead, seller, colleague, pipeline):
    deals = [DealFactory(owner=owner, pipeline=pipeline) for owner in (seller, colleague, seller)]
    before = owners()

    batch = batch_of("assign", deals, lead, owner=lead.pk)
    assert owners() == before
    apply_batch(batch, by=lead)
    assert set(owners().values()) == {lead.pk}
    undo_batch(batch, by=lead)

    assert owners() == before


def test_owners_come_back_after_an_import(import_file, importers):
    row = "D-1,ООО «Ёлка»,,Станок,1000,RUB,new,,{who}@example.com"
    imported(import_file, row.format(who="boris"))
    before = owners()
    run = imported(import_file, row.format(who="anna"))

    undo.begin_undo(run)
    for _progress in undo.undo_run(run):
        pass

    assert owners() == before


def owners():
    return dict(Deal.objects.values_list("pk", "owner"))


# --- 10. Who is away gets no leads


def hand_over(client, deal, to, by):
    client.post(address("deal_assign", deal.pk), {"owner": to.pk})


def hand_over_in_cell(client, deal, to, by):
    said = {"version": deal.version, "owner": to.pk}
    client.post(address("deal_cell", deal.pk, "owner"), said, headers={"HX-Request": "true"})


def hand_over_in_bulk(client, deal, to, by):
    apply_batch(batch_of("assign", [deal], by, owner=to.pk), by=by)


HANDS = [hand_over, hand_over_in_cell, hand_over_in_bulk]


@pytest.fixture
def away(colleague):
    """A colleague on leave from yesterday until the day after tomorrow."""
    today = company_today()
    AbsenceFactory(
        user=colleague, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=2)
    )
    return colleague


@pytest.mark.parametrize("door", HANDS)
def test_a_lead_does_not_go_to_somebody_who_is_away(client, lead, seller, deal, away, door):
    client.force_login(lead)

    door(client, deal, away, lead)

    assert owners() == {deal.pk: seller.pk}


@pytest.mark.parametrize("door", HANDS)
def test_a_deal_in_work_may_wait_for_him(client, lead, pipeline, stages, seller, away, door):
    deal = DealFactory(owner=seller, pipeline=pipeline, stage=stages.quote)
    client.force_login(lead)

    door(client, deal, away, lead)

    assert owners() == {deal.pk: away.pk}


def test_no_new_lead_is_made_for_somebody_who_is_away(client, lead, stages, away):
    client.force_login(lead)
    said = {"title": "Новая", "stage": stages.lead.pk, "owner": away.pk, "currency": "RUB"}

    refused = client.post(address("deal_create"), said)

    assert refused.status_code == 422
    assert not Deal.objects.exists()


# --- 11. Only one's own part is seen, in every list alike


LISTS = [
    "/deals/?view=list&outcome=",
    "/deals/board/",
    "/deals/export/?format=csv&outcome=",
    "/deals/choices/deals/",
    "/deals/choices/clients/",
    "/deals/receivables/",
    "/deals/debtors/",
    "/deals/debtors/export/csv/",
    "/clients/",
    "/search/?q=Тайна",
]


@pytest.mark.parametrize("url", LISTS)
def test_a_list_holds_ones_own_part_only(client, seller, stranger, pipeline, stages, url):
    for owner, word in ((seller, "Своя Тайна"), (stranger, "Чужая Тайна")):
        company = ClientFactory(owner=owner, name=f"{word} клиент")
        common = {"owner": owner, "pipeline": pipeline, "client": company}
        DealFactory(title=f"{word} открытая", opened_on=company_today(), **common)
        sold = DealFactory(title=word, stage=stages.won, outcome="won", closed_on=WON_ON, **common)
        ScheduleLineFactory(deal=sold, due_on=WON_ON)
    client.force_login(seller)

    text = body_of(client.get(url))

    assert "Своя Тайна" in text
    assert "Чужая Тайна" not in text


def test_the_api_gives_ones_own_part_only(client, seller, stranger, pipeline):
    own, _foreign = [DealFactory(owner=owner, pipeline=pipeline) for owner in (seller, stranger)]

    rows = client.get(reverse("api:deal_list"), **bearer(seller)).json()["results"]

    assert [row["id"] for row in rows] == [own.pk]


def body_of(response):
    assert response.status_code == 200
    parts = response.streaming_content if response.streaming else [response.content]
    text = b"".join(parts).decode()
    is_json = "json" in response["Content-Type"]
    return text.encode().decode("unicode_escape") if is_json else text


# --- 12. An import run twice makes nothing twice


@pytest.mark.parametrize("name", ["a.csv", "b.csv"])
def test_a_file_taken_twice_makes_nothing_twice(import_file, importers, name):
    row = "D-1,ООО «Ёлка»,,Станок,1000,RUB,won,2026-01-10,boris@example.com"
    first = imported(import_file, row)
    made = everything()

    run = import_file(name, content=f"{HEAD}\r\n{row}".encode())

    assert counts_of(run) == (0, 0, 1, 0)
    with pytest.raises(ValidationError):
        write(first)
    assert everything() == made


def everything():
    return (
        list(Deal.objects.values_list("pk", "version")),
        StageMove.objects.count(),
        WonAdjustment.objects.count(),
        apps.get_model("clients", "Client").objects.count(),
    )
