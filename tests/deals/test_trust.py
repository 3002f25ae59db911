"""Acts of the buyer: marking, the index, what is kept at closing, whether it tells the truth."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core import charts
from apps.core.calendars import company_today
from apps.deals.actions import (
    create_default_pipeline,
    create_trust_signals,
    keep_trust,
    mark_trust,
    move_deal,
    put_mark_back,
    take_mark_back,
)
from apps.deals.forms.losses import TrustFilter
from apps.deals.models import TrustAtClose, TrustMark, TrustSignal
from apps.deals.trust_calculations import Wins
from apps.deals.trust_page import TrustBlock
from apps.deals.trust_truth import Reliability
from tests.deals.test_losses import deals_behind
from tests.factories.deals import ActivityFactory, DealFactory, DealFileFactory, staged_pipeline
from tests.factories.losses import TrustMarkFactory, TrustSignalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acts(stages):
    """Answered 10 by the request; budget 20 and decider 25 by the quote; signatory 15 later."""
    rows = {"answered": (stages.lead, 10), "budget": (stages.quote, 20)}
    rows |= {"decider": (stages.quote, 25), "signatory": (stages.contract, 15)}
    return {
        name: TrustSignalFactory(stage=stage, weight=weight, name=name)
        for name, (stage, weight) in rows.items()
    }


@pytest.fixture
def quoted(seller, pipeline, stages, client_company):
    return DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=client_company,
        stage=stages.quote,
        stage_since=timezone.now() - timedelta(days=30),
        expected_close_on=date(2026, 12, 1),
    )


def marked(deal, signal, by=None, **fields):
    fields = {"done_on": company_today(), "note": "Письмо"} | fields
    return mark_trust(deal, signal, by=by or deal.owner, **fields)


def closed(deal, end, reason=None, **fields):
    return move_deal(deal, to=end, by=deal.owner, reason=reason, **fields)


# --- The index of an open deal ----------------------------------------------------------------


def test_the_index_counts_acts_due_by_the_stage(quoted, seller, acts):
    marked(quoted, acts["answered"])
    marked(quoted, acts["budget"])
    # An act of a later stage is no due act yet.
    marked(quoted, acts["signatory"])

    block = TrustBlock(quoted, seller)

    assert block.weights == (30, 55)
    assert block.index == 55
    assert [act.signal.name for act in block.due] == ["answered", "decider", "budget"]
    assert [act.signal.name for act in block.ahead] == ["signatory"]


def test_a_changed_weight_holds_for_open_deals_at_once(quoted, seller, acts):
    marked(quoted, acts["answered"])
    TrustSignal.objects.filter(pk=acts["answered"].pk).update(weight=90)

    assert TrustBlock(quoted, seller).weights == (90, 135)


def test_acts_of_another_pipeline_do_not_count(quoted, seller, acts):
    other = staged_pipeline()
    TrustSignalFactory(stage=other.stages.first())

    assert TrustBlock(quoted, seller).weights == (0, 55)


def test_without_acts_there_is_no_index(quoted, seller):
    assert TrustBlock(quoted, seller).index is None


# --- Marking ----------------------------------------------------------------------------------


def test_a_mark_needs_evidence(quoted, acts):
    with pytest.raises(ValidationError) as error:
        marked(quoted, acts["budget"], note="  ")

    assert error.value.error_dict["note"][0].code == "no_evidence"
    assert not TrustMark.objects.exists()


def test_a_record_or_a_file_is_evidence(quoted, acts):
    call = ActivityFactory(deal=quoted)
    file = DealFileFactory(deal=quoted)

    assert marked(quoted, acts["budget"], note="", activity=call).activity == call
    assert marked(quoted, acts["decider"], note="", file=file).file == file


def test_evidence_of_another_deal_is_refused(quoted, acts, seller):
    with pytest.raises(ValidationError):
        marked(quoted, acts["budget"], activity=ActivityFactory(deal=DealFactory(owner=seller)))
    assert not TrustMark.objects.exists()


@pytest.mark.parametrize(("day", "code"), [(1, "future"), (-400, "before_opening")])
def test_the_day_of_an_act(quoted, acts, day, code):
    with pytest.raises(ValidationError) as error:
        marked(quoted, acts["budget"], done_on=company_today() + timedelta(days=day))

    assert error.value.error_dict["done_on"][0].code == code


def test_marked_twice_is_marked_once(quoted, acts):
    assert marked(quoted, acts["budget"]) == marked(quoted, acts["budget"], note="Ещё раз")
    assert TrustMark.objects.get().note == "Письмо"


def test_who_marks(quoted, acts, colleague, lead, director):
    for person in (colleague, director):
        with pytest.raises(PermissionDenied):
            marked(quoted, acts["budget"], by=person)
    assert marked(quoted, acts["budget"], by=lead).user == lead


def test_taken_back_and_put_back(quoted, acts, seller):
    mark = marked(quoted, acts["budget"])

    take_mark_back(mark, by=seller)
    assert TrustBlock(quoted, seller).weights == (0, 55)
    put_mark_back(mark, by=seller)
    assert TrustBlock(quoted, seller).weights == (20, 55)


def test_a_new_mark_stays_when_the_old_one_is_put_back(quoted, acts, seller):
    old = take_mark_back(marked(quoted, acts["budget"]), by=seller)
    new = marked(quoted, acts["budget"], note="Иначе")

    assert put_mark_back(old, by=seller) == new


def test_a_closed_deal_is_not_marked(quoted, acts, stages, seller):
    mark = marked(quoted, acts["answered"])
    closed(quoted, stages.won)

    for act in (
        lambda: marked(quoted, acts["budget"]),
        lambda: take_mark_back(mark, by=seller),
        lambda: put_mark_back(mark, by=seller),
    ):
        with pytest.raises(ValidationError) as error:
            act()
        assert error.value.code == "closed"
    assert TrustMark.objects.standing().get() == mark


# --- What is kept at closing ------------------------------------------------------------------


def test_closing_keeps_the_index(quoted, acts, stages, seller):
    marked(quoted, acts["answered"])
    marked(quoted, acts["decider"])

    deal = closed(quoted, stages.won)

    kept = TrustAtClose.objects.get()
    assert (kept.done, kept.due, kept.tenth, kept.outcome) == (35, 55, 6, "won")
    assert (kept.closed_on, kept.closed_at) == (deal.closed_on, deal.stage_since)
    assert TrustBlock(deal, seller).index == 64


def test_later_settings_do_not_rewrite_the_past(quoted, acts, stages, reason, seller):
    marked(quoted, acts["answered"])
    deal = closed(quoted, stages.lost, reason)

    TrustSignal.objects.update(weight=100)
    TrustSignalFactory(stage=stages.lead, weight=100)
    keep_trust([deal.pk])

    assert TrustBlock(deal, seller).weights == (10, 55)


def test_acts_marked_after_the_closing_day_do_not_leak(quoted, acts, stages, reason):
    """Closed as of last week: what was marked since proves nothing, nor what was done since."""
    long_ago = timezone.now() - timedelta(days=20)
    TrustMarkFactory(deal=quoted, signal=acts["answered"], recorded_at=long_ago)
    TrustMarkFactory(deal=quoted, signal=acts["budget"], recorded_at=timezone.now())
    TrustMarkFactory(
        deal=quoted, signal=acts["decider"], recorded_at=long_ago, done_on=company_today()
    )

    closed(quoted, stages.lost, reason, on=company_today() - timedelta(days=7))

    kept = TrustAtClose.objects.get()
    assert (kept.done, kept.due) == (10, 55)


def test_a_row_added_behind_the_back_of_the_action_changes_nothing(quoted, acts, stages):
    deal = closed(quoted, stages.won)
    TrustMarkFactory(deal=deal, signal=acts["budget"], done_on=deal.opened_on)
    keep_trust([deal.pk])

    assert TrustAtClose.objects.get().done == 0


def test_what_was_taken_back_before_closing_does_not_count(quoted, acts, stages, seller):
    take_mark_back(marked(quoted, acts["budget"]), by=seller)

    closed(quoted, stages.won)

    assert TrustAtClose.objects.get().done == 0


def test_a_deal_closed_again_is_kept_again(quoted, acts, stages, reason, seller):
    closed(quoted, stages.lost, reason)
    deal = move_deal(quoted, to=stages.quote, by=seller)
    marked(deal, acts["decider"])
    deal = closed(deal, stages.won)

    assert list(TrustAtClose.objects.standing().values_list("done", "outcome")) == [(25, "won")]
    assert TrustAtClose.objects.count() == 2


def test_no_acts_nothing_kept(quoted, stages):
    closed(quoted, stages.won)

    assert not TrustAtClose.objects.exists()


# --- Does it tell the truth -------------------------------------------------------------------


@pytest.fixture
def history(seller, pipeline, stages, acts, reason):
    """12 deals closed with 100 of which 9 were won, 15 with 0 of which 3, 4 of 45 points."""

    def end(done, is_won, times):
        for _number in range(times):
            deal = DealFactory(
                owner=seller, pipeline=pipeline, stage=stages.quote,
                stage_since=timezone.now() - timedelta(days=30),
                expected_close_on=date(2026, 12, 1),
            )  # fmt: skip
            for name in done:
                marked(deal, acts[name])
            closed(deal, stages.won if is_won else stages.lost, None if is_won else reason)

    everything = ("answered", "budget", "decider")
    end(everything, True, 9)
    end(everything, False, 3)
    end((), True, 3)
    end((), False, 12)
    end(("decider",), True, 4)


def reliability(viewer, **query):
    data = QueryDict(mutable=True)
    data.update(query)
    return Reliability(viewer, TrustFilter(data, viewer=viewer, today=company_today()))


def test_win_rate_by_tenth(history, head):
    found = reliability(head)

    assert {tenth: wins for tenth, wins in found.wins.items() if wins.n} == {
        0: Wins(3, 15),
        4: Wins(4, 4),
        9: Wins(9, 12),
    }
    assert found.wins[9].rate == 0.75
    assert round(found.wins[9].interval.low, 3) == 0.468
    assert (found.wins[4].rate, found.wins[4].interval) == (None, None)
    assert found.all == Wins(16, 31)
    truth = found.truth
    assert (truth.low, truth.high, truth.says) == (Wins(7, 19), Wins(9, 12), "yes")


def test_a_tenth_leads_to_exactly_its_deals(history, head):
    for tenth in reliability(head).tenths:
        assert deals_behind(tenth.url, head)[0] == tenth.wins.n


def test_leads_come_in_when_they_are_asked_for(
    history, head, seller, pipeline, stages, acts, reason
):
    lead = DealFactory(owner=seller, pipeline=pipeline)
    marked(lead, acts["answered"])
    closed(lead, stages.lost, reason)

    assert reliability(head).wins[9] == Wins(9, 12)
    with_leads = reliability(head, leads="on")
    assert with_leads.wins[9] == Wins(9, 13)
    assert deals_behind(with_leads.tenths[9].url, head)[0] == 13


def test_reopened_deals_leave_the_count(history, head, seller, stages):
    deal = TrustAtClose.objects.filter(tenth=9, outcome="won").first().deal
    move_deal(deal, to=stages.quote, by=seller)

    assert reliability(head).wins[9] == Wins(8, 11)


def test_the_page_of_truth(client, history, head, lead, stranger):
    client.force_login(head)
    page = client.get(reverse("deals:trust_truth"))

    assert page.context["reliability"].chart["bars"][9] == {
        "label": "90–100",
        "n": 12,
        "value": 75.0,
        "low": 46.8,
        "high": 91.1,
    }
    assert "мало, n=4" in page.content.decode()
    far = client.get(reverse("deals:trust_truth"), {"owner": stranger.pk})
    assert far.context["reliability"].all.n == 0


def test_the_table_beside_the_chart_has_the_same_numbers():
    bars = [
        {"label": "0–9", "n": 12, "value": 75.0, "low": 46.8, "high": 91.1},
        {"label": "10–19", "n": 4, "value": None, "low": None, "high": None},
    ]

    table = charts.table("rates", {"unit": "%", "bars": bars})

    assert table["rows"] == [
        ["0–9", "12", "75,0", "46,8", "91,1"],
        ["10–19", "4", "–", "–", "–"],
    ]


def test_statements_of_the_page_of_truth(client, history, head):
    client.force_login(head)
    client.get(reverse("deals:trust_truth"))

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("deals:trust_truth"))

    assert len(queries) <= 15


# --- The block on the page of a deal ----------------------------------------------------------


def test_the_page_of_a_deal_asks_for_the_block(client, seller, quoted, acts):
    client.force_login(seller)

    page = client.get(reverse("deals:deal", args=[quoted.pk])).content.decode()

    assert f'hx-get="{reverse("deals:deal_trust", args=[quoted.pk])}"' in page


@pytest.mark.parametrize("number", [1, 3])
def test_statements_of_the_block(client, seller, quoted, acts, number):
    for signal in list(acts.values())[:number]:
        marked(quoted, signal)
    client.force_login(seller)
    url = reverse("deals:deal_trust", args=[quoted.pk])
    client.get(url, headers={"HX-Request": "true"})

    with CaptureQueriesContext(connection) as queries:
        client.get(url, headers={"HX-Request": "true"})

    assert len(queries) <= 8


def test_an_act_is_marked_in_three_fields_and_taken_back(client, seller, quoted, acts):
    activity = ActivityFactory(deal=quoted, text="Бюджет 5 млн")
    client.force_login(seller)
    url = reverse("deals:trust_mark", args=[quoted.pk, acts["budget"].pk])
    assert list(client.get(url).context["form"].fields) == ["done_on", "evidence", "note"]

    client.post(
        url,
        {"done_on": company_today().isoformat(), "evidence": f"activity-{activity.pk}", "note": ""},
    )

    mark = TrustMark.objects.get()
    assert (mark.activity, mark.user, mark.done_on) == (activity, seller, company_today())
    client.post(reverse("deals:trust_mark_undo", args=[mark.pk]))
    assert not TrustMark.objects.standing().exists()
    client.post(reverse("deals:trust_mark_redo", args=[mark.pk]))
    assert TrustMark.objects.standing().get() == mark


def test_a_mark_without_evidence_says_so(client, seller, quoted, acts):
    client.force_login(seller)
    url = reverse("deals:trust_mark", args=[quoted.pk, acts["budget"].pk])

    response = client.post(url, {"done_on": company_today().isoformat()})

    assert response.status_code == 422
    assert not TrustMark.objects.exists()


def test_a_foreign_act_does_not_exist(client, seller, quoted):
    other = TrustSignalFactory(stage=staged_pipeline().stages.first())
    client.force_login(seller)

    assert client.get(reverse("deals:trust_mark", args=[quoted.pk, other.pk])).status_code == 404


def test_the_usual_acts_are_made_once():
    create_default_pipeline()

    assert create_trust_signals() == 14
    assert create_trust_signals() == 0
    assert TrustSignal.objects.filter(stage__pipeline__is_default=True).count() == 9


def test_what_is_still_wanted_comes_first(quoted, acts, seller):
    block = TrustBlock(quoted, seller)
    missing = [act for act in block.due if not act.mark]
    assert missing
    assert block.wanted == missing
    assert {act.signal.pk for act in block.wanted + block.others} == {
        act.signal.pk for act in block.acts
    }

    for act in missing:
        marked(quoted, act.signal)
    block = TrustBlock(quoted, seller)

    # Everything due is done: the next act of a later stage is offered, if there is one.
    assert block.wanted == block.ahead[:1]
    assert [act for act in block.others if act.is_due] == block.due
