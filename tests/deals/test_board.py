"""The board: what stands in its columns, what a drop does, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import company_today, day_start
from apps.core.models import SavedView, Tag
from apps.deals.models import Deal, DealSplit, Pipeline, StageMove
from tests.factories.clients import ClientFactory, SourceFactory
from tests.factories.deals import DealFactory, StageFactory, staged_pipeline

pytestmark = pytest.mark.django_db

BOARD = "/deals/board/"


@pytest.fixture
def make(seller, pipeline):
    def one(**fields):
        return DealFactory(**{"owner": seller, "pipeline": pipeline, **fields})

    return one


def columns(client, user, query=""):
    """The cards of every column that has some, by the name of the stage."""
    client.force_login(user)
    answer = client.get(BOARD + query)
    assert answer.status_code == 200
    board = answer.context["board"]
    return {
        column.stage.name: [card.pk for card in column.cards]
        for column in board.columns
        if column.cards
    }


def drop(browser, user, deal, to, left=None, **form):
    browser.force_login(user)
    address = reverse("deals:deal_drop", args=[deal.pk, to.pk])
    query = f"?from={left.pk}" if left else ""
    return browser.post(address + query, form or {"dropped": "1"}, headers={"HX-Request": "true"})


def state(deal):
    fields = Deal.objects.filter(pk=deal.pk).values().get()
    return fields, list(StageMove.objects.filter(deal=deal).values())


def test_columns_count_sum_and_weigh_what_they_hold(client, seller, make, stages):
    make(amount=Decimal("1000.00"))
    make(amount=Decimal("500.50"))
    make(stage=stages.quote, amount=Decimal("2000.00"))
    make(stage=stages.quote, amount=None)

    client.force_login(seller)
    board = client.get(BOARD).context["board"]

    # Запрос weighs 0.1, КП 0.3: 1500.50 × 0.1 = 150.05, 2000 × 0.3 = 600.
    assert [(one.count, one.amount, one.weighted) for one in board.columns] == [
        (2, Decimal("1500.50"), Decimal("150.05")),
        (2, Decimal("2000.00"), Decimal("600.00")),
        (0, Decimal("0"), Decimal("0.00")),
    ]
    assert (board.count, board.amount, board.weighted) == (
        4,
        Decimal("3500.50"),
        Decimal("750.05"),
    )


def test_cards_stand_by_their_step_and_none_is_last(client, seller, make):
    now = timezone.now()
    none = make(next_step_at=None)
    later = make(next_step="Позвонить", next_step_at=now + timedelta(days=3))
    overdue = make(next_step="Позвонить", next_step_at=now - timedelta(days=3))

    assert columns(client, seller) == {"Запрос": [overdue.pk, later.pk, none.pk]}


def test_only_open_deals_of_the_scope_and_the_pipeline_are_shown(client, people, make, stages):
    own = make()
    foreign = make(owner=people["stranger"])
    make(stage=stages.won, outcome="won", closed_on=company_today())
    make(archived_at=timezone.now())
    make(pipeline=staged_pipeline())

    assert columns(client, people["seller"]) == {"Запрос": [own.pk]}
    assert columns(client, people["lead"]) == {"Запрос": [own.pk]}
    assert columns(client, people["head"]) == {"Запрос": [own.pk, foreign.pk]}
    assert columns(client, people["colleague"]) == {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?overdue_step=on", {"overdue"}),
        ("?today_step=on", {"today"}),
        ("?no_step=on", {"none", "sourced", "tagged", "stuck"}),
        ("?stuck=on", {"stuck"}),
        ("?source={source}", {"sourced"}),
        ("?tag={tag}", {"tagged"}),
        ("?owner={stranger}", {"foreign"}),
        ("?q=Турбина", {"sourced"}),
    ],
)
def test_filters_are_those_of_the_list(client, people, make, query, expected):
    now, source, tag = timezone.now(), SourceFactory(), Tag.objects.create(name="Тендер")
    midnight = day_start(company_today() + timedelta(days=1)) - timedelta(seconds=1)
    deals = {
        "overdue": make(next_step="a", next_step_at=now - timedelta(days=1)),
        "today": make(next_step="a", next_step_at=midnight),
        "none": make(),
        "sourced": make(source=source, title="Турбина"),
        "tagged": make(),
        "stuck": make(stage_since=now - timedelta(days=90)),
        "foreign": make(
            owner=people["stranger"], next_step="a", next_step_at=now + timedelta(days=5)
        ),
    }
    deals["tagged"].tags.add(tag)
    query = query.format(source=source.pk, tag=tag.pk, stranger=people["stranger"].pk)

    found = columns(client, people["head"], query).get("Запрос", [])

    assert {name for name, deal in deals.items() if deal.pk in found} == expected
    answer = client.get(f"{reverse('deals:deal_list')}{query}&outcome=open")
    assert {row.pk for row in answer.context["page"].object_list} == set(found)


def test_quick_filters_carry_their_counts_whichever_is_chosen(client, seller, make):
    make()
    make(next_step="a", next_step_at=timezone.now() - timedelta(days=1))
    client.force_login(seller)

    for query in ("", "?no_step=on"):
        board = client.get(BOARD + query).context["board"]
        assert board.quick == {"overdue_step": 1, "today_step": 0, "no_step": 1}
    assert board.count == 1


def test_the_pipeline_is_remembered_by_person(client, seller, people, make):
    other = staged_pipeline(name="Вторая")
    deal = make(pipeline=other)
    client.force_login(seller)
    client.get(f"{BOARD}?pipeline={other.pk}")

    assert columns(client, seller) == {"Запрос": [deal.pk]}
    assert columns(client, people["head"]) == {}


def test_the_board_or_the_list_is_remembered(client, seller, make):
    client.force_login(seller)
    assert client.get(reverse("deals:deal_list")).status_code == 200
    client.get(BOARD)
    assert client.get(reverse("deals:deal_list")).headers["Location"] == BOARD
    assert client.get(reverse("deals:deal_list") + "?view=list").status_code == 200
    assert client.get(reverse("deals:deal_list")).status_code == 200
    assert SavedView.objects.get().query.startswith("face=list")


def count(client, user, query=""):
    client.force_login(user)
    client.get(BOARD + query)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(BOARD + query)
    assert answer.status_code == 200
    return len(queries)


def test_the_stuck_filter_costs_one_statement_for_what_was_learned(client, head, make):
    make(stage_since=timezone.now() - timedelta(days=90))

    assert count(client, head, "?stuck=on") <= 9


@pytest.mark.parametrize("role", ["seller", "head"])
def test_statements_do_not_grow_with_the_cards(client, people, stages, make, role):
    open_stages = (stages.lead, stages.quote, stages.contract)
    for stage in open_stages:
        make(stage=stage)
    few = count(client, people[role])
    for stage in open_stages:
        for _number in range(29):
            make(stage=stage, source=SourceFactory())
    many = count(client, people[role])

    assert few == many <= 8


def test_a_column_goes_on_where_it_ended(client, seller, make, stages):
    now = timezone.now()
    deals = [make(next_step="a", next_step_at=now + timedelta(hours=n)) for n in range(20)]
    deals += [make() for _number in range(20)]
    client.force_login(seller)
    column = client.get(BOARD).context["board"].columns[0]
    seen, after = [card.pk for card in column.cards], column.after
    assert (len(seen), column.left) == (15, 25)

    while after:
        answer = client.get(reverse("deals:deal_column", args=[stages.lead.pk]), {"after": after})
        more = answer.context["column"]
        seen += [card.pk for card in more.cards]
        after = more.after if answer.context["has_more"] else ""

    assert seen == [deal.pk for deal in deals]


@pytest.mark.parametrize(
    "after",
    ["'; drop table deals_deal", "9999-99-99,1", "2026-01-01,1", ",", ",99999999999999999999"],
)
def test_an_unreadable_place_is_harmless(client, seller, make, stages, after):
    make()
    client.force_login(seller)

    answer = client.get(reverse("deals:deal_column", args=[stages.lead.pk]), {"after": after})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "?owner=1%27%20or%201=1",
        "?stage__pipeline__name=x",
        "?owner__password__startswith=a",
        "?_connector=OR",
        "?client=9999999999999999999999",
        "?expected_from=now()",
        "?pipeline=x&sort=owner__password",
        "?q=" + "я" * 5000,
    ],
)
def test_a_hostile_address_shows_nothing_foreign(client, people, make, query):
    foreign = make(owner=people["stranger"])

    found = columns(client, people["seller"], query)

    assert all(foreign.pk not in cards for cards in found.values())


def test_a_drop_moves_the_card_and_tells_the_new_sums(client, seller, deal, stages):
    answer = drop(client, seller, deal, stages.quote, left=stages.lead)

    assert answer.status_code == 200
    deal.refresh_from_db()
    assert deal.stage == stages.quote
    content = answer.content.decode()
    assert f'id="colh-{stages.lead.pk}" hx-swap-oob="true"' in content
    assert f'id="card-{deal.pk}"' in content
    assert '"cardMoved"' in answer.headers["HX-Trigger-After-Settle"]
    assert (
        reverse("deals:deal_drop", args=[deal.pk, stages.lead.pk]) in answer.headers["HX-Trigger"]
    )


def test_what_the_stage_asks_for_is_asked_in_place_and_saved_with_the_move(
    client, seller, make, stages
):
    deal = make(stage=stages.quote, amount=None, amount_base=None)
    before = state(deal)

    asked = drop(client, seller, deal, stages.contract, left=stages.quote)
    assert asked.headers["HX-Retarget"] == "#modal-body"
    assert list(asked.context["form"].fields) == ["amount"]
    assert (asked.status_code, state(deal)) == (200, before)
    refused = drop(client, seller, deal, stages.contract, left=stages.quote, amount="много")
    assert (refused.status_code, state(deal)) == (422, before)
    done = drop(client, seller, deal, stages.contract, left=stages.quote, amount="50 000,00")

    deal.refresh_from_db()
    assert (done.status_code, deal.stage, deal.amount) == (200, stages.contract, 50000)
    assert StageMove.objects.filter(deal=deal).count() == 1


def test_a_win_from_the_board_asks_for_client_amount_and_day(client, seller, make, stages):
    deal = make(amount=None, amount_base=None, client=None)
    before = state(deal)

    asked = drop(client, seller, deal, stages.won)
    terms = {"terms", "pay_on", "rest_on"}
    assert set(asked.context["form"].fields) == {"client", "amount", "on"} | terms
    tomorrow = (company_today() + timedelta(days=1)).isoformat()
    company = ClientFactory(owner=seller)
    future = drop(client, seller, deal, stages.won, client=company.pk, amount="10", on=tomorrow)
    assert (future.status_code, state(deal)) == (422, before)
    today = company_today().isoformat()
    drop(client, seller, deal, stages.won, client=company.pk, amount="10", on=today)

    deal.refresh_from_db()
    assert (deal.outcome, deal.amount, deal.closed_on) == ("won", 10, company_today())


def test_a_loss_from_the_board_needs_its_reason(client, seller, deal, stages, reason):
    before = state(deal)
    asked = drop(client, seller, deal, stages.lost)
    empty = drop(client, seller, deal, stages.lost, comment="x")
    assert (asked.status_code, empty.status_code, state(deal)) == (200, 422, before)

    answer = drop(client, seller, deal, stages.lost, reason=reason.pk)

    deal.refresh_from_db()
    assert (deal.outcome, deal.refusal_reason) == ("lost", reason)
    assert f'id="card-{deal.pk}"' not in answer.content.decode()


def test_a_card_moved_by_somebody_meanwhile_stays_where_he_put_it(client, seller, deal, stages):
    Deal.objects.filter(pk=deal.pk).update(stage=stages.contract)
    before = state(deal)

    answer = drop(client, seller, deal, stages.quote, left=stages.lead)

    assert (answer.status_code, state(deal)) == (422, before)
    assert "Договор" in answer.content.decode()


def test_a_card_of_nobody_in_reach_is_not_there(client, people, deal, stages):
    before = state(deal)
    for role, status in (("colleague", 404), ("stranger", 404), ("director", 403), ("hr", 403)):
        assert drop(client, people[role], deal, stages.quote).status_code == status
        client.force_login(people[role])
        assert client.get(reverse("deals:deal_stages", args=[deal.pk])).status_code == status

    assert state(deal) == before


def test_a_card_does_not_leave_its_pipeline(client, seller, deal):
    before = state(deal)
    other = StageFactory(pipeline=Pipeline.objects.create(name="Другая"))

    assert drop(client, seller, deal, other).status_code == 404
    assert state(deal) == before


def test_fields_of_no_concern_to_the_move_are_left_alone(client, people, seller, deal, stages):
    drop(
        client,
        seller,
        deal,
        stages.quote,
        owner=people["stranger"].pk,
        version=99,
        outcome="won",
        amount="1",
        stage=stages.won.pk,
    )

    deal.refresh_from_db()
    assert (deal.owner, deal.outcome, deal.amount) == (seller, "open", Decimal("100000.00"))
    assert deal.stage == stages.quote


def test_without_a_script_the_board_is_come_back_to(client, seller, deal, stages):
    client.force_login(seller)
    address = reverse("deals:deal_drop", args=[deal.pk, stages.quote.pk])

    assert client.post(address, {"dropped": "1"}).headers["Location"] == BOARD


@pytest.mark.django_db(transaction=True)
def test_twenty_drops_of_one_card_make_one_event(client, seller, deal, stages):
    clients = []
    for _number in range(20):
        clients.append(Client())
        clients[-1].force_login(seller)
    address = reverse("deals:deal_drop", args=[deal.pk, stages.quote.pk])

    def send(number):
        try:
            answer = clients[number].post(
                f"{address}?from={stages.lead.pk}",
                {"dropped": "1"},
                headers={"HX-Request": "true"},
            )
            return answer.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(20)))

    assert set(answers) == {200}
    assert StageMove.objects.filter(deal=deal).count() == 1
    deal.refresh_from_db()
    assert (deal.stage, deal.version) == (stages.quote, 2)


def test_a_deal_of_two_owners_is_one_card_for_the_head(client, people, seller, colleague, make):
    deal = make(amount=Decimal("1000.00"))
    DealSplit.objects.create(deal=deal, user=seller, share=Decimal("0.6"))
    DealSplit.objects.create(deal=deal, user=colleague, share=Decimal("0.4"))

    assert columns(client, people["head"]) == {"Запрос": [deal.pk]}
    board = client.get(BOARD).context["board"]

    assert (board.count, board.amount) == (1, Decimal("1000.00"))


def test_a_card_won_and_moved_back_enters_each_stage_once(client, seller, deal, stages):
    today = company_today().isoformat()
    Deal.objects.filter(pk=deal.pk).update(expected_close_on=today)
    for stage, form in (
        (stages.quote, {}),
        (stages.won, {"on": today}),
        (stages.quote, {}),
        (stages.won, {"on": today}),
    ):
        assert drop(client, seller, deal, stage, **(form or {"dropped": "1"})).status_code == 200

    moves = StageMove.objects.filter(deal=deal).order_by("pk")
    assert [(move.to_stage_id, move.is_first_entry) for move in moves] == [
        (stages.quote.pk, True),
        (stages.won.pk, True),
        (stages.quote.pk, False),
        (stages.won.pk, False),
    ]


def test_names_are_text_wherever_they_stand(client, seller, deal, stages):
    Deal.objects.filter(pk=deal.pk).update(title="<script>alert(1)</script>", next_step="{{7*7}}")

    body = columns_page(client, seller)
    answer = drop(client, seller, deal, stages.quote).content.decode()

    for text in (body, answer):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def columns_page(client, user):
    client.force_login(user)
    return client.get(BOARD).content.decode()
