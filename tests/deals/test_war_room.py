"""What is written in the room of a big deal, and who may write it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from apps.clients.actions.merging import merge_clients, merge_contacts
from apps.core.calendars import company_today
from apps.core.versions import Conflict
from apps.deals.actions import war_room as actions
from apps.deals.big_choices import Attitude, DealPart, Grade, RiskEnd, Side
from apps.deals.models import BigMark, Concession, Deal, Stakeholder
from apps.deals.models.big_deals import is_big, only_big
from apps.deals.war_room import bands_of, holes_of, people_of
from tests.deals.test_deal_list import ask
from tests.factories.big_deals import (
    BigThresholdFactory,
    ConcessionFactory,
    DealRiskFactory,
    HelpRequestFactory,
    PlanStepFactory,
    StakeholderFactory,
)
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import DealFactory, staged_pipeline

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"deals:{name}", args=args)


def big_by_both(deal):
    """The expression and the filter must agree, whatever the case."""
    shown = Deal.objects.annotate(is_big=is_big()).get(pk=deal.pk).is_big
    found = only_big(Deal.objects.filter(pk=deal.pk)).exists()
    assert shown == found
    return shown


class TestWhatIsBig:
    def test_without_a_threshold_no_sum_is_big(self, deal):
        assert not big_by_both(deal)

    @pytest.mark.parametrize(
        ("amount", "expected"), [("99999.99", False), ("100000.00", True), (None, False)]
    )
    def test_the_sum_passes_the_threshold(self, seller, amount, expected):
        BigThresholdFactory(big_from=Decimal("100000.00"))
        amount = amount and Decimal(amount)

        assert big_by_both(DealFactory(owner=seller, amount=amount)) is expected

    def test_a_pipeline_has_its_own_threshold(self, deal, pipeline):
        BigThresholdFactory(big_from=Decimal("100000.00"))
        BigThresholdFactory(pipeline=pipeline, big_from=Decimal("200000.00"))

        assert not big_by_both(deal)
        assert big_by_both(DealFactory(pipeline=staged_pipeline(), amount=Decimal("100000.00")))

    def test_the_word_of_a_leader_is_above_the_sum(self, deal, lead):
        BigThresholdFactory(big_from=Decimal("50000.00"))

        actions.mark_big(deal, by=lead, is_big=False, reason="Обычная поставка")
        assert not big_by_both(deal)
        actions.mark_big(deal, by=lead, is_big=True, reason="Вход в холдинг")
        assert big_by_both(deal)
        actions.unmark_big(deal, by=lead)
        actions.unmark_big(deal, by=lead)
        assert big_by_both(deal)

    def test_a_mark_says_why(self, deal, lead):
        with pytest.raises(ValidationError) as caught:
            actions.mark_big(deal, by=lead, is_big=True, reason="  ")

        assert caught.value.error_dict["reason"][0].code == "no_reason"
        assert not BigMark.objects.exists()

    @pytest.mark.parametrize("role", ["seller", "stranger", "director", "admin"])
    def test_only_leaders_of_the_owner_mark(self, deal, people, role):
        with pytest.raises(PermissionDenied):
            actions.mark_big(deal, by=people[role], is_big=True, reason="Вход")
        with pytest.raises(PermissionDenied):
            actions.unmark_big(deal, by=people[role])

        assert not BigMark.objects.exists()

    def test_a_leader_marks_by_the_form(self, client, deal, lead):
        client.force_login(lead)

        refused = client.post(address("deal_mark", deal.pk), {"says": "big", "reason": ""})
        assert refused.status_code == 422
        kept = client.post(address("deal_mark", deal.pk), {"says": "big", "reason": "Вход"})

        assert kept.status_code == 302
        assert big_by_both(deal)

    def test_the_list_and_the_board_say_it(self, client, seller, deal):
        BigThresholdFactory(big_from=Decimal("100000.00"))
        small = DealFactory(owner=seller, pipeline=deal.pipeline, amount=Decimal("5.00"))
        client.force_login(seller)

        rows = client.get(address("deal_list"), {"big": "on", "outcome": "open"}).context["page"]
        assert [(row.pk, row.is_big) for row in rows] == [(deal.pk, True)]
        board = client.get(address("deal_board")).context["board"]
        cards = {card.pk: card.is_big for column in board.columns for card in column.cards}
        assert cards == {deal.pk: True, small.pk: False}
        assert client.get(address("deal", deal.pk)).context["deal"].is_big


class TestStakeholders:
    @pytest.fixture
    def contact(self, deal):
        return ContactFactory(client=deal.client, name="Орлова Ольга")

    def test_influence_begins_with_what_the_part_usually_has(self, deal, seller, contact):
        row = actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.DECIDES)

        assert (row.influence, row.attitude) == (Grade.HIGH, Attitude.UNKNOWN)

    def test_only_contacts_of_the_client_and_once(self, deal, seller, contact):
        actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.USES)
        for other, code in ((ContactFactory(), "foreign_contact"), (contact, "on_the_map")):
            with pytest.raises(ValidationError) as caught:
                actions.add_stakeholder(deal, by=seller, contact=other, part=DealPart.BUYS)
            assert caught.value.error_dict["contact"][0].code == code

        assert [row.part for row in deal.stakeholders.all()] == [DealPart.USES]

    def test_the_form_offers_contacts_of_the_client_alone(self, client, seller, deal, contact):
        ContactFactory(name="Чужой")
        client.force_login(seller)

        page = client.get(address("war_row_create", deal.pk, "stakeholder"))
        offered = page.context["form"].fields["contact"].queryset
        assert list(offered) == [contact]
        client.post(
            address("war_row_create", deal.pk, "stakeholder"),
            {"contact": contact.pk, "part": "decides", "attitude": "friend"},
        )

        assert [one.row.attitude for one in people_of(deal)] == ["friend"]
        assert not offered.all().exists()

    def test_removed_one_comes_back_unless_added_anew(self, deal, seller, contact):
        row = actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.USES)
        actions.remove_row(row, by=seller)
        actions.remove_row(row, by=seller)
        assert people_of(deal) == []
        actions.restore_row(row, by=seller)
        assert [one.row.pk for one in people_of(deal)] == [row.pk]

        actions.remove_row(row, by=seller)
        again = actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.BUYS)
        with pytest.raises(ValidationError) as caught:
            actions.restore_row(row, by=seller)
        assert caught.value.code == "on_the_map"
        assert [one.row.pk for one in people_of(deal)] == [again.pk]

    def test_a_stale_edit_is_a_conflict(self, deal, seller, lead, contact):
        row = actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.USES)
        actions.change_row(row, by=lead, expected_version=1, attitude=Attitude.ENEMY)

        with pytest.raises(Conflict):
            actions.change_row(row, by=seller, expected_version=1, attitude=Attitude.FRIEND)
        row.refresh_from_db()
        assert row.attitude == Attitude.ENEMY

    def test_the_conflict_page_shows_both(self, client, deal, seller, lead, contact):
        row = actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.USES)
        actions.change_row(row, by=lead, expected_version=1, attitude=Attitude.ENEMY)
        client.force_login(seller)

        answer = client.post(
            address("war_row_edit", "stakeholder", row.pk),
            {"part": "uses", "attitude": "friend", "influence": 1, "version": 1},
        )

        assert answer.status_code == 409
        row.refresh_from_db()
        assert row.attitude == Attitude.ENEMY

    def test_merged_contacts_keep_their_parts(self, deal, seller, head, contact):
        twin = ContactFactory(client=deal.client, name="Орлова О.")
        row = actions.add_stakeholder(deal, by=seller, contact=twin, part=DealPart.DECIDES)

        merge_contacts(kept=contact, gone=twin, by=head)

        assert [one.row.contact for one in people_of(deal)] == [contact]
        assert [one.row.pk for one in people_of(deal)] == [row.pk]

    def test_two_parts_of_merged_contacts_leave_one(self, deal, seller, head, contact):
        twin = ContactFactory(client=deal.client, name="Орлова О.")
        kept = actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.PAYS)
        actions.add_stakeholder(deal, by=seller, contact=twin, part=DealPart.DECIDES)

        merge_contacts(kept=contact, gone=twin, by=head)

        assert [one.row.pk for one in people_of(deal)] == [kept.pk]

    def test_merged_clients_bring_their_people(self, deal, seller, head, contact):
        actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.DECIDES)
        kept = ClientFactory(owner=seller)

        merge_clients(kept, deal.client, by=head)

        deal.refresh_from_db()
        assert deal.client == kept
        assert [one.row.contact for one in people_of(deal)] == [contact]

    def test_people_of_a_former_client_are_not_shown(self, deal, seller, contact):
        actions.add_stakeholder(deal, by=seller, contact=contact, part=DealPart.PAYS)
        Deal.objects.filter(pk=deal.pk).update(client=ClientFactory(owner=seller))
        deal.refresh_from_db()

        assert people_of(deal) == []

    def test_the_map_has_a_place_for_each(self, deal):
        row = StakeholderFactory(deal=deal, influence=Grade.HIGH, attitude=Attitude.SCEPTIC)
        StakeholderFactory(deal=deal, influence=Grade.LOW, attitude=Attitude.CHAMPION)
        high, middle, low = bands_of(people_of(deal))

        assert [band.influence for band in (high, middle, low)] == [3, 2, 1]
        assert middle.is_empty
        sceptics = next(cell for cell in high.cells if cell.attitude == Attitude.SCEPTIC)
        assert [one.row.pk for one in sceptics.people] == [row.pk]

    def test_holes_of_the_map(self, deal):
        row = StakeholderFactory(deal=deal, part=DealPart.USES, influence=Grade.LOW)
        assert len(holes_of(people_of(deal))) == 3  # nobody decides, one contact, no champion

        row.part, row.influence, row.attitude = DealPart.DECIDES, Grade.HIGH, Attitude.ENEMY
        row.save()
        assert len(holes_of(people_of(deal))) == 3  # one contact, an enemy, no champion

        row.attitude = Attitude.CHAMPION
        row.save()
        StakeholderFactory(deal=deal, part=DealPart.USES, influence=Grade.LOW)
        assert holes_of(people_of(deal)) == []


class TestRisks:
    def test_a_risk_ends_and_comes_again(self, deal, seller):
        risk = actions.add_risk(deal, by=seller, title="Перенос бюджета", probability=3, impact=2)
        assert risk.weight == 6

        ended = actions.end_risk(risk, by=seller, end=RiskEnd.GONE)
        assert (ended.end, ended.ended_on) == (RiskEnd.GONE, company_today())
        assert actions.end_risk(risk, by=seller, end=RiskEnd.GONE).version == ended.version
        back = actions.end_risk(risk, by=seller, end=RiskEnd.OPEN)
        assert (back.end, back.ended_on) == (RiskEnd.OPEN, None)

    def test_a_removed_risk_is_not_ended(self, deal, seller):
        risk = DealRiskFactory(deal=deal)
        actions.remove_row(risk, by=seller)

        with pytest.raises(ValidationError) as caught:
            actions.end_risk(risk, by=seller, end=RiskEnd.CAME)
        assert caught.value.code == "archived"
        risk.refresh_from_db()
        assert risk.end == RiskEnd.OPEN

    def test_by_the_form(self, client, seller, deal):
        client.force_login(seller)
        fields = {
            "title": "Перенос бюджета",
            "probability": 3,
            "impact": 3,
            "response": "Разбить на этапы",
            "person": seller.pk,
            "due_on": "2026-12-10",
        }

        client.post(address("war_row_create", deal.pk, "risk"), fields)

        risk = deal.risks.get()
        assert (risk.weight, risk.person, risk.due_on) == (9, seller, date(2026, 12, 10))
        changed = fields | {"impact": 1, "version": 1}
        client.post(address("war_row_edit", "risk", risk.pk), changed)
        risk.refresh_from_db()
        assert (risk.weight, risk.version) == (3, 2)


class TestPlan:
    def test_ticking_keeps_the_first_day(self, deal, seller):
        step = actions.add_plan_step(
            deal, by=seller, title="Замер", side=Side.THEIRS, due_on=date(2026, 11, 1)
        )
        done = actions.tick_step(step, by=seller, is_done=True)
        assert done.done_on == company_today()
        assert actions.tick_step(step, by=seller, is_done=True).version == done.version
        assert actions.tick_step(step, by=seller, is_done=False).done_on is None

    def test_late_steps_are_told(self, client, seller, deal):
        today = company_today()
        PlanStepFactory(deal=deal, due_on=today - timedelta(days=3))
        PlanStepFactory(deal=deal, due_on=today)
        PlanStepFactory(deal=deal, due_on=today - timedelta(days=5), done_on=today)
        client.force_login(seller)

        room = client.get(address("war_room", deal.pk)).context["room"]

        assert sorted(step.late_days for step in room.steps) == [0, 0, 3]
        assert (room.done_steps, room.late_steps) == (1, 1)


class TestConcessions:
    def record(self, deal, by, **fields):
        values = {"given": "Скидка 5 %", "worth": Decimal("50000.00"), "agreed_by": by}
        return actions.record_concession(deal, by=by, **values | fields)

    def test_is_kept_with_the_currency_of_the_deal(self, deal, seller, lead):
        row = self.record(deal, seller, agreed_by=lead, in_return="Предоплата 50 %")

        assert (row.currency, row.given_on, row.author, row.agreed_by) == (
            "RUB",
            company_today(),
            seller,
            lead,
        )

    def test_a_day_to_come_is_refused(self, deal, seller):
        with pytest.raises(ValidationError) as caught:
            self.record(deal, seller, given_on=company_today() + timedelta(days=1))

        assert caught.value.error_dict["given_on"][0].code == "in_the_future"
        assert not Concession.objects.exists()

    @pytest.mark.parametrize("act", ["update", "delete"])
    def test_nothing_is_rewritten(self, deal, seller, act):
        row = self.record(deal, seller)
        rows = Concession.objects.filter(pk=row.pk)

        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(worth=1) if act == "update" else rows.delete()
        assert rows.get().worth == Decimal("50000.00")

    def test_a_wrong_one_is_struck_out_once(self, client, deal, seller):
        wrong, right = self.record(deal, seller), self.record(deal, seller, worth=Decimal(20000))
        client.force_login(seller)

        for _ in range(2):
            client.post(address("concession_reverse", wrong.pk))
        room = client.get(address("war_room", deal.pk)).context["room"]

        assert Concession.objects.filter(reversal_of=wrong).count() == 1
        assert [one.pk for one in room.standing] == [right.pk]
        assert room.given_away == Decimal(20000)
        assert room.share_given == Decimal(20000) / Decimal(120000)
        with pytest.raises(ValidationError):
            actions.reverse_concession(wrong.reversed_by, by=seller)


WRITES = [
    lambda deal, by: actions.add_risk(deal, by=by, title="Риск"),
    lambda deal, by: actions.add_plan_step(
        deal, by=by, title="Шаг", side=Side.OURS, due_on=date(2026, 12, 1)
    ),
    lambda deal, by: actions.record_concession(
        deal, by=by, given="Скидка", worth=Decimal(1), agreed_by=by
    ),
    lambda deal, by: actions.add_stakeholder(
        deal, by=by, contact=ContactFactory(client=deal.client), part=DealPart.PAYS
    ),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("role", ["stranger", "director", "hr", "admin"])
def test_nobody_else_writes(deal, people, write, role):
    with pytest.raises(PermissionDenied):
        write(deal, people[role])

    rows = (deal.risks, deal.plan_steps, deal.concessions, deal.stakeholders)
    assert not any(kind.exists() for kind in rows)


@pytest.mark.parametrize("write", WRITES)
def test_a_deal_in_the_bin_takes_nothing(deal, seller, write):
    Deal.objects.filter(pk=deal.pk).update(archived_at="2026-11-01T00:00:00Z")

    with pytest.raises(ValidationError) as caught:
        write(deal, seller)
    assert caught.value.code == "archived"


def test_unknown_kinds_are_not_found(client, seller, deal):
    client.force_login(seller)
    row = ConcessionFactory(deal=deal)

    assert client.get(address("war_row_create", deal.pk, "wish")).status_code == 404
    assert client.get(address("war_row_edit", "concession", row.pk)).status_code == 404
    risk, step = DealRiskFactory(deal=deal), PlanStepFactory(deal=deal)
    assert client.post(address("risk_end", risk.pk, "never")).status_code == 404
    assert client.post(address("step_tick", step.pk, "maybe")).status_code == 404


def test_removal_leads_back_to_the_page_it_came_from(client, seller, deal):
    row = StakeholderFactory(deal=deal)
    client.force_login(seller)
    here = address("deal", deal.pk)

    answer = client.post(address("war_row_remove", "stakeholder", row.pk), {"next": here})
    assert answer["Location"] == here
    assert Stakeholder.objects.get(pk=row.pk).archived_at
    away = client.post(
        address("war_row_remove", "stakeholder", row.pk), {"next": "https://evil.example/"}
    )
    assert away["Location"] == address("war_room", deal.pk)


def furnish(deal):
    for make in (StakeholderFactory, DealRiskFactory, PlanStepFactory, ConcessionFactory):
        make(deal=deal)


@pytest.mark.parametrize("role", ["seller", "lead", "head", "director", "admin"])
def test_statements_do_not_grow_with_the_rows(client, people, deal, role):
    HelpRequestFactory(deal=deal)
    furnish(deal)
    few = ask(client, people[role], address("war_room", deal.pk))
    for _ in range(4):
        furnish(deal)
        HelpRequestFactory(deal=deal, state="withdrawn")
    many = ask(client, people[role], address("war_room", deal.pk))

    assert few == many <= 15


@pytest.mark.parametrize("name", ["deal_people", "deal_help"])
def test_panels_make_few_statements(client, seller, deal, name):
    furnish(deal)
    HelpRequestFactory(deal=deal, state="withdrawn")
    few = ask(client, seller, address(name, deal.pk))
    for _ in range(4):
        furnish(deal)
        HelpRequestFactory(deal=deal, state="withdrawn")

    assert few == ask(client, seller, address(name, deal.pk)) <= 10
