"""A base goes over with everything, is accepted, watched, and comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from apps.clients.actions import assign_client
from apps.clients.models import Client, OwnerChange
from apps.core.calendars import company_today
from apps.core.models import Decision, Notification
from apps.deals.models import Deal
from apps.portfolio.actions.handover import accept_handover, give_back, hand_over, tick_step
from apps.portfolio.brief import briefed_clients, briefs, totals
from apps.portfolio.models import Handover
from apps.portfolio.watching import outcomes_of, tell_signals
from apps.staff.actions import dismiss
from apps.staff.models import User
from apps.tasks.models import Task
from tests.factories.deals import (
    ActivityFactory,
    DealFactory,
    DealFileFactory,
    RefusalReasonFactory,
    ScheduleLineFactory,
    staged_pipeline,
)
from tests.factories.distribution import base_of, certify
from tests.factories.staff import AbsenceFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(db):
    return staged_pipeline(is_default=True)


@pytest.fixture
def base(seller, teammate, lead, head, pipeline):
    """Three clients of the seller, each with a deal and a task about it; the teammate may receive."""
    certify(teammate)
    clients = base_of(seller, 3)
    for client in clients:
        deal = DealFactory(client=client, owner=seller, pipeline=pipeline)
        TaskFactory(assignee=seller, subject=deal)
    TaskFactory(assignee=seller)
    DealFactory(client=None, owner=seller, pipeline=pipeline)
    return clients


def owned(person):
    """Clients, open deals and open tasks of a person."""
    return (
        Client.objects.filter(owner=person).count(),
        Deal.objects.open().filter(owner=person).count(),
        Task.objects.open().filter(assignee=person).count(),
    )


def handed(seller, teammate, head, **options):
    return hand_over(giver=seller, receiver=teammate, by=head, cause="leave", **options)


def test_the_whole_base_goes_in_one_step(base, seller, teammate, head):
    made = handed(seller, teammate, head, note="Звонить до обеда")

    assert owned(seller) == (0, 0, 0)
    assert owned(teammate) == (3, 4, 4)
    told = totals(made)
    assert (told["clients"], told["deals"], told["tasks"]) == (3, 4, 4)
    assert told["amount"] == Decimal("400000")
    decision = Decision.objects.get()
    assert (decision.kind, decision.subject) == ("handover", made)
    assert (decision.metric, decision.expected_change) == ("revenue", 0)
    assert set(decision.people.all()) == {seller, teammate}
    notice = Notification.objects.get(user=teammate)
    assert notice.url == made.get_absolute_url()


def test_a_selection_goes_with_its_own_deals_and_tasks_only(base, seller, teammate, head):
    handed(seller, teammate, head, clients=[base[0].pk, base[1].pk])

    assert owned(seller) == (1, 2, 2)
    assert owned(teammate) == (2, 2, 2)


def test_a_client_of_somebody_else_is_left_out(base, seller, teammate, other_seller, head):
    foreign = base_of(other_seller, 1)[0]

    handed(seller, teammate, head, clients=[base[0].pk, foreign.pk])

    foreign.refresh_from_db()
    assert foreign.owner == other_seller


def test_won_deals_stay_with_who_won_them(base, seller, teammate, head, pipeline):
    won = DealFactory(
        client=base[0],
        owner=seller,
        pipeline=pipeline,
        stage=pipeline.stages.get(kind="won"),
        outcome="won",
        closed_on=company_today(),
    )

    handed(seller, teammate, head)

    won.refresh_from_db()
    assert won.owner == seller


def test_a_won_deal_that_is_not_paid_goes_along_and_comes_back(
    base, seller, teammate, head, pipeline
):
    owing = DealFactory(
        client=base[0],
        owner=seller,
        pipeline=pipeline,
        stage=pipeline.stages.get(kind="won"),
        outcome="won",
        closed_on=company_today(),
    )
    ScheduleLineFactory(deal=owing)

    made = handed(seller, teammate, head, clients=[base[0].pk])

    owing.refresh_from_db()
    assert owing.owner == teammate
    assert (totals(made)["deals"], totals(made)["debts"]) == (1, 1)
    assert outcomes_of(made).total == 1

    assert give_back(made, by=head) == 0
    owing.refresh_from_db()
    assert owing.owner == seller


@pytest.mark.parametrize("trouble", ["uncertified", "away", "dismissed"])
def test_who_may_not_receive_gets_no_base(base, seller, teammate, head, trouble):
    today = company_today()
    if trouble == "uncertified":
        User.objects.filter(pk=teammate.pk).update(may_receive_clients=False)
    elif trouble == "away":
        AbsenceFactory(user=teammate, starts_on=today, ends_on=today + timedelta(days=20))
    else:
        User.objects.filter(pk=teammate.pk).update(dismissed_on=today)
    teammate.refresh_from_db()
    before = owned(seller)

    with pytest.raises(ValidationError) as refusal:
        handed(seller, teammate, head)

    assert refusal.value.error_dict["receiver"][0].code == "ineligible"
    assert owned(seller) == before
    assert Handover.objects.count() == 0


def test_a_leader_keeps_a_base_until_it_is_divided(base, seller, lead, head):
    hand_over(giver=seller, receiver=lead, by=head, cause="leaves")

    assert owned(lead) == (3, 4, 4)


def test_rights(base, seller, teammate, other_seller, lead, other_lead, head):
    certify(other_seller)
    before = owned(seller)
    for by in (seller, other_lead, teammate):
        with pytest.raises(PermissionDenied):
            handed(seller, teammate, by)
    with pytest.raises(PermissionDenied):
        hand_over(giver=seller, receiver=other_seller, by=lead, cause="leave")
    assert owned(seller) == before

    made = handed(seller, teammate, lead)

    assert set(Handover.objects.visible_to(other_lead)) == set()
    assert set(Handover.objects.visible_to(teammate)) == {made}
    assert set(Handover.objects.visible_to(seller)) == {made}


def test_nothing_to_hand_over_is_refused(seller, teammate, head):
    certify(teammate)

    with pytest.raises(ValidationError) as refusal:
        handed(seller, teammate, head)

    assert refusal.value.code == "nothing"
    assert Handover.objects.count() == 0


def test_the_receiver_alone_accepts_and_ticks(base, seller, teammate, head):
    made = handed(seller, teammate, head)
    for by in (seller, head):
        with pytest.raises(PermissionDenied):
            accept_handover(made, by=by)
        with pytest.raises(PermissionDenied):
            tick_step(made, step="brief_read", is_done=True, by=by)

    accept_handover(made, by=teammate)
    first = accept_handover(made, by=teammate).accepted_at
    tick_step(made, step="brief_read", is_done=True, by=teammate)
    tick_step(made, step="debts_known", is_done=True, by=teammate)
    tick_step(made, step="brief_read", is_done=False, by=teammate)

    made.refresh_from_db()
    assert (made.state, made.accepted_at) == ("accepted", first)
    assert made.steps_done == ["debts_known"]


def test_the_brief_tells_deals_debts_contacts_and_tasks(base, seller, teammate, head, pipeline):
    client, deal = base[0], Deal.objects.get(client=base[0])
    for day in range(5):
        ActivityFactory(
            deal=deal,
            client=client,
            text=f"Разговор {day}",
            happened_at=timezone.now() - timedelta(days=day + 1),
        )
    debtor = DealFactory(
        client=client,
        owner=seller,
        pipeline=pipeline,
        stage=pipeline.stages.get(kind="won"),
        outcome="won",
        closed_on=company_today(),
    )
    ScheduleLineFactory(deal=debtor, due_on=company_today() - timedelta(days=3))
    DealFileFactory(deal=deal)
    DealFileFactory(deal=deal, archived_at=timezone.now())
    made = handed(seller, teammate, head)

    found = {one.client: one for one in briefs(made, list(briefed_clients(made)))}

    brief = found[client]
    assert brief.deals == [deal]
    assert [one.text for one in brief.contacts] == ["Разговор 0", "Разговор 1", "Разговор 2"]
    assert [(line.left(), line.is_late) for line in brief.payments] == [(Decimal("50000"), True)]
    assert [one.papers for one in brief.deals] == [1]
    assert [task.subject for task in brief.tasks] == [deal]
    assert found[base[1]].contacts == []


def test_the_brief_takes_as_many_statements_for_many_clients(
    base, seller, teammate, head, django_assert_num_queries
):
    made = handed(seller, teammate, head)
    clients = list(briefed_clients(made))
    briefs(made, clients)  # content types are kept from now on

    for some in (clients[:1], clients):
        with django_assert_num_queries(5):
            briefs(made, some)


def test_what_came_of_the_deals_is_watched(base, seller, teammate, head, pipeline):
    made = handed(seller, teammate, head)
    first, second, third, fourth = Deal.objects.order_by("pk")
    lost = pipeline.stages.get(kind="lost")
    today = company_today()
    Deal.objects.filter(pk=first.pk).update(
        outcome="lost", stage=lost, closed_on=today, refusal_reason=RefusalReasonFactory()
    )
    Deal.objects.filter(pk=second.pk).update(
        outcome="won", stage=pipeline.stages.get(kind="won"), closed_on=today
    )
    ActivityFactory(deal=third)

    found = outcomes_of(made)

    assert dict(found.counts) == {"lost": 1, "won": 1, "touched": 1, "untouched": 1}
    assert found.amounts["lost"] == Decimal("100000")
    assert fourth.outcome == "open"


def test_losses_and_a_silent_week_are_told_once(base, seller, teammate, lead, head, pipeline):
    made = handed(seller, teammate, head)
    Notification.objects.all().delete()
    assert tell_signals() == 0

    Handover.objects.filter(pk=made.pk).update(handed_at=timezone.now() - timedelta(days=8))
    assert tell_signals() == 1
    assert tell_signals() == 1
    told = Notification.objects.filter(kind="portfolio.handover_signal")
    assert set(told.values_list("user", flat=True)) == {teammate.pk, head.pk, lead.pk}
    assert told.count() == 3

    Handover.objects.filter(pk=made.pk).update(watch_until=timezone.now())
    assert tell_signals() == 0


def test_it_comes_back_after_the_leave_but_for_what_changed_since(
    base, seller, teammate, other_seller, head
):
    made = handed(seller, teammate, head)
    gone = Client.objects.get(pk=base[0].pk)
    assign_client(gone, to=other_seller, by=head)

    stayed = give_back(made, by=head)

    assert stayed == 1
    assert owned(seller) == (2, 4, 4)
    gone.refresh_from_db()
    assert gone.owner == other_seller
    assert give_back(made, by=head) == 1
    made.refresh_from_db()
    assert made.state == "returned"


def test_nothing_comes_back_to_a_leaver(base, seller, teammate, head):
    made = handed(seller, teammate, head)
    User.objects.filter(pk=seller.pk).update(dismissed_on=company_today())

    with pytest.raises(PermissionDenied):
        give_back(made, by=head)

    assert owned(teammate) == (3, 4, 4)


def test_a_dismissal_leaves_a_handover_with_its_brief(base, seller, lead, admin):
    dismiss(seller, on=company_today(), by=admin)

    made = Handover.objects.get()
    assert (made.giver, made.receiver, made.cause) == (seller, lead, "leaves")
    assert made.is_whole_base
    told = totals(made)
    assert (told["clients"], told["deals"], told["tasks"]) == (3, 4, 4)
    assert owned(lead) == (3, 4, 4)
    assert OwnerChange.objects.count() == 3
    assert Decision.objects.filter(kind="handover").count() == 1


def test_a_dismissal_without_open_work_leaves_none(seller, lead, admin):
    dismiss(seller, on=company_today(), by=admin)

    assert Handover.objects.count() == 0
