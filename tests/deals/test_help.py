"""A seller calls a leader: who is asked, what he may answer, when the clock stops."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.clients.models import AnswerNorm
from apps.core.calendars import company_today
from apps.core.models import Decision, Notification
from apps.deals.actions import change_deal, create_deal
from apps.deals.actions.help import ask_for_help, respond, withdraw_help
from apps.deals.big_choices import HelpEventKind, HelpState
from apps.deals.help_clock import HelpClock
from apps.deals.models import Deal, HelpEvent, HelpNorm, HelpRequest
from apps.staff.leaders import leaders_above
from tests.deals.test_deal_list import ask
from tests.factories.big_deals import BigThresholdFactory, HelpRequestFactory
from tests.factories.deals import DealFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
ANSWERED, JOINED, DECLINED = (
    HelpEventKind.ANSWERED,
    HelpEventKind.JOINED,
    HelpEventKind.DECLINED,
)
MOSCOW = ZoneInfo("Europe/Moscow")


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


@pytest.fixture
def call(deal, lead, head):
    """Makes a call of the owner: `call(of=head)`."""

    def make(**fields):
        values = {"question": "Нужен звонок их директору", "needed_on": company_today()}
        return ask_for_help(deal, by=deal.owner, **values | fields)

    return make


def kinds(request):
    return list(request.events.values_list("kind", flat=True))


def told(person):
    return list(Notification.objects.filter(user=person).values_list("kind", flat=True))


class TestLeadersAbove:
    def test_the_nearest_first(self, seller, lead, head, director):
        assert leaders_above(seller) == [lead, head]
        assert leaders_above(lead) == [head]
        assert leaders_above(head) == []

    def test_who_has_left_is_nobody_to_ask(self, seller, lead, head):
        lead.dismissed_on = company_today()
        lead.save()
        assert leaders_above(seller) == [head]

    def test_nobody_without_a_team(self, db):
        assert leaders_above(UserFactory()) == []


class TestAsking:
    def test_the_nearest_leader_is_told_at_once(self, call, seller, lead, head):
        asked = call()

        assert (asked.asked_of, asked.author, asked.state) == (lead, seller, HelpState.OPEN)
        assert kinds(asked) == [HelpEventKind.ASKED]
        assert (told(lead), told(head)) == (["help_asked"], [])

    def test_of_whom_is_chosen_among_those_above(self, call, head, stranger):
        with pytest.raises(ValidationError) as caught:
            call(of=stranger)
        assert caught.value.error_dict["of"][0].code == "not_above"
        assert not HelpRequest.objects.exists()

        assert call(of=head).asked_of == head

    def test_twice_is_one_call(self, call, lead):
        first, second = call(), call()

        assert first == second
        assert (HelpEvent.objects.count(), told(lead)) == (1, ["help_asked"])

    @pytest.mark.parametrize(
        ("fields", "field", "code"),
        [
            ({"question": "  "}, "question", "required"),
            ({"needed_on": datetime(2026, 1, 1).date()}, "needed_on", "past"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, call, fields, field, code):
        with pytest.raises(ValidationError) as caught:
            call(**fields)

        assert caught.value.error_dict[field][0].code == code
        assert not HelpRequest.objects.exists()

    def test_a_closed_deal_needs_no_help(self, call, deal, stages):
        Deal.objects.filter(pk=deal.pk).update(
            stage=stages.won, outcome="won", closed_on=company_today()
        )
        with pytest.raises(ValidationError) as caught:
            call()
        assert caught.value.code == "closed"

    def test_the_head_has_nobody_to_ask(self, head, pipeline):
        deal = DealFactory(owner=head, pipeline=pipeline)
        with pytest.raises(ValidationError) as caught:
            ask_for_help(deal, by=head, question="?", needed_on=company_today())
        assert caught.value.code == "nobody_above"

    def test_by_the_form(self, client, seller, deal, lead, head):
        client.force_login(seller)
        form = client.get(address("help_ask", deal.pk)).context["form"]
        assert set(form.fields["of"].queryset) == {lead, head}

        fields = {"question": "Звонок", "needed_on": company_today().isoformat(), "of": head.pk}
        answer = client.post(address("help_ask", deal.pk), fields)

        assert answer.status_code == 302
        assert HelpRequest.objects.get().asked_of == head


class TestAnswering:
    @pytest.mark.parametrize(
        ("kind", "state"),
        [
            (ANSWERED, HelpState.ANSWERED),
            (JOINED, HelpState.JOINED),
            (DECLINED, HelpState.DECLINED),
        ],
    )
    def test_the_first_answer_stops_the_clock(self, call, lead, seller, kind, state):
        asked = respond(call(), by=lead, kind=kind, text="Позвоню завтра")
        stopped = asked.responded_at

        assert (asked.state, bool(stopped)) == (state, True)
        assert kinds(asked) == [HelpEventKind.ASKED, kind]
        assert told(seller) == ["help_responded"]
        assert respond(asked, by=lead, kind=kind, text="Ещё раз").responded_at == stopped
        assert kinds(asked) == [HelpEventKind.ASKED, kind]

    def test_another_leader_may_answer(self, call, head):
        assert respond(call(), by=head, kind=ANSWERED, text="Звоню").state == HelpState.ANSWERED

    def test_joining_after_an_answer_keeps_the_clock(self, call, lead):
        answered = respond(call(), by=lead, kind=ANSWERED, text="Позвоню")
        joined = respond(answered, by=lead, kind=JOINED)

        assert (joined.state, joined.responded_at) == (HelpState.JOINED, answered.responded_at)

    @pytest.mark.parametrize("kind", [ANSWERED, DECLINED])
    def test_after_joining_there_is_nothing_to_answer(self, call, lead, kind):
        joined = respond(call(), by=lead, kind=JOINED)
        with pytest.raises(ValidationError) as caught:
            respond(joined, by=lead, kind=kind, text="Нет")

        assert caught.value.code == "answered"
        assert HelpRequest.objects.get().state == HelpState.JOINED

    @pytest.mark.parametrize("kind", [ANSWERED, DECLINED])
    def test_an_answer_has_words(self, call, lead, kind):
        asked = call()
        with pytest.raises(ValidationError) as caught:
            respond(asked, by=lead, kind=kind, text=" ")

        assert caught.value.error_dict["text"][0].code == "no_words"
        assert kinds(asked) == [HelpEventKind.ASKED]

    @pytest.mark.parametrize("role", ["seller", "colleague", "director", "hr", "admin"])
    def test_nobody_else_answers(self, call, people, role):
        asked = call()
        with pytest.raises(PermissionDenied):
            respond(asked, by=people[role], kind=ANSWERED, text="Да")
        assert HelpRequest.objects.get().state == HelpState.OPEN

    def test_a_lead_does_not_answer_himself(self, lead, head, pipeline):
        deal = DealFactory(owner=lead, pipeline=pipeline)
        asked = ask_for_help(deal, by=lead, question="Скидка?", needed_on=company_today())

        with pytest.raises(PermissionDenied):
            respond(asked, by=lead, kind=ANSWERED, text="Да")
        assert respond(asked, by=head, kind=ANSWERED, text="Да").state == HelpState.ANSWERED

    def test_joining_is_a_decision_with_what_is_expected(self, call, deal, lead, seller):
        respond(call(), by=lead, kind=JOINED, expected_change=Decimal("0.15"))

        decision = Decision.objects.get()
        assert (decision.kind, decision.subject, decision.metric) == (
            "help_joined",
            deal,
            "win_rate",
        )
        assert (decision.author, decision.expected_change) == (lead, Decimal("0.1500"))
        assert (list(decision.people.all()), decision.starts_on) == ([seller], company_today())
        assert decision.note == "Нужен звонок их директору"

    def test_an_answer_is_no_decision(self, call, lead):
        respond(call(), by=lead, kind=ANSWERED, text="Да")
        assert not Decision.objects.exists()

    def test_by_the_form(self, client, call, lead):
        asked = call()
        client.force_login(lead)

        empty = client.post(address("help_respond", asked.pk, "answered"), {"text": ""})
        assert empty.status_code == 422
        fields = {"text": "", "expected_change": "20"}
        answer = client.post(address("help_respond", asked.pk, "joined"), fields)

        assert answer.status_code == 302
        assert Decision.objects.get().expected_change == Decimal("0.2")
        assert client.get(address("help_respond", asked.pk, "asked")).status_code == 404


class TestWithdrawing:
    def test_the_one_who_asked_may(self, client, call, seller):
        asked = call()
        client.force_login(seller)
        for _ in range(2):
            assert client.post(address("help_withdraw", asked.pk)).status_code == 302

        asked.refresh_from_db()
        assert (asked.state, asked.responded_at) == (HelpState.WITHDRAWN, None)
        assert kinds(asked) == [HelpEventKind.ASKED, HelpEventKind.WITHDRAWN]
        assert call() != asked

    def test_others_may_not(self, call, lead):
        asked = call()
        with pytest.raises(PermissionDenied):
            withdraw_help(asked, by=lead)
        assert HelpRequest.objects.get().state == HelpState.OPEN

    def test_not_after_the_answer(self, call, lead, seller):
        asked = respond(call(), by=lead, kind=ANSWERED, text="Да")
        with pytest.raises(ValidationError) as caught:
            withdraw_help(asked, by=seller)
        assert caught.value.code == "answered"


@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_happened_is_not_rewritten(call, act):
    rows = call().events.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(text="другое") if act == "update" else rows.delete()
    assert rows.get().text == "Нужен звонок их директору"


class TestClock:
    """The department works from 9 to 18 by default."""

    FRIDAY = datetime(2026, 11, 20, 17, 30, tzinfo=MOSCOW)
    MONDAY = datetime(2026, 11, 23, 9, 45, tzinfo=MOSCOW)

    def test_the_week_end_does_not_count(self, deal):
        waits = HelpClock(self.MONDAY).waits([HelpRequestFactory(deal=deal, asked_at=self.FRIDAY)])

        assert (waits[0].minutes, waits[0].is_late, waits[0].is_running) == (75, False, True)

    def test_late_beyond_the_norm(self, deal):
        HelpNorm.objects.create(pk=1, answer_minutes=74)
        asked = HelpRequestFactory(deal=deal, asked_at=self.FRIDAY)

        assert HelpClock(self.MONDAY).wait(asked).is_late
        HelpNorm.objects.update(answer_minutes=75)
        assert not HelpClock(self.MONDAY).wait(asked).is_late

    def test_the_hours_are_those_of_the_company(self, deal):
        AnswerNorm.objects.create(pk=1, opens_at="10:00", closes_at="17:00")
        asked = HelpRequestFactory(deal=deal, asked_at=self.FRIDAY)

        assert HelpClock(self.MONDAY).wait(asked).minutes == 0

    def test_a_stopped_clock_stays(self, deal):
        asked = HelpRequestFactory(
            deal=deal,
            asked_at=self.MONDAY,
            responded_at=self.MONDAY + timedelta(minutes=20),
            state=HelpState.ANSWERED,
        )
        assert HelpClock(self.MONDAY + timedelta(days=1)).wait(asked).minutes == 20

    def test_the_end_of_the_deal_stops_it_without_an_answer(self, client, deal, head, stages):
        asked = HelpRequestFactory(deal=deal, asked_at=self.MONDAY)
        ended = self.MONDAY + timedelta(minutes=90)
        Deal.objects.filter(pk=deal.pk).update(
            stage=stages.won, outcome="won", closed_on=ended.date(), stage_since=ended
        )
        asked.deal.refresh_from_db()

        wait = HelpClock(self.MONDAY + timedelta(days=3)).wait(asked)
        assert (wait.minutes, wait.is_running, wait.is_left) == (90, False, True)
        client.force_login(head)
        assert client.get(address("help_list")).context["waits"] == []

    def test_the_day_it_was_needed_by(self, deal):
        asked = HelpRequestFactory(deal=deal, asked_at=self.FRIDAY, needed_on="2026-11-22")
        asked.refresh_from_db()
        assert HelpClock(self.MONDAY).wait(asked).is_missed

    def test_speed_is_the_example_of_the_formulas(self, seller, head, pipeline, client_company):
        """Answers after 10, 20, … 100 minutes; one waits, one was withdrawn, one is too old."""
        HelpNorm.objects.create(pk=1, answer_minutes=60)
        deals = DealFactory.create_batch(13, owner=seller, pipeline=pipeline, client=client_company)
        for number, deal in enumerate(deals[:10], 1):
            HelpRequestFactory(
                deal=deal,
                asked_at=self.MONDAY,
                responded_at=self.MONDAY + timedelta(minutes=10 * number),
                state=HelpState.ANSWERED,
            )
        HelpRequestFactory(deal=deals[10], asked_at=self.MONDAY)
        HelpRequestFactory(deal=deals[11], asked_at=self.MONDAY, state=HelpState.WITHDRAWN)
        HelpRequestFactory(deal=deals[12], asked_at=self.MONDAY - timedelta(days=120))

        speed = HelpClock(self.MONDAY + timedelta(hours=3)).speed(head)

        assert (speed.median, speed.p90, speed.n) == (55, 91, 10)
        assert (speed.waiting, speed.within_norm) == (1, 6)


class TestList:
    def test_the_longest_waiting_first_and_within_the_scope(self, client, people, pipeline):
        now = timezone.now()
        mine, foreign = (
            HelpRequestFactory(
                deal=DealFactory(owner=people[who], pipeline=pipeline),
                asked_at=now - timedelta(hours=hours),
            )
            for who, hours in (("seller", 1), ("stranger", 5))
        )
        for role, expected in (
            ("seller", [mine]),
            ("lead", [mine]),
            ("head", [foreign, mine]),
            ("director", [foreign, mine]),
        ):
            client.force_login(people[role])
            waits = client.get(address("help_list")).context["waits"]
            assert [wait.request for wait in waits] == expected, role

    def test_answered_ones_on_demand(self, client, head, call, lead):
        respond(call(), by=lead, kind=ANSWERED, text="Да")
        client.force_login(head)

        assert client.get(address("help_list")).context["waits"] == []
        assert len(client.get(address("help_list"), {"all": 1}).context["waits"]) == 1

    def test_the_menu_counts_the_calls_of_the_leader(self, client, call, lead, head):
        call()
        for person, count in ((lead, 1), (head, 0)):
            client.force_login(person)
            places = client.get(address("help_list")).context["frame"].places
            counts = {place.url: place.count for place in places}
            assert counts[address("big_deal_list")] == count

    def test_statements_do_not_grow(self, client, head, seller, pipeline):
        HelpRequestFactory(deal=DealFactory(owner=seller, pipeline=pipeline))
        few = ask(client, head, address("help_list"))
        for _ in range(4):
            HelpRequestFactory(deal=DealFactory(owner=seller, pipeline=pipeline))

        assert few == ask(client, head, address("help_list")) <= 15


class TestDealBecomesBig:
    @pytest.fixture
    def threshold(self, db):
        return BigThresholdFactory(big_from=Decimal("500000.00"))

    def test_leaders_are_told_once(self, deal, seller, lead, head, threshold):
        change_deal(deal, by=seller, amount=Decimal("499999.99"))
        assert told(lead) == []
        change_deal(deal, by=seller, amount=Decimal("500000.00"))
        assert (told(lead), told(head)) == (["deal_is_big"], ["deal_is_big"])

        change_deal(deal, by=seller, amount=Decimal("100.00"))
        change_deal(deal, by=seller, amount=Decimal("900000.00"))
        assert told(lead) == ["deal_is_big"]

    def test_a_new_deal_too_but_not_an_imported_one(
        self, seller, lead, pipeline, client_company, threshold
    ):
        fields = {
            "by": seller,
            "owner": seller,
            "pipeline": pipeline,
            "client": client_company,
            "amount": Decimal("700000.00"),
        }
        create_deal(title="Из файла", imported=True, **fields)
        assert told(lead) == []
        create_deal(title="Новая", **fields)
        assert told(lead) == ["deal_is_big"]

    def test_without_a_threshold_nobody_is_told(self, deal, seller, lead):
        change_deal(deal, by=seller, amount=Decimal("900000.00"))
        assert told(lead) == []
