"""The way of a plan: draft, submitted, approved or returned; who may, who is told, what stays."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from apps.core.calendar_feeds import entries_for
from apps.core.models import Decision, Notification, OutboxMessage
from apps.core.periods import year_of
from apps.kpis.actions.approval import (
    approve_plan,
    comment_plan,
    return_plan,
    submit_plan,
    withdraw_plan,
)
from apps.kpis.actions.plan_notices import remind_of_plans
from apps.kpis.actions.plans import save_plan
from apps.kpis.models import ApprovalStep, PlanVersion
from apps.kpis.tasks import remind_of_plans_task
from apps.staff.choices import Role
from tests.factories.staff import UserFactory
from tests.kpis.plan_steps import approved, submitted

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
TERM = date(2026, 2, 20)
D = Decimal


@pytest.fixture(autouse=True)
def february():
    with time_machine.travel("2026-02-16 09:00:00+03:00", tick=False):
        yield


@pytest.fixture
def second_director(company_node):
    return UserFactory(role=Role.DIRECTOR, team=company_node, last_name="Второв")


def save(head, amounts, base=None, level="plan"):
    return save_plan(by=head, year=2026, level=level, amounts=amounts, base=base)


@pytest.fixture
def draft(head, seller):
    return save(head, {(seller.pk, MARCH): D(10)})


@pytest.fixture
def waiting(draft):
    return submitted(draft, answer_by=TERM, words="весна")


def moves(version):
    rows = version.steps.values_list("by__last_name", "from_status", "to_status", "words")
    return list(rows)


def refused(code, act, *args, **kwargs):
    """The act is refused with the code and leaves statuses and steps as they were."""
    before = list(PlanVersion.objects.values_list("pk", "status").order_by("pk"))
    steps = ApprovalStep.objects.count()
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    found = refusal.value
    codes = [error.code for error in getattr(found, "error_list", [])] or [
        error.code for errors in found.error_dict.values() for error in errors
    ]
    assert codes == [code]
    assert list(PlanVersion.objects.values_list("pk", "status").order_by("pk")) == before
    assert ApprovalStep.objects.count() == steps
    return " ".join(found.messages)


def told(person):
    return list(Notification.objects.filter(user=person).values_list("title", "body"))


def test_the_way_of_a_plan_is_written_step_by_step(head, director, seller, draft):
    submitted(draft, answer_by=TERM, words="весна")
    return_plan(draft, by=director, words="апрель забыт")
    second = save(head, {(seller.pk, APRIL): D(20)}, base=draft)
    submitted(second, answer_by=TERM)
    approve_plan(second, by=director, words="согласовано")

    assert moves(draft) == [
        ("Ропов", "draft", "submitted", "весна"),
        ("Директоров", "submitted", "returned", "апрель забыт"),
    ]
    assert moves(second) == [
        ("Ропов", "draft", "submitted", ""),
        ("Директоров", "submitted", "approved", "согласовано"),
    ]
    second.refresh_from_db()
    assert (second.approved_by, second.submitted_by, second.answer_by) == (director, head, TERM)


def test_another_head_may_send_what_the_author_wrote(draft, department):
    other = UserFactory(role=Role.HEAD, team=department)
    version = submitted(draft, by=other)

    assert (version.status, version.submitted_by, version.author) == (
        "submitted",
        other,
        draft.author,
    )


@pytest.mark.parametrize("role", ["seller", "lead", "director", "hr", "admin"])
def test_only_heads_send_and_withdraw(people, draft, role):
    with pytest.raises(PermissionDenied):
        submit_plan(draft, by=people[role], answer_by=TERM)
    submitted(draft)
    with pytest.raises(PermissionDenied):
        withdraw_plan(draft, by=people[role])

    draft.refresh_from_db()
    assert (draft.status, len(moves(draft))) == ("submitted", 1)


@pytest.mark.parametrize("role", ["seller", "lead", "head", "hr", "admin"])
def test_only_directors_answer(people, waiting, role):
    with pytest.raises(PermissionDenied):
        approve_plan(waiting, by=people[role])
    with pytest.raises(PermissionDenied):
        return_plan(waiting, by=people[role], words="нет")

    waiting.refresh_from_db()
    assert (waiting.status, len(moves(waiting))) == ("submitted", 1)


def test_a_draft_is_not_approved_before_it_is_sent(draft, director):
    refused("not_submitted", approve_plan, draft, by=director)


def test_an_older_draft_is_not_sent_over_a_later_one(head, seller, draft):
    save(head, {(seller.pk, MARCH): D(20)}, base=draft)

    refused("not_newest", submit_plan, draft, by=head, answer_by=TERM)


def test_one_version_of_a_year_waits_at_a_time(head, seller, waiting):
    later = save(head, {(seller.pk, MARCH): D(20)}, base=waiting)
    text = refused("waiting", submit_plan, later, by=head, answer_by=TERM)
    assert "1" in text

    withdraw_plan(waiting, by=head)
    assert submitted(later).status == "submitted"


def test_a_draft_written_meanwhile_does_not_stop_the_answer(head, director, seller, waiting):
    later = save(head, {(seller.pk, MARCH): D(20)}, base=waiting)

    assert approve_plan(waiting, by=director).status == "approved"
    later.refresh_from_db()
    assert later.status == "draft"


def test_the_term_lies_ahead(draft, head):
    refused("past_term", submit_plan, draft, by=head, answer_by=date(2026, 2, 15))


def test_a_return_says_why(waiting, director):
    refused("no_words", return_plan, waiting, by=director, words="  ")


@pytest.mark.parametrize("column", ["author", "submitted_by"])
def test_nobody_answers_what_he_wrote_or_sent(draft, director, column):
    waiting = submitted(draft)
    PlanVersion.objects.filter(pk=waiting.pk).update(**{column: director})

    refused("own_plan", approve_plan, waiting, by=director)
    refused("own_plan", return_plan, waiting, by=director, words="нет")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.filter(pk=waiting.pk).update(
            status="approved", approved_by=director, approved_at="2026-02-16T09:00Z"
        )


def test_the_second_of_two_directors_hears_of_the_first(waiting, director, second_director):
    return_plan(waiting, by=director, words="мало")
    text = refused("moved", approve_plan, waiting, by=second_director)

    assert "Дмитрий Директоров" in text
    refused("moved", return_plan, waiting, by=second_director, words="мало")


def test_a_returned_version_is_not_sent_again(waiting, head, director):
    return_plan(waiting, by=director, words="мало")

    refused("moved", submit_plan, waiting, by=head, answer_by=TERM)
    refused("moved", withdraw_plan, waiting, by=head)


def test_repeating_an_act_changes_nothing(head, director, waiting):
    submitted(waiting)
    approve_plan(waiting, by=director)
    approve_plan(waiting, by=director)

    assert len(moves(waiting)) == 2
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_directors_at_once_give_one_answer(waiting, director, second_director):
    gate, results = Barrier(2), {}

    def answer(person, act):
        gate.wait()
        try:
            act(waiting, by=person, words="ответ")
            results[person.last_name] = "done"
        except ValidationError as refusal:
            results[person.last_name] = refusal.code
        finally:
            connection.close()

    threads = [
        Thread(target=answer, args=(director, approve_plan)),
        Thread(target=answer, args=(second_director, return_plan)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    waiting.refresh_from_db()
    assert sorted(results.values()) == ["done", "moved"]
    expected = "approved" if results["Директоров"] == "done" else "returned"
    assert waiting.status == expected
    assert len(moves(waiting)) == 2


def test_the_director_hears_of_a_plan_and_the_head_of_the_answer(
    head, director, second_director, waiting
):
    return_plan(waiting, by=director, words="мало")

    assert told(director) == told(second_director)
    assert told(director) == [("План 2026, версия 1 ждёт вашего ответа до 20.02.2026", "весна")]
    assert told(head) == [("Дмитрий Директоров: возвращён план 2026, версия 1", "мало")]
    letters = OutboxMessage.objects.filter(kind="email").values_list("payload__to", flat=True)
    assert sorted(letters) == sorted([director.email, second_director.email, head.email])


def test_a_late_answer_is_reminded_of_once(head, director, waiting):
    assert remind_of_plans(TERM) == 0
    assert remind_of_plans(date(2026, 2, 21)) == 1
    remind_of_plans(date(2026, 2, 22))

    title = "План 2026, версия 1: ответ ждали до 20.02.2026"
    assert [line for line, _body in told(director)].count(title) == 1
    assert [line for line, _body in told(head)] == [title]
    approve_plan(waiting, by=director)
    assert remind_of_plans(date(2026, 2, 22)) == 0


def test_the_clock_reminds_on_the_day_of_the_company(waiting, director):
    assert remind_of_plans_task() == 0
    # Nine in the evening of the 20th in UTC is the 21st in Moscow.
    with time_machine.travel("2026-02-20 21:00:00+00:00", tick=False):
        assert remind_of_plans_task() == 1
    beat = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert remind_of_plans_task.name in beat


def test_the_day_of_the_answer_stands_in_the_calendar_of_the_director(head, director, waiting):
    period = year_of(date(2026, 1, 1))
    entry = entries_for(director, period)[0]

    assert (entry.uid, entry.on, entry.url) == (
        f"plan-{waiting.pk}",
        TERM,
        waiting.get_absolute_url(),
    )
    assert entries_for(head, period) == []


def test_comments_stand_among_the_steps_and_are_told(head, director, waiting):
    comment_plan(waiting, by=director, words="почему март?")
    comment_plan(waiting, by=head, words="тендер")
    with pytest.raises(IntegrityError), transaction.atomic():
        comment_plan(waiting, by=head, words="  ")

    assert moves(waiting)[1:] == [
        ("Директоров", "submitted", "submitted", "почему март?"),
        ("Ропов", "submitted", "submitted", "тендер"),
    ]
    assert ("Дмитрий Директоров: план 2026, версия 1", "почему март?") in told(head)
    assert ("Роман Ропов: план 2026, версия 1", "тендер") in told(director)


@pytest.mark.parametrize("role", ["seller", "lead", "hr", "admin"])
def test_others_do_not_speak_on_plans(people, waiting, role):
    with pytest.raises(PermissionDenied):
        comment_plan(waiting, by=people[role], words="а я?")

    assert len(moves(waiting)) == 1


def test_steps_of_a_version_are_hidden_from_sellers(people, waiting):
    seen = {role: ApprovalStep.objects.visible_to(user).exists() for role, user in people.items()}

    assert seen == {
        "seller": False,
        "lead": False,
        "head": True,
        "director": True,
        "hr": True,
        "admin": False,
    }


def test_approval_writes_what_the_plan_should_move(head, director, seller, teammate):
    first = approved(
        save(head, {(seller.pk, MARCH): D(100), (teammate.pk, MARCH): D(70)}), by=director
    )
    second = save(
        head,
        {(seller.pk, MARCH): D(90), (seller.pk, APRIL): D(40), (teammate.pk, MARCH): D(70)},
        base=first,
    )
    approve_plan(submitted(second), by=director, words="по новому прайсу")
    begun, decision = Decision.objects.order_by("pk")

    # Of the first plan: everybody, and nothing to compare with.
    assert set(begun.people.all()) == {seller, teammate}
    assert begun.expected_change is None
    # (90 + 40) / 100 - 1; the teammate's plan stays.
    assert list(decision.people.all()) == [seller]
    assert decision.expected_change == D("0.3000")
    assert (decision.kind, decision.metric, decision.subject) == ("plan", "revenue", second)
    assert (decision.starts_on, decision.ends_on) == (MARCH, date(2027, 1, 1))
    assert (decision.note, decision.author) == ("по новому прайсу", director)


def test_a_decision_speaks_of_days_to_come(head, director, seller):
    first = approved(
        save(head, {(seller.pk, MARCH): D(100), (seller.pk, APRIL): D(100)}), by=director
    )
    second = save(head, {(seller.pk, MARCH): D(150), (seller.pk, APRIL): D(120)}, base=first)
    with time_machine.travel("2026-04-10 09:00:00+03:00", tick=False):
        approve_plan(submitted(second), by=director)
    decision = Decision.objects.latest("pk")

    assert decision.starts_on == date(2026, 4, 10)
    assert decision.expected_change == D("0.2000")


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kpis_planline SET amount = 99 WHERE version_id = %s",
        "DELETE FROM kpis_planline WHERE version_id = %s",
        "INSERT INTO kpis_planline (version_id, month, node_id, metric, level, amount)"
        " SELECT version_id, '2026-05-01', node_id, metric, level, 5"
        " FROM kpis_planline WHERE version_id = %s AND user_id IS NULL",
        "UPDATE kpis_planversion SET note = 'other' WHERE id = %s",
        "UPDATE kpis_planversion SET status = 'draft', approved_by_id = NULL,"
        " approved_at = NULL WHERE id = %s",
        "DELETE FROM kpis_planversion WHERE id = %s",
        "UPDATE kpis_approvalstep SET words = 'other' WHERE version_id = %s",
        "DELETE FROM kpis_approvalstep WHERE version_id = %s",
    ],
)
def test_an_approved_plan_and_its_steps_never_change(draft, director, statement):
    """Invariant 6, by SQL that knows nothing of this program."""
    version = approved(draft, by=director)
    before = (list(version.lines.order_by("pk").values()), moves(version))
    with pytest.raises(DatabaseError):
        sql(statement, version.pk)

    assert (list(version.lines.order_by("pk").values()), moves(version)) == before
    assert PlanVersion.objects.values_list("status", "note").get() == ("approved", "")


def test_a_replaced_plan_stays_replaced(head, director, seller, draft):
    first = approved(draft, by=director)
    approved(save(head, {(seller.pk, MARCH): D(20)}, base=first), by=director)
    with pytest.raises(DatabaseError):
        sql("UPDATE kpis_planversion SET status = 'approved' WHERE id = %s", first.pk)

    first.refresh_from_db()
    assert first.status == "replaced"
