"""Many deals at once: preview, act, undo, and what is left alone."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.bulk import apply_batch, applying, bulk_action, draft, drafting, undo_batch
from apps.core.jobs import run_job
from apps.core.models import Batch, Tag
from apps.deals.actions import assign_deal, change_deal
from apps.deals.models import Deal, StageMove
from tests.factories.clients import SourceFactory
from tests.factories.deals import DealFactory, staged_pipeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(seller, pipeline):
    def one(**fields):
        return DealFactory(**{"owner": seller, "pipeline": pipeline, **fields})

    return one


def send(browser, user, code, **form):
    browser.force_login(user)
    return browser.post(reverse("deals:deal_bulk", args=[code]), form)


def batch_of(code, deals, by, **params):
    action = bulk_action(f"deals.{code}")
    rows = action.rows(by).filter(pk__in=[deal.pk for deal in deals])
    return draft(action, rows, params=params, by=by)


def rows_of(batch):
    return [(row.object_id, row.status, row.reason) for row in batch.rows.all()]


def owners(*deals):
    return [Deal.objects.get(pk=deal.pk).owner for deal in deals]


def test_a_preview_changes_nothing_and_says_who_is_skipped(client, lead, seller, colleague, make):
    mine, theirs = make(), make(owner=colleague)

    answer = send(client, lead, "assign", pk=[mine.pk, theirs.pk], owner=colleague.pk, go="1")

    batch = Batch.objects.get()
    assert answer.headers["Location"] == reverse("core:batch", args=[batch.pk])
    assert rows_of(batch) == [
        (mine.pk, "ready", ""),
        (theirs.pk, "skipped", "Ответственный уже тот же."),
    ]
    assert owners(mine, theirs) == [seller, colleague]
    page = client.get(answer.headers["Location"])
    assert [count for _code, _label, count in page.context["counts"]] == [1, 1]


def test_a_batch_is_applied_and_put_back(lead, seller, colleague, make):
    deals = [make() for _number in range(3)]
    batch = batch_of("assign", deals, lead, owner=colleague.pk)

    apply_batch(batch, by=lead)
    assert owners(*deals) == [colleague] * 3
    undone = undo_batch(batch, by=lead)

    assert owners(*deals) == [seller] * 3
    assert (undone.status, [row[1] for row in rows_of(batch)]) == ("undone", ["undone"] * 3)


def test_what_was_changed_since_stays_and_is_listed(client, lead, seller, colleague, make):
    kept, back = make(), make()
    batch = batch_of("assign", [kept, back], lead, owner=colleague.pk)
    apply_batch(batch, by=lead)
    change_deal(Deal.objects.get(pk=kept.pk), by=colleague, title="Новое имя")

    client.force_login(lead)
    answer = client.post(reverse("core:batch_undo", args=[batch.pk]))

    assert owners(kept, back) == [colleague, seller]
    assert rows_of(batch) == [
        (kept.pk, "kept", "Тем временем его кто-то изменил."),
        (back.pk, "undone", ""),
    ]
    assert answer.headers["Location"].endswith("?status=kept")


def test_what_was_changed_after_the_preview_is_skipped(lead, seller, colleague, make):
    deal = make()
    batch = batch_of("assign", [deal], lead, owner=colleague.pk)
    change_deal(deal, by=seller, title="Новое имя")

    apply_batch(batch, by=lead)

    assert owners(deal) == [seller]
    assert rows_of(batch)[0][1] == "skipped"


def test_a_confirmation_sent_twice_acts_once(lead, colleague, seller, make):
    deal = make()
    batch = batch_of("assign", [deal], lead, owner=colleague.pk)
    apply_batch(batch, by=lead)
    version = Deal.objects.get(pk=deal.pk).version

    apply_batch(batch, by=lead)
    assert Deal.objects.get(pk=deal.pk).version == version
    undo_batch(batch, by=lead)
    assign_deal(deal, to=colleague, by=lead)
    undo_batch(batch, by=lead)

    assert owners(deal) == [colleague]


def test_two_batches_are_put_back_one_after_the_other(lead, seller, colleague, make):
    deal, source = make(), SourceFactory()
    first = apply_batch(batch_of("assign", [deal], lead, owner=colleague.pk), by=lead)
    second = apply_batch(batch_of("edit", [deal], lead, source=source.pk), by=lead)

    undo_batch(second, by=lead)
    undo_batch(first, by=lead)

    deal.refresh_from_db()
    assert (deal.owner, deal.source) == (seller, None)


def test_ids_beyond_the_scope_stop_everything(client, people, make):
    """T15"""
    own, foreign = make(), make(owner=people["stranger"])
    before = list(Deal.objects.order_by("pk").values())

    for numbers in ([own.pk, foreign.pk], [own.pk, 10**12], [own.pk, "x"], [own.pk, "1 or 1=1"]):
        answer = send(client, people["lead"], "assign", pk=numbers, owner=people["lead"].pk, go="1")
        assert answer.status_code == 403

    assert list(Deal.objects.order_by("pk").values()) == before
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("role", "code"),
    [("seller", "assign"), ("director", "edit"), ("hr", "tag"), ("admin", "stage")],
)
def test_who_may_not_change_one_may_not_change_many(client, people, make, role, code):
    """T15"""
    deal = make()

    answer = send(client, people[role], code, pk=[deal.pk], go="1", owner=people["colleague"].pk)

    assert answer.status_code == 403
    assert not Batch.objects.exists()


def test_a_batch_of_somebody_else_is_not_there(client, people, make, lead, colleague):
    deal = make()
    batch = batch_of("assign", [deal], lead, owner=colleague.pk)
    client.force_login(people["head"])

    for name in ("batch_apply", "batch_undo"):
        assert client.post(reverse(f"core:{name}", args=[batch.pk])).status_code == 404

    assert owners(deal) == [people["seller"]]


def test_all_rows_of_the_filter_and_only_those(client, lead, make):
    found = [make(title="Турбина") for _number in range(60)]
    make(title="Насос")

    send(client, lead, "edit", all="1", query="q=Турбина", expected_close_on="2027-01-15", go="1")

    batch = Batch.objects.get()
    assert {row[0] for row in rows_of(batch)} == {deal.pk for deal in found}
    apply_batch(batch, by=lead)
    assert Deal.objects.filter(expected_close_on="2027-01-15").count() == 60


def test_a_filter_that_makes_no_sense_chooses_nothing(client, lead, make):
    make()

    answer = send(
        client, lead, "edit", all="1", query="owner=x", expected_close_on="2027-01-15", go="1"
    )

    assert answer.status_code == 422
    assert not Batch.objects.exists()


def test_nothing_chosen_is_said(client, lead, make):
    make()

    answer = send(client, lead, "edit", next="/deals/?q=1")

    assert answer.headers["Location"] == "/deals/?q=1"
    assert not Batch.objects.exists()


def test_the_stage_moves_deals_that_have_what_it_asks_for(lead, make, stages):
    fit, lacking = make(), make(client=None)
    other = make(pipeline=staged_pipeline())
    closed = make(stage=stages.won, outcome="won", closed_on="2026-11-01")
    batch = batch_of("stage", [fit, lacking, other, closed], lead, stage=stages.quote.pk)

    apply_batch(batch, by=lead)

    reasons = [reason for _pk, _status, reason in rows_of(batch)]
    assert reasons == [
        "",
        "Не заполнено: клиент.",
        "Она в другой воронке.",
        "Она закрыта: откройте её заново на её странице.",
    ]
    assert [move.deal_id for move in StageMove.objects.all()] == [fit.pk]
    undo_batch(batch, by=lead)
    fit.refresh_from_db()
    assert fit.stage == stages.lead
    # The way back is no second entry of the funnel (invariant 5).
    assert [move.is_first_entry for move in StageMove.objects.order_by("pk")] == [True, True]


@pytest.mark.parametrize("end", ["won", "lost"])
def test_nothing_is_won_or_lost_in_bulk(client, lead, make, stages, end):
    deal = make()
    stage = getattr(stages, end)
    asked = send(client, lead, "stage", pk=[deal.pk]).content.decode()
    assert "Выигрывают и проигрывают по одной" in asked

    answer = send(client, lead, "stage", pk=[deal.pk], stage=stage.pk, go="1")

    assert answer.status_code == 422
    assert not Batch.objects.exists()
    deal.refresh_from_db()
    assert deal.outcome == "open"


def test_tags_are_put_on_and_off_and_back(lead, make):
    tag, old = Tag.objects.create(name="Тендер"), Tag.objects.create(name="Выставка")
    bare, has = make(), make()
    has.tags.add(tag, old)

    on = apply_batch(batch_of("tag", [bare, has], lead, tags=[tag.pk]), by=lead)
    assert [row[1] for row in rows_of(on)] == ["done", "skipped"]
    off = apply_batch(batch_of("untag", [bare, has], lead, tags=[tag.pk]), by=lead)
    assert (list(bare.tags.all()), list(has.tags.all())) == ([], [old])
    undo_batch(off, by=lead)
    undo_batch(on, by=lead)

    assert (list(bare.tags.all()), set(has.tags.all())) == ([], {tag, old})


def test_fields_of_no_concern_are_left_alone(client, lead, seller, make):
    deal = make()
    form = {"expected_close_on": "2027-01-15", "owner": lead.pk, "outcome": "won", "amount": "1"}

    send(client, lead, "edit", pk=[deal.pk], go="1", **form)
    batch = Batch.objects.get()
    apply_batch(batch, by=lead)

    assert batch.params == {"expected_close_on": "2027-01-15"}
    deal.refresh_from_db()
    assert (deal.owner, deal.outcome, deal.amount) == (seller, "open", 100000)


def test_a_won_deal_edited_in_bulk_moves_no_money(lead, make, stages):
    deal = make(stage=stages.won, outcome="won", closed_on="2026-10-01")
    source = SourceFactory()

    apply_batch(batch_of("edit", [deal], lead, source=source.pk), by=lead)

    deal.refresh_from_db()
    assert (deal.source, str(deal.closed_on), deal.adjustments.count()) == (source, "2026-10-01", 0)


def test_a_large_batch_goes_on_in_the_background(monkeypatch, lead, seller, colleague, make):
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    monkeypatch.setattr(applying, "CHUNK", 2)
    deals = [make() for _number in range(5)]

    batch = apply_batch(batch_of("assign", deals, lead, owner=colleague.pk), by=lead)
    assert (batch.status, owners(*deals)) == ("running", [seller] * 5)
    assert run_job(batch.job_id)

    batch.refresh_from_db()
    batch.job.refresh_from_db()
    assert (batch.status, owners(*deals)) == ("done", [colleague] * 5)
    assert (batch.job.status, batch.job.done, batch.job.total) == ("done", 5, 5)


def test_the_toast_offers_undo_and_the_list_of_batches_keeps_it(client, lead, colleague, make):
    batch = batch_of("assign", [make()], lead, owner=colleague.pk)
    client.force_login(lead)

    client.post(reverse("core:batch_apply", args=[batch.pk]))
    page = client.get(reverse("core:batch_list")).content.decode()

    undo = reverse("core:batch_undo", args=[batch.pk])
    assert f"undo:{undo}" in page
    assert f'action="{undo}"' in page


def test_the_preview_costs_the_same_for_any_number_of_deals(
    client, lead, make, stages, django_assert_max_num_queries
):
    deals = [make(stage=stages.quote) for _number in range(30)]
    action = bulk_action("deals.stage")

    with django_assert_max_num_queries(14):
        batch = draft(
            action,
            action.rows(lead).filter(pk__in=[deal.pk for deal in deals]),
            params={"stage": stages.contract.pk},
            by=lead,
        )

    assert json.dumps(batch.params) == f'{{"stage": {stages.contract.pk}}}'


def test_more_than_a_batch_holds_is_refused(client, monkeypatch, lead, make):
    monkeypatch.setattr(drafting, "LARGEST", 2)
    deals = [make() for _number in range(3)]
    form = {"expected_close_on": "2027-01-15", "go": "1"}

    ticked = send(client, lead, "edit", pk=[deal.pk for deal in deals], **form)
    filtered = send(client, lead, "edit", all="1", query="", **form)

    assert (ticked.status_code, filtered.status_code) == (302, 422)
    assert not Batch.objects.exists()
    assert not Deal.objects.exclude(expected_close_on=None).exists()


def test_an_unconfirmed_preview_is_forgotten_the_next_day(lead, colleague, make):
    deal = make()
    old = batch_of("assign", [deal], lead, owner=colleague.pk)
    Batch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))

    new = batch_of("assign", [deal], lead, owner=colleague.pk)

    assert [batch.pk for batch in Batch.objects.all()] == [new.pk]


@pytest.mark.parametrize("count", [1, 30])
def test_pages_of_batches_cost_the_same(client, lead, colleague, make, count):
    for _number in range(count):
        apply_batch(batch_of("edit", [make()], lead, expected_close_on="2027-01-15"), by=lead)
    client.force_login(lead)
    client.get(reverse("core:batch_list"))

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("core:batch_list"))

    assert len(queries) <= 15
