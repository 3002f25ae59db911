"""The page of a deal and what is done from it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import company_today, company_zone
from apps.deals import timeline
from apps.deals.actions import change_deal, create_deal, log_activity, move_deal
from apps.deals.choices import HygieneGap
from apps.deals.deal_page import DealPage
from apps.deals.models import Activity, Deal
from apps.kpis.models import StageNorm
from tests.deals.test_deal_list import ask
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import ActivityFactory, ProductFactory, ScheduleLineFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def begun(seller, pipeline, client_company):
    """A deal with a history of its own, begun on 1 September."""
    return create_deal(
        by=seller,
        owner=seller,
        title="Поставка",
        pipeline=pipeline,
        client=client_company,
        amount=Decimal("100000.00"),
        opened_on=date(2026, 9, 1),
    )


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


def of(response):
    """The errors of the form that came back."""
    assert response.status_code == 422
    return set(response.context["form"].errors)


@pytest.mark.parametrize("role", ["seller", "lead", "head", "director"])
def test_query_count_does_not_grow(client, people, begun, role):
    few = ask(client, people[role], address("deal", begun.pk))
    for number in range(4):
        ActivityFactory(deal=begun)
        ScheduleLineFactory(deal=begun, due_on=date(2026, 12, number + 1))
        begun.lines.create(product=ProductFactory(), list_price=2, sold_price=1)
    begun.splits.create(user=people["colleague"], share=1)
    many = ask(client, people[role], address("deal", begun.pk))

    assert few == many <= 12


def test_days_in_stages_count_all_stays(begun, seller, stages, django_user_model):
    zone = company_zone()
    first = datetime(2026, 9, 1, 12, tzinfo=zone)
    moves = [(stages.lead, 0), (stages.quote, 3), (stages.lead, 5), (stages.contract, 9)]
    begun.stage = stages.contract
    page = DealPage(begun, seller)
    page.now = first + timedelta(days=20)
    page.moves = [
        timeline.StageMove(to_stage=stage, happened_at=first + timedelta(days=day))
        for stage, day in moves
    ]

    days = {mark.stage.name: (mark.days, mark.since) for mark in page.marks}

    assert days == {
        "Запрос": (3 + 4, date(2026, 9, 6)),
        "КП": (2, date(2026, 9, 4)),
        "Договор": (11, date(2026, 9, 10)),
        "Оплата": (None, None),
    }


def test_the_page_says_what_is_missing(client, seller, begun):
    client.force_login(seller)

    page = client.get(address("deal", begun.pk)).context["page"]

    assert [gap.value for gap in page.gaps] == ["no_step", "no_close_day"]


def test_a_task_that_is_overdue_is_missing_too(client, seller, begun):
    """F18"""
    client.force_login(seller)
    now = timezone.now()
    TaskFactory(assignee=seller, subject=begun, due_at=now + timedelta(days=1))
    TaskFactory(
        assignee=seller, subject=ClientFactory(owner=seller), due_at=now - timedelta(days=1)
    )
    assert HygieneGap.TASK_OVERDUE not in gaps_of(client, begun)

    late = TaskFactory(assignee=seller, subject=begun, due_at=now - timedelta(days=1))
    assert HygieneGap.TASK_OVERDUE in gaps_of(client, begun)

    late.done_at = now
    late.save()
    assert HygieneGap.TASK_OVERDUE not in gaps_of(client, begun)


def gaps_of(client, deal):
    return client.get(address("deal", deal.pk)).context["page"].gaps


@pytest.mark.parametrize(
    ("days", "n", "words", "is_beyond"),
    [
        (12, 34, "ушли отсюда не позже чем через 12 дней, n=34", False),
        (3, 20, "ушли отсюда не позже чем через 3 дня, n=20", True),
        (3, 19, "Норма — 3 дня: выигранных мало, чтобы судить, n=19", True),
    ],
)
def test_how_long_deals_may_stay_is_told_with_its_n(
    client, seller, begun, days, n, words, is_beyond
):
    """F4"""
    Deal.objects.update(stage_since=timezone.now() - timedelta(days=4, hours=1))
    StageNorm.objects.create(
        stage=begun.stage, stuck_after_days=days, stay_count=n, win_share=0, learned_on="2026-10-01"
    )
    client.force_login(seller)

    shown = client.get(address("deal", begun.pk))

    head = " ".join(head_of(shown.content.decode()).split())
    assert "На этом этапе 4 дня." in head
    assert words in head
    assert shown.context["page"].is_beyond_limit is is_beyond


def test_without_a_night_the_norm_of_the_stage_is_told(client, seller, begun):
    client.force_login(seller)

    limit = client.get(address("deal", begun.pk)).context["page"].limit

    assert (limit.days, limit.n, limit.is_learned) == (begun.stage.max_idle_days, 0, False)


def test_the_schedule_proves_that_it_makes_the_amount(client, seller, begun):
    ScheduleLineFactory(deal=begun, amount=Decimal("40000.00"))
    client.force_login(seller)
    page = client.get(address("deal", begun.pk)).context["page"]
    assert page.schedule_difference == Decimal("-60000.00")

    ScheduleLineFactory(deal=begun, amount=Decimal("60000.00"))
    page = client.get(address("deal", begun.pk)).context["page"]
    assert page.schedule_difference == 0


def test_three_fields_log_a_call(client, seller, begun):
    client.force_login(seller)

    response = client.post(
        address("deal_log", begun.pk),
        {
            "kind": "call",
            "outcome": "agreed",
            "next_step": "Получить договор",
            "next_step_at": "2030-05-20T11:00",
        },
    )

    assert (response.status_code, response.url) == (302, address("deal", begun.pk))
    begun.refresh_from_db()
    assert begun.next_step == "Получить договор"
    assert begun.next_step_at == datetime(2030, 5, 20, 11, tzinfo=company_zone())
    assert Activity.objects.get().outcome == "agreed"


def test_the_offered_moment_counts_only_with_a_step(client, seller, begun):
    client.force_login(seller)
    form = client.get(address("deal", begun.pk)).context["log_form"]

    client.post(
        address("deal_log", begun.pk),
        {"kind": "call", "next_step": "", "next_step_at": form["next_step_at"].value()},
    )

    assert Activity.objects.count() == 1
    begun.refresh_from_db()
    assert begun.next_step_at is None


def test_a_moment_of_ones_own_asks_for_a_step(client, seller, begun):
    client.force_login(seller)

    response = client.post(
        address("deal_log", begun.pk), {"kind": "call", "next_step_at": "2030-05-20T11:00"}
    )

    assert of(response) == {"next_step"}
    assert not Activity.objects.exists()


def test_a_note_has_words_in_place_of_an_outcome(client, seller, begun):
    client.force_login(seller)

    refused = client.post(address("deal_log", begun.pk), {"kind": "note", "outcome": "agreed"})
    assert of(refused) == {"note"}
    client.post(address("deal_log", begun.pk), {"kind": "note", "note": "Просят график"})

    note = Activity.objects.get()
    assert (note.kind, note.outcome, note.text) == ("note", "", "Просят график")


def test_a_log_without_a_step_asks_for_the_next_one(client, seller, begun):
    client.force_login(seller)

    response = client.post(address("deal_log", begun.pk), {"kind": "call"}, headers=SCRIPT)

    assert response.headers["HX-Retarget"] == "#modal-body"
    assert response.context["form"].action == address("deal_step", begun.pk)


def test_a_step_is_planned_and_taken_back_to_its_page(client, seller, begun):
    client.force_login(seller)
    written = {"next_step": "Встреча", "next_step_at": "2030-05-20T11:00"}

    response = client.post(
        address("deal_step", begun.pk),
        written,
        headers={**SCRIPT, "HX-Current-URL": f"http://testserver{address('deal', begun.pk)}"},
    )

    # The page renews itself: no reload.
    assert "dealChanged" in response.headers["HX-Trigger"]
    assert "HX-Refresh" not in response.headers
    begun.refresh_from_db()
    assert begun.next_step == "Встреча"


def test_a_step_planned_elsewhere_leads_back_there(client, seller, begun):
    client.force_login(seller)

    response = client.post(
        address("deal_step", begun.pk),
        {"next_step": "Встреча", "next_step_at": "2030-05-20T11:00"},
        headers={**SCRIPT, "HX-Current-URL": "http://testserver/tasks/"},
    )

    assert response.headers["HX-Refresh"] == "true"


def test_a_form_on_its_own_page_leads_to_the_deal(client, seller, begun):
    client.force_login(seller)
    url = address("deal_step", begun.pk)

    response = client.post(
        url,
        {"next_step": "Встреча", "next_step_at": "2030-05-20T11:00"},
        headers={**SCRIPT, "HX-Current-URL": f"http://testserver{url}"},
    )

    assert response.headers["HX-Redirect"] == address("deal", begun.pk)


def test_a_call_from_anywhere_names_a_deal_or_a_client(client, seller, begun, stranger):
    client.force_login(seller)
    url = address("quick_log")

    assert of(client.post(url, {"kind": "call"})) == {"deal"}
    foreign = ClientFactory(owner=stranger)
    assert of(client.post(url, {"kind": "call", "client": foreign.pk})) == {"client"}
    client.post(url, {"kind": "call", "client": begun.client_id})
    client.post(url, {"kind": "meeting", "deal": begun.pk})

    logged = list(Activity.objects.order_by("pk").values_list("kind", "deal", "client"))
    assert logged == [
        ("call", None, begun.client_id),
        ("meeting", begun.pk, begun.client_id),
    ]


def test_a_stage_that_asks_nothing_is_one_click_away_and_back(client, seller, begun, stages):
    client.force_login(seller)

    client.post(address("deal_move", begun.pk, stages.quote.pk))
    begun.refresh_from_db()
    assert begun.stage == stages.quote
    client.post(address("deal_move", begun.pk, stages.lead.pk))

    begun.refresh_from_db()
    assert begun.stage == stages.lead


def test_missing_fields_are_asked_in_place(client, seller, begun, stages):
    change_deal(begun, by=seller, amount=None)
    client.force_login(seller)
    url = address("deal_move", begun.pk, stages.contract.pk)

    form = client.get(url).context["form"]
    assert list(form.fields) == ["amount"]
    assert of(client.post(url)) == {"amount"}
    client.post(url, {"amount": "4 850 000,50"})

    begun.refresh_from_db()
    assert (begun.stage, begun.amount) == (stages.contract, Decimal("4850000.50"))


def test_a_refused_move_fills_nothing_in(client, seller, begun, stages):
    change_deal(begun, by=seller, amount=None)
    client.force_login(seller)

    response = client.post(
        address("deal_move", begun.pk, stages.won.pk), {"amount": "5", "on": "2030-01-01"}
    )

    assert of(response) == {"on"}
    begun.refresh_from_db()
    assert (begun.amount, begun.outcome) == (None, "open")


@pytest.mark.parametrize("day", ["2030-01-01", "2026-08-31", "вчера"])
def test_a_win_has_a_day_that_was(client, seller, begun, stages, day):
    client.force_login(seller)

    response = client.post(address("deal_move", begun.pk, stages.won.pk), {"on": day})

    assert of(response) == {"on"}
    begun.refresh_from_db()
    assert begun.outcome == "open"


def test_a_loss_asks_why(client, seller, begun, stages, reason):
    client.force_login(seller)
    url = address("deal_move", begun.pk, stages.lost.pk)

    assert list(client.get(url).context["form"].fields) == ["reason", "comment", "competitor"]
    assert of(client.post(url)) == {"reason"}
    client.post(url, {"reason": reason.pk, "comment": "Дорого"})

    begun.refresh_from_db()
    assert (begun.outcome, begun.refusal_comment) == ("lost", "Дорого")


def test_a_stage_of_another_pipeline_does_not_exist(client, seller, begun):
    from tests.factories.deals import StageFactory  # made here so that it stays a stranger

    client.force_login(seller)

    assert client.post(address("deal_move", begun.pk, StageFactory().pk)).status_code == 404


def test_two_editors_the_second_sees_both_versions(client, seller, lead, begun):
    client.force_login(lead)
    url = address("deal_edit", begun.pk)
    form = {
        "title": "Из первых рук",
        "currency": "RUB",
        "client": begun.client_id,
        "amount": "100000",
    }

    assert client.post(url, {**form, "version": 1}).status_code == 302
    client.force_login(seller)
    late = client.post(url, {**form, "title": "Опоздал", "amount": "7", "version": 1})

    assert late.status_code == 409
    fields = {field.name: (field.mine, field.theirs) for field in late.context["fields"]}
    assert fields["title"] == ("Опоздал", "Из первых рук")
    assert fields["amount"] == ("7", "100\xa0000")
    begun.refresh_from_db()
    assert (begun.title, begun.amount) == ("Из первых рук", Decimal("100000.00"))

    kept = {**form, "title": "Опоздал", "amount": "7", "version": 2, "use_title": "theirs"}
    assert client.post(url, kept).status_code == 302
    begun.refresh_from_db()
    assert (begun.title, begun.amount) == ("Из первых рук", Decimal("7.00"))


def test_a_deal_that_went_to_the_bin_keeps_the_text(client, seller, begun):
    client.force_login(seller)
    client.post(address("deal_archive", begun.pk))

    response = client.post(
        address("deal_edit", begun.pk), {"title": "Мой текст", "currency": "RUB", "version": 1}
    )

    assert response.status_code == 422
    assert "Мой текст" in response.content.decode()


def test_the_bin_is_undone(client, seller, begun):
    client.force_login(seller)

    client.post(address("deal_archive", begun.pk))
    assert Deal.objects.get().archived_at is not None
    client.post(address("deal_restore", begun.pk))

    assert Deal.objects.get().archived_at is None


def test_a_form_sent_twice_makes_one_deal(client, seller, stages):
    client.force_login(seller)
    form = {
        "title": "Одна",
        "currency": "RUB",
        "stage": stages.lead.pk,
        "idempotency_key": "5a1f0c0e-0000-4000-8000-000000000001",
    }

    first = client.post(address("deal_create"), form)
    second = client.post(address("deal_create"), form)
    other = client.post(address("deal_create"), {**form, "title": "Другая"})

    assert Deal.objects.count() == 1
    assert (first.status_code, second.status_code, other.status_code) == (302, 302, 422)
    assert second.headers["Location"] == first.url


def test_a_new_deal_begins_with_what_the_address_knows(client, seller, client_company, stages):
    client.force_login(seller)

    form = client.get(f"{address('deal_create')}?client={client_company.pk}").context["form"]

    assert form["client"].value() == client_company.pk
    assert form["stage"].value() == stages.lead.pk
    assert "owner" not in form.fields


def test_the_timeline_pages_without_gaps_or_repeats(begun, seller, monkeypatch):
    monkeypatch.setattr(timeline, "SHOWN", 2)
    now = timezone.now()
    for hours in (1, 2, 2, 3, 4):
        log_activity(by=seller, kind="call", deal=begun, happened_at=now - timedelta(hours=hours))
    options = {"moves": begun.moves.select_related("from_stage", "to_stage", "author")}

    seen, before = [], None
    for _page in range(9):
        page = timeline.timeline_of(begun, zone=company_zone(), before=before, **options)
        seen += [event.at for _day, events in page.days for event in events]
        if not page.before:
            break
        before = datetime.fromisoformat(page.before)

    assert len(seen) == 6
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("kind", "count"), [("activities", 1), ("moves", 2), ("money", 0), ("", 3)]
)
def test_the_timeline_narrows_to_a_kind(client, seller, begun, stages, kind, count):
    move_deal(begun, to=stages.quote, by=seller)
    log_activity(by=seller, kind="call", deal=begun)
    client.force_login(seller)

    response = client.get(address("deal_timeline", begun.pk), {"kind": kind}, headers=SCRIPT)

    shown = [event for _day, events in response.context["timeline"].days for event in events]
    assert len(shown) == count


def test_edited_wins_and_payments_stand_in_the_timeline(client, seller, begun, stages):
    change_deal(begun, by=seller, expected_close_on=company_today())
    move_deal(begun, to=stages.won, by=seller)
    change_deal(begun, by=seller, amount=Decimal("130000.00"))
    client.force_login(seller)

    response = client.get(address("deal_timeline", begun.pk), {"kind": "money"}, headers=SCRIPT)

    [(_day, [event])] = response.context["timeline"].days
    assert "+30\xa0000" in event.title or "+30,000" in event.title


def test_a_struck_out_record_stays_to_be_seen(client, seller, begun):
    activity = log_activity(by=seller, kind="call", deal=begun, text="Ошибка")
    client.force_login(seller)

    client.post(address("activity_reverse", activity.pk))
    with CaptureQueriesContext(connection):
        response = client.get(address("deal", begun.pk), {"kind": "activities"})

    [(_day, [event])] = response.context["timeline"].days
    assert (event.is_struck_out, event.text) == (True, "Ошибка")


def test_whom_to_call_stands_in_the_head(client, begun, seller):
    client.force_login(seller)
    begun.client.phone = "+74951234567"
    begun.client.save()
    page = client.get(address("deal", begun.pk)).content.decode()
    assert 'href="tel:+74951234567"' in head_of(page)

    begun.contact = ContactFactory(
        client=begun.client, name="Орлова Анна", phone="+79161234567", email="orlova@example.com"
    )
    begun.save()
    head = head_of(client.get(address("deal", begun.pk)).content.decode())

    assert "Орлова Анна" in head
    assert 'href="tel:+79161234567"' in head
    assert 'href="mailto:orlova@example.com"' in head
    assert "+74951234567" not in head


def head_of(page):
    return page.partition('id="deal-head"')[2].partition("</section>")[0]


def test_panels_that_have_nothing_to_say_take_no_place(client, begun, seller):
    client.force_login(seller)
    for url in (address("deal_help", begun.pk), reverse("bonuses:deal_panel", args=[begun.pk])):
        fragment = client.get(url, headers=SCRIPT).content.decode()
        alone = client.get(url).content.decode()
        assert " hidden>" in fragment.partition("<div")[0]
        assert " hidden>" not in alone.partition('<section class="card" id="panel-')[2][:30]
