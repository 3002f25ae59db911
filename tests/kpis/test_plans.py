"""Plans: versions, exact totals, approval, rights."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from apps.kpis.actions.plans import save_plan
from apps.kpis.models import PlanLine, PlanVersion
from tests.kpis.plan_steps import approved

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
D = Decimal


def save(head, amounts, base=None, level="plan"):
    return save_plan(by=head, year=2026, level=level, amounts=amounts, base=base)


def amounts_of(version, **filters):
    rows = version.lines.filter(**filters).values_list("node__name", "user", "month", "amount")
    return {(node, user, month.month): amount for node, user, month, amount in rows}


def test_every_node_is_the_sum_of_what_lies_below(
    head, seller, teammate, other_seller, company_node
):
    version = save(
        head,
        {
            (seller.pk, MARCH): D("10.01"),
            (teammate.pk, MARCH): D(20),
            (other_seller.pk, MARCH): D(5),
        },
    )

    assert amounts_of(version, user=None) == {
        ("Команда А", None, 3): D("30.01"),
        ("Команда Б", None, 3): D("5.00"),
        ("Отдел продаж", None, 3): D("35.01"),
        ("Ромашка", None, 3): D("35.01"),
    }
    assert (version.number, version.status, version.author) == (1, "draft", head)


def test_a_new_version_keeps_what_was_not_changed(head, seller, teammate):
    first = save(head, {(seller.pk, MARCH): D(10), (teammate.pk, APRIL): D(7)})
    second = save(head, {(seller.pk, MARCH): D(12)}, base=first)
    third = save(head, {(seller.pk, MARCH): D(9)}, base=second, level="minimum")

    assert amounts_of(second, user__isnull=False) == {
        ("Команда А", seller.pk, 3): D(12),
        ("Команда А", teammate.pk, 4): D(7),
    }
    assert amounts_of(third, user=seller, level="plan") == {("Команда А", seller.pk, 3): D(12)}
    assert amounts_of(third, user=seller, level="minimum") == {("Команда А", seller.pk, 3): D(9)}
    assert amounts_of(first, user=seller) == {("Команда А", seller.pk, 3): D(10)}


def test_an_emptied_cell_is_no_plan(head, seller):
    first = save(head, {(seller.pk, MARCH): D(10)})
    second = save(head, {(seller.pk, MARCH): D(0)}, base=first)

    assert not second.lines.exists()


def test_the_second_of_two_savers_is_told(head, seller):
    first = save(head, {(seller.pk, MARCH): D(10)})
    save(head, {(seller.pk, MARCH): D(11)}, base=first)
    with pytest.raises(ValidationError) as refusal:
        save(head, {(seller.pk, MARCH): D(12)}, base=first)

    assert refusal.value.code == "stale"
    assert PlanVersion.objects.count() == 2


@pytest.mark.parametrize("role", ["seller", "lead", "director", "hr", "admin"])
def test_only_the_head_writes_plans(people, role):
    with pytest.raises(PermissionDenied):
        save(people[role], {(people["seller"].pk, MARCH): D(10)})

    assert not PlanVersion.objects.exists()


def test_a_head_plans_for_his_own_people_only(head, director):
    with pytest.raises(PermissionDenied):
        save(head, {(director.pk, MARCH): D(10)})


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        ({date(2027, 1, 1): D(1)}, "wrong_month"),
        ({date(2026, 3, 2): D(1)}, "wrong_month"),
        ({MARCH: D(-1)}, "negative"),
    ],
)
def test_wrong_cells_are_refused(head, seller, amounts, code):
    with pytest.raises(ValidationError) as refusal:
        save(head, {(seller.pk, month): amount for month, amount in amounts.items()})

    assert refusal.value.code == code


def test_a_line_never_changes(head, seller):
    version = save(head, {(seller.pk, MARCH): D(10)})
    with pytest.raises(DatabaseError), transaction.atomic():
        version.lines.update(amount=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.lines.all()[0].delete()

    assert amounts_of(version, user=seller) == {("Команда А", seller.pk, 3): D(10)}


def test_approval_puts_one_version_in_force(head, director, seller):
    first = approved(save(head, {(seller.pk, MARCH): D(10)}), by=director)
    second = save(head, {(seller.pk, MARCH): D(20)}, base=first)
    assert PlanVersion.objects.in_force(2026).first() == first

    approved(second, by=director)
    first.refresh_from_db()
    second.refresh_from_db()
    assert PlanVersion.objects.in_force(2026).first() == second
    assert (first.status, second.status, second.approved_by) == ("replaced", "approved", director)


def test_before_the_first_approval_the_latest_draft_counts(head, seller):
    first = save(head, {(seller.pk, MARCH): D(10)})
    second = save(head, {(seller.pk, MARCH): D(20)}, base=first)

    assert PlanVersion.objects.in_force(2026).first() == second


def test_people_see_the_lines_of_their_scope(head, people, seller, other_seller, team_a, team_b):
    save(head, {(seller.pk, MARCH): D(10), (other_seller.pk, MARCH): D(20)})
    seen = {
        role: set(PlanLine.objects.visible_to(user).values_list("node__name", "user"))
        for role, user in people.items()
    }

    assert seen["seller"] == {("Команда А", seller.pk)}
    assert seen["lead"] == {("Команда А", seller.pk), ("Команда А", None)}
    assert ("Отдел продаж", None) in seen["head"]
    assert ("Ромашка", None) not in seen["head"]
    assert len(seen["director"]) == len(seen["hr"]) == 6
