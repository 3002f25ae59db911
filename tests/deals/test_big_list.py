"""The page of big deals: its rows, the worries of each, the effect of leaders, the norms."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from apps.core.calendars import company_today, company_zone
from apps.deals.actions.big_norms import set_big_norms
from apps.deals.big_choices import HelpEventKind, HelpState, RiskEnd
from apps.deals.big_list import effect_of_leaders
from apps.deals.models import BigThreshold, Deal, HelpNorm
from apps.deals.models.big_deals import Bigness
from tests.deals.test_deal_list import ask
from tests.factories.big_deals import (
    BigThresholdFactory,
    DealRiskFactory,
    HelpEventFactory,
    HelpRequestFactory,
    PlanStepFactory,
)
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


@pytest.fixture
def threshold(db):
    return BigThresholdFactory(big_from=Decimal("1000000.00"))


@pytest.fixture
def make(pipeline, client_company, threshold):
    def deal(owner, millions, **fields):
        fields = {"amount": Decimal(millions * 1_000_000)} | fields
        return DealFactory(owner=owner, pipeline=pipeline, client=client_company, **fields)

    return deal


def shown(client, person, **query):
    client.force_login(person)
    return client.get(address("big_deal_list"), query).context


class TestRows:
    def test_by_sum_and_within_the_scope(self, client, people, make):
        small, middle = make(people["seller"], 0.5), make(people["seller"], 2)
        large = make(people["stranger"], 5)
        for role, expected in (
            ("seller", [middle.pk]),
            ("lead", [middle.pk]),
            ("head", [large.pk, middle.pk]),
            ("admin", [large.pk, middle.pk]),
        ):
            context = shown(client, people[role])
            assert [deal.row.pk for deal in context["page"]] == expected, role
            assert small.pk not in expected
        narrowed = shown(client, people["head"], owner=people["seller"].pk)
        assert [deal.row.pk for deal in narrowed["page"]] == [middle.pk]
        assert narrowed["totals"].amount == Decimal(2_000_000)

    def test_closed_and_removed_ones_are_not_there(self, client, seller, make, stages):
        today = company_today()
        make(seller, 2, outcome="won", closed_on=today, stage=stages.won)
        Deal.objects.filter(pk=make(seller, 3).pk).update(archived_at="2026-11-01T00:00:00Z")

        assert list(shown(client, seller)["page"]) == []

    def test_worries_of_a_deal(self, client, seller, make):
        today = company_today()
        deal = make(seller, 2, expected_close_on=today + timedelta(days=9))
        DealRiskFactory(deal=deal, probability=2, impact=3)
        DealRiskFactory(deal=deal, probability=1, impact=3)
        DealRiskFactory(deal=deal, end=RiskEnd.GONE, ended_on=today, probability=3, impact=3)
        PlanStepFactory(deal=deal, due_on=today - timedelta(days=1))
        PlanStepFactory(deal=deal, due_on=today)
        HelpRequestFactory(deal=deal)

        found = next(iter(shown(client, seller)["page"]))

        row = found.row
        assert (row.open_risks, row.heavy_risks, row.steps, row.late_steps) == (2, 1, 2, 1)
        assert row.help_id == deal.help_requests.get().pk
        assert found.days_to_close == 9

    def test_without_a_threshold_the_page_says_so(self, client, head, make, threshold):
        threshold.delete()
        make(head, 5)
        context = shown(client, head)

        assert (list(context["page"]), context["has_threshold"]) == ([], False)

    @pytest.mark.parametrize("role", ["seller", "lead", "head", "director"])
    def test_statements_do_not_grow(self, client, people, make, role):
        HelpRequestFactory(deal=make(people["seller"], 2))
        few = ask(client, people[role], address("big_deal_list"))
        for _ in range(4):
            deal = make(people["seller"], 2)
            HelpRequestFactory(deal=deal)
            DealRiskFactory(deal=deal)
            PlanStepFactory(deal=deal)

        assert few == ask(client, people[role], address("big_deal_list")) <= 15

    def test_a_seller_is_not_shown_the_effect(self, client, seller, head, make):
        assert not shown(client, seller)["can_compare"]
        assert client.get(address("big_effect")).status_code == 403
        assert shown(client, head)["can_compare"]


class TestEffect:
    @pytest.fixture
    def closed(self, make, seller, stages):
        """A big deal closed yesterday after `days`."""

        def deal(*, won=True, days=30, person=None, **fields):
            closed_on = company_today() - timedelta(days=1)
            ended = datetime(
                closed_on.year, closed_on.month, closed_on.day, 12, tzinfo=company_zone()
            )
            values = {
                "outcome": "won" if won else "lost",
                "stage": stages.won if won else stages.lost,
                "closed_on": closed_on,
                "opened_on": closed_on - timedelta(days=days),
                "stage_since": ended,
            }
            if not won:
                values["refusal_reason"] = self.reason
            return make(person or seller, 2, **values | fields)

        return deal

    @pytest.fixture(autouse=True)
    def refusal(self, reason):
        self.reason = reason

    def help(self, deal, *, hours_before=24, kind=HelpEventKind.ANSWERED):
        moment = deal.stage_since - timedelta(hours=hours_before)
        states = {
            HelpEventKind.ANSWERED: HelpState.ANSWERED,
            HelpEventKind.JOINED: HelpState.JOINED,
            HelpEventKind.DECLINED: HelpState.DECLINED,
        }
        asked = HelpRequestFactory(
            deal=deal,
            state=states[kind],
            asked_at=moment - timedelta(hours=1),
            responded_at=moment,
        )
        HelpEventFactory(request=asked, kind=kind, happened_at=moment)

    def test_sides_are_counted_apart(self, closed, head):
        """With: 8 of 10 won, the won ones in 1…8 days (median 4.5). Without: 6 of 12 in 40 days."""
        for number in range(10):
            kind = HelpEventKind.JOINED if number % 2 else HelpEventKind.ANSWERED
            self.help(closed(won=number < 8, days=number + 1), kind=kind)
        for number in range(12):
            closed(won=number < 6, days=40)

        effect = effect_of_leaders(head, company_today(), Bigness())

        one, two = effect.with_part, effect.without
        assert (one.n, one.won, one.median_days) == (10, 8, 4.5)
        assert (two.n, two.won, two.median_days) == (12, 6, 40)
        assert effect.difference == pytest.approx(0.3)
        # Wilson: 8/10 → 0.4902…0.9433, 6/12 → 0.2538…0.7462; Newcombe's method 10 of them.
        assert effect.interval == pytest.approx((-0.0957, 0.5847), abs=1e-3)
        assert effect.is_unclear

    @pytest.mark.parametrize("fields", [{"hours_before": -1}, {"kind": HelpEventKind.DECLINED}])
    def test_a_refusal_or_help_after_the_end_is_no_part(self, closed, head, fields):
        self.help(closed(), **fields)

        effect = effect_of_leaders(head, company_today(), Bigness())
        assert (effect.with_part.n, effect.without.n) == (0, 1)

    def test_small_old_and_foreign_deals_do_not_count(self, closed, lead, stranger):
        closed(amount=Decimal("10.00"))
        closed(person=stranger)
        long_ago = company_today() - timedelta(days=731)
        closed(closed_on=long_ago, opened_on=long_ago)

        effect = effect_of_leaders(lead, company_today(), Bigness())
        assert (effect.with_part.n, effect.without.n) == (0, 0)

    def test_the_page_says_too_little(self, client, closed, head):
        self.help(closed())
        client.force_login(head)

        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(address("big_effect"), headers=headers)
            assert "Мало данных" in answer.content.decode()


class TestNorms:
    def test_are_set_and_taken_away(self, client, head, pipeline):
        client.force_login(head)
        fields = {
            "big_from": "3 000 000",
            "answer_minutes": "120",
            f"pipeline_{pipeline.pk}": "7000000,50",
        }

        assert client.post(address("big_norm"), fields).status_code == 302
        known = dict(BigThreshold.objects.values_list("pipeline_id", "big_from"))
        assert known == {None: Decimal(3_000_000), pipeline.pk: Decimal("7000000.50")}
        assert HelpNorm.current().answer_minutes == 120

        client.post(address("big_norm"), {"big_from": "", "answer_minutes": "60"})
        assert not BigThreshold.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"), [("big_from", "0"), ("big_from", "-5"), ("answer_minutes", "0")]
    )
    def test_nonsense_is_refused(self, client, head, field, value):
        client.force_login(head)
        fields = {"big_from": "5", "answer_minutes": "60"} | {field: value}

        answer = client.post(address("big_norm"), fields)

        assert set(answer.context["form"].errors) == {field}
        assert not BigThreshold.objects.exists()

    @pytest.mark.parametrize("role", ["seller", "lead", "director", "hr"])
    def test_are_the_heads(self, people, role):
        with pytest.raises(PermissionDenied):
            set_big_norms(by=people[role], thresholds={None: Decimal(5)}, answer_minutes=5)
        assert not BigThreshold.objects.exists()


class TestTop:
    """The panel of the head's screen."""

    def test_the_largest_five_and_the_calls_of_a_team(self, client, people, make, team):
        deals = [make(people["seller"], millions) for millions in (2, 7, 3, 4, 5, 6)]
        make(people["stranger"], 9)
        call = HelpRequestFactory(deal=deals[0])
        HelpRequestFactory(deal=make(people["stranger"], 8))
        client.force_login(people["head"])

        context = client.get(
            address("big_top"), {"team": team.pk}, headers={"HX-Request": "true"}
        ).context

        assert [row.row.amount / 1_000_000 for row in context["rows"]] == [7, 6, 5, 4, 3]
        assert [wait.request for wait in context["waits"]] == [call]

    def test_without_a_script_the_page_itself_opens(self, client, head):
        client.force_login(head)
        answer = client.get(address("big_top"), {"team": 5})
        assert answer["Location"] == address("big_deal_list") + "?team=5"
