"""Verification calls: who is drawn, who may call, what the answers say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.nightly import offered_steps
from apps.deals.actions import (
    assign_deal,
    draw_losses,
    move_deal,
    not_stated_reason,
    record_call,
    reopen_call,
)
from apps.deals.choices import CallResult
from apps.deals.forms.losses import CallFilter
from apps.deals.models import VerificationCall, VerificationNorm
from apps.deals.night import draw_step
from apps.deals.verification import Verified, calls_due
from tests.factories.deals import DealFactory, RefusalReasonFactory
from tests.factories.losses import VerificationCallFactory, lost_deal

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture
def call(seller, pipeline, reason):
    deal = lost_deal(owner=seller, pipeline=pipeline, reason=reason)
    return VerificationCallFactory(owner=seller, deal=deal)


def drawn():
    return set(VerificationCall.objects.values_list("deal_id", "lost_on"))


# --- The draw ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lost", "share", "least", "wanted"),
    [
        (1, "0.2", 1, 1),
        (5, "0.2", 1, 1),
        (6, "0.2", 1, 2),
        (6, "0", 1, 1),
        (3, "0", 0, 0),
        (2, "0.1", 5, 2),
        (4, "1", 0, 4),
    ],
)
def test_how_many_of_a_seller_are_drawn(seller, pipeline, reason, lost, share, least, wanted):
    VerificationNorm(pk=1, share=Decimal(share), per_seller=least).save()
    for _number in range(lost):
        lost_deal(owner=seller, pipeline=pipeline, reason=reason, on=MONDAY)

    assert draw_losses(MONDAY + timedelta(days=3)) == wanted
    assert VerificationCall.objects.count() == wanted


def test_at_least_one_of_every_seller(seller, colleague, stranger, pipeline, reason):
    for owner, number in ((seller, 4), (colleague, 1), (stranger, 1)):
        for _one in range(number):
            lost_deal(owner=owner, pipeline=pipeline, reason=reason, on=MONDAY)

    draw_losses(MONDAY)

    owners = list(VerificationCall.objects.values_list("owner_id", flat=True))
    assert sorted(owners) == sorted([seller.pk, colleague.pk, stranger.pk])


def test_the_draw_is_the_same_whenever_it_is_made(seller, pipeline, reason):
    for _number in range(12):
        lost_deal(owner=seller, pipeline=pipeline, reason=reason, on=MONDAY)

    assert draw_losses(MONDAY) == 3
    first = drawn()
    assert draw_losses(MONDAY) == 0
    assert drawn() == first
    VerificationCall.objects.all().delete()
    draw_losses(MONDAY)
    assert drawn() == first


def test_a_night_draws_a_week_again_only_for_a_loss_that_is_new(seller, pipeline, reason):
    sunday, before, after = MONDAY + timedelta(days=6), *around_now()
    lost_deal(owner=seller, pipeline=pipeline, reason=reason, on=MONDAY)
    assert draw_step(sunday, after) == 1  # nobody has drawn the week yet

    VerificationNorm(pk=1, share=1).save()
    lost_deal(owner=seller, pipeline=pipeline, reason=reason, on=MONDAY)
    assert draw_step(sunday, after) == 0
    assert draw_step(sunday, before) == 1
    assert draw_step(sunday, None) == 0


def around_now():
    now = timezone.now()
    return now - timedelta(minutes=1), now + timedelta(hours=2)


def test_only_losses_of_the_week_with_a_stated_reason(seller, pipeline, reason, stages):
    days = (MONDAY - timedelta(days=1), MONDAY + timedelta(days=6), MONDAY + timedelta(days=7))
    deals = [lost_deal(owner=seller, pipeline=pipeline, reason=reason, on=day) for day in days]
    silent = DealFactory(owner=seller, pipeline=pipeline)
    move_deal(
        silent, to=stages.lost, by=seller, on=MONDAY, reason=not_stated_reason(), imported=True
    )
    VerificationNorm(pk=1, share=1).save()

    draw_losses(MONDAY)

    assert drawn() == {(deals[1].pk, days[1])}
    call = VerificationCall.objects.get()
    assert (call.stated, call.owner, call.week) == (reason, seller, MONDAY)
    assert call.due_on == MONDAY + timedelta(days=14)


def test_the_night_draws_weeks_that_are_over(seller, pipeline, reason):
    lost_deal(owner=seller, pipeline=pipeline, reason=reason, on=MONDAY)
    step = next(one for one in offered_steps() if one.code == "verification")

    assert step.done(MONDAY + timedelta(days=5), None) == 0
    assert step.done(MONDAY + timedelta(days=6), None) == 1
    assert step.done(MONDAY + timedelta(days=6), None) == 0


# --- The call ---------------------------------------------------------------------------------


def test_the_client_names_another_reason(call, lead):
    found = RefusalReasonFactory(name="Долго")

    made = record_call(
        call, by=lead, result=CallResult.REACHED, found=found, comment=" Ждать месяц "
    )

    assert (made.found, made.comment, made.made_by) == (found, "Ждать месяц", lead)
    assert made.made_at is not None


def test_a_client_who_was_not_reached_names_nothing(call, lead, reason):
    made = record_call(call, by=lead, result=CallResult.UNREACHED, found=reason)

    assert (made.result, made.found) == ("unreached", None)


def test_nobody_verifies_his_own_deal(lead, pipeline, reason):
    deal = lost_deal(owner=lead, pipeline=pipeline, reason=reason)
    call = VerificationCallFactory(owner=lead, deal=deal)

    with pytest.raises(PermissionDenied):
        record_call(call, by=lead, result=CallResult.REACHED, found=reason)

    call.refresh_from_db()
    assert (call.result, call.made_by) == ("", None)


def test_nor_the_deal_he_has_got_since(call, lead, head, reason):
    assign_deal(call.deal, to=lead, by=head)

    with pytest.raises(PermissionDenied):
        record_call(call, by=lead, result=CallResult.REACHED, found=reason)
    assert record_call(call, by=head, result=CallResult.REACHED, found=reason).made_by == head


def test_nor_the_deal_he_lost_and_gave_away(lead, head, seller, pipeline, reason):
    call = VerificationCallFactory(
        owner=lead, deal=lost_deal(owner=lead, pipeline=pipeline, reason=reason)
    )
    assign_deal(call.deal, to=seller, by=head)

    with pytest.raises(PermissionDenied):
        record_call(call, by=lead, result=CallResult.REACHED, found=reason)


def test_the_database_refuses_it_too(call, seller, reason):
    with pytest.raises(IntegrityError), transaction.atomic():
        VerificationCall.objects.filter(pk=call.pk).update(
            result="reached", found=reason, made_by=seller, made_at="2026-10-10T10:00Z"
        )


@pytest.mark.parametrize("role", ["seller", "colleague", "director", "hr", "admin"])
def test_who_may_not_call(call, people, reason, role):
    with pytest.raises(PermissionDenied):
        record_call(call, by=people[role], result=CallResult.REACHED, found=reason)


def test_a_reason_is_asked_for_and_must_be_offered(call, lead):
    cases = [
        (None, "", "reason_needed"),
        (not_stated_reason(), "", "reason_not_offered"),
        (RefusalReasonFactory(needs_comment=True), " ", "comment_needed"),
    ]
    for found, comment, code in cases:
        with pytest.raises(ValidationError) as error:
            record_call(call, by=lead, result=CallResult.REACHED, found=found, comment=comment)
        (problems,) = error.value.error_dict.values()
        assert problems[0].code == code
    call.refresh_from_db()
    assert call.result == ""


def test_a_call_is_made_once_and_can_be_taken_back(call, lead, reason):
    record_call(call, by=lead, result=CallResult.REACHED, found=reason)
    with pytest.raises(ValidationError) as error:
        record_call(call, by=lead, result=CallResult.UNREACHED)
    assert error.value.code == "already_made"

    again = reopen_call(call, by=lead)

    assert (again.result, again.found, again.made_by) == ("", None, None)
    assert call.events.count() == 3


def test_a_reopened_deal_is_not_asked_about(call, seller, lead, stages, reason):
    move_deal(call.deal, to=stages.quote, by=seller)

    assert not calls_due(lead).exists()
    with pytest.raises(ValidationError) as error:
        record_call(call, by=lead, result=CallResult.REACHED, found=reason)
    assert error.value.code == "reopened"


# --- The page ---------------------------------------------------------------------------------


def test_the_list_holds_what_the_person_may_call_about(call, lead, head, stranger, pipeline):
    own = VerificationCallFactory(owner=lead, deal=lost_deal(owner=lead, pipeline=pipeline))
    far = VerificationCallFactory(owner=stranger, deal=lost_deal(owner=stranger, pipeline=pipeline))

    assert list(calls_due(lead)) == [call]
    assert set(calls_due(head)) == {call, own, far}


def verified_by(viewer):
    data = QueryDict("closed_from=2026-09-01&closed_to=2026-11-20")
    return Verified(viewer, CallFilter(data, viewer=viewer, today=date(2026, 11, 20)))


def test_agreement_and_confusion(seller, lead, pipeline):
    dear, late = RefusalReasonFactory(order=1), RefusalReasonFactory(order=2)

    def asked(stated, found, times):
        for _number in range(times):
            deal = lost_deal(owner=seller, pipeline=pipeline, reason=stated)
            call = VerificationCallFactory(owner=seller, deal=deal)
            result = CallResult.REACHED if found else CallResult.UNREACHED
            record_call(call, by=lead, result=result, found=found, comment="Так")

    asked(dear, dear, 8)
    asked(dear, late, 2)
    asked(late, dear, 3)
    asked(late, None, 1)

    verified = verified_by(lead)

    assert verified.counts == {"drawn": 14, "reached": 13, "unreached": 1}
    assert verified.columns == [dear, late]
    of_dear, of_late = verified.lines
    assert (of_dear.agreement.share, of_dear.agreement.n) == (0.8, 10)
    assert round(of_dear.interval.low, 4) == 0.4902
    assert of_dear.cells == [(8, True), (2, False)]
    assert (of_late.agreement.n, of_late.interval) == (3, None)
    assert (verified.overall.agreed, verified.overall.n) == (8, 13)


def test_a_call_is_written_down_on_the_page(client, lead, call, reason):
    client.force_login(lead)
    page = client.get(reverse("deals:verification_list"))
    assert list(page.context["page"]) == [call]

    client.post(
        reverse("deals:verification_call", args=[call.pk]),
        {"result": "reached", "found": reason.pk, "comment": ""},
    )

    call.refresh_from_db()
    assert (call.result, call.found) == ("reached", reason)
    assert not client.get(reverse("deals:verification_list")).context["page"].object_list


def test_the_caller_knows_what_was_stated(client, lead, call):
    client.force_login(lead)
    url = reverse("deals:verification_call", args=[call.pk])

    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(url, headers=headers).content.decode()
        assert f"указал(а): {call.stated.name}" in page
        assert call.deal.title in page


def test_the_page_refuses_an_own_loss(client, lead, pipeline, reason):
    own = VerificationCallFactory(owner=lead, deal=lost_deal(owner=lead, pipeline=pipeline))
    client.force_login(lead)

    response = client.post(
        reverse("deals:verification_call", args=[own.pk]),
        {"result": "reached", "found": reason.pk},
    )

    assert response.status_code == 302
    own.refresh_from_db()
    assert own.result == ""


@pytest.mark.parametrize("number", [1, 6])
def test_statements_do_not_grow_with_the_calls(client, lead, seller, pipeline, number):
    for _one in range(number):
        deal = lost_deal(owner=seller, pipeline=pipeline)
        VerificationCallFactory(owner=seller, deal=deal)
    client.force_login(lead)
    client.get(reverse("deals:verification_list"))

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("deals:verification_list"))

    assert len(queries) <= 15


def test_the_head_sets_the_norm(client, head):
    client.force_login(head)
    url = reverse("deals:verification_norm")

    assert client.post(url, {"share": "150", "per_seller": "1", "days": "7"}).status_code == 422
    assert client.post(url, {"share": "35", "per_seller": "2", "days": "0"}).status_code == 422
    client.post(url, {"share": "35", "per_seller": "2", "days": "5"})

    norm = VerificationNorm.current()
    assert (norm.share, norm.per_seller, norm.days) == (Decimal("0.35"), 2, 5)


def test_the_page_of_the_deal_tells_what_the_client_said(client, lead, call, reason):
    found = RefusalReasonFactory(name="Долго ждать")
    record_call(call, by=lead, result=CallResult.REACHED, found=found)
    client.force_login(call.owner)
    url = reverse("deals:deal", args=[call.deal_id])
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        page = client.get(url).content.decode()

    assert "Клиент назвал другую причину: Долго ждать" in page
    assert len(queries) <= 12
