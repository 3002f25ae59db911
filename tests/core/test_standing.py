"""A statement that was compiled once answers as its queryset would, for whatever values."""

from datetime import timedelta

import pytest
from django.db import connection, models
from django.db.models import BigIntegerField, CharField, DateTimeField, Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core import context, menu
from apps.core.models import Company, Notification
from apps.core.standing import Standing
from apps.staff.models import User
from apps.tasks.models import Task
from tests.factories.tasks import TaskFactory


def told(user, number):
    Notification.objects.bulk_create(
        Notification(user=user, kind="test", title="Новое", dedupe_key=f"{user.pk}-{n}")
        for n in range(number)
    )


def test_objects_come_with_what_is_related(head, seller):
    by_email = Standing(
        lambda email: User.objects.filter(email=email).select_related("team"), email=CharField()
    )
    for person in (head, seller, head):
        with CaptureQueriesContext(connection) as statements:
            (found,) = by_email(email=person.email)
            assert found == person
            assert (found.team and found.team.pk) == person.team_id
        assert len(statements) == 1
    assert by_email(email="nobody@example.com") == []


def test_deferred_columns_are_read_when_they_are_asked_for(head):
    names = Standing(lambda pk: User.objects.filter(pk=pk).defer("last_name"), pk=BigIntegerField())

    (found,) = names(pk=head.pk)

    assert "last_name" not in found.__dict__
    assert found.last_name == head.last_name


def test_tuples_and_sums(head, seller):
    told(head, 3)
    told(seller, 1)
    sums = Standing(
        lambda person: (
            Notification.objects.filter(user=person)
            .order_by()
            .values("kind")
            .annotate(total=Sum(models.Value(2)))
            .values_list("kind", "total")
        ),
        person=BigIntegerField(),
    )

    assert sums(person=head.pk) == [("test", 6)]
    assert sums(person=seller.pk) == [("test", 2)]


def test_what_was_described_is_asked_anew_each_time(head):
    unread = Standing(
        lambda person: Notification.objects.filter(user=person).unread(), person=BigIntegerField()
    )
    assert unread(person=head.pk) == []
    told(head, 2)
    assert len(unread(person=head.pk)) == 2
    Notification.objects.update(read_at=timezone.now())
    assert unread(person=head.pk) == []


def test_a_moment_that_would_stand_for_ever_is_refused():
    late = Standing(lambda: Task.objects.overdue(timezone.now()))

    with pytest.raises(TypeError, match="for ever"):
        late()


def test_values_are_sent_beside_the_statement_not_in_it(head):
    by_email = Standing(lambda email: User.objects.filter(email=email), email=CharField())
    sql, params = by_email.statement(email="' OR 1=1 --")

    assert "OR 1=1" not in sql
    assert "' OR 1=1 --" in params
    assert by_email(email="' OR 1=1 --") == []
    assert by_email(email="100%") == []


def test_the_numbers_of_the_menu_follow_each_act_and_are_ones_own(head, seller, rf):
    def counts(person):
        request = rf.get("/")
        request.user = person
        return context.Frame(request).counts

    def late(person):
        return counts(person).get("tasks:task_list", 0)

    task = TaskFactory(assignee=seller, author=seller, due_at=timezone.now() - timedelta(hours=1))
    told(head, 2)
    assert (late(head), late(seller)) == (0, 1)
    assert (counts(head)[context.UNREAD], counts(seller)[context.UNREAD]) == (2, 0)

    Task.objects.filter(pk=task.pk).update(done_at=timezone.now(), accepted_at=timezone.now())
    assert late(seller) == 0
    Notification.objects.update(read_at=timezone.now())
    assert counts(head)[context.UNREAD] == 0


def test_a_term_that_passes_between_two_pages_is_counted(seller):
    due = timezone.now() + timedelta(hours=2)
    TaskFactory(assignee=seller, author=seller, due_at=due)

    def late(now):
        entries = menu.navigation(seller)
        return context.counted_together(context.counts_for(seller, entries, now))["tasks:task_list"]

    assert late(due - timedelta(seconds=1)) == 0
    assert late(due + timedelta(seconds=1)) == 1


@pytest.mark.parametrize(("needed", "found"), [("tasks.view_task", 2), ("core.change_company", 0)])
def test_entries_may_count_for_those_alone_whose_business_it_is(seller, needed, found):
    told(seller, 2)
    entry = menu.Entry(
        "Other",
        "core:search",
        "x",
        "tasks.view_task",
        1,
        counted_by=lambda _person, _now: Notification.objects.all(),
        counted_for=needed,
    )

    counted = context.counted_together(context.counts_for(seller, [entry], timezone.now()))

    assert counted.get("core:search", 0) == found
    assert counted[context.UNREAD] == 2


def test_a_session_that_ran_out_is_nobodys(client, seller):
    client.force_login(seller)
    assert client.get("/tasks/").status_code == 200
    type(client.session).get_model_class().objects.update(expire_date=timezone.now())

    assert client.get("/tasks/").status_code == 302


def test_a_changed_company_is_seen_by_the_next_request(client, seller):
    client.force_login(seller)
    client.get("/tasks/")
    Company.objects.update_or_create(pk=1, defaults={"name": "ООО «Лютик»"})

    assert "ООО «Лютик»" in client.get("/tasks/").content.decode()


def test_moments_are_compared_as_moments(seller):
    since = Standing(
        lambda moment: User.objects.filter(created_at__gt=moment), moment=DateTimeField()
    )

    assert seller in since(moment=seller.created_at - timedelta(microseconds=1))
    assert seller not in since(moment=seller.created_at)
