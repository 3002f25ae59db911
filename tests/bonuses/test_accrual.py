"""The night's statements: every rouble has its deal, locked months stay, corrections come later."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from apps.bonuses.models import Correction, Statement, StatementLine
from apps.deals.actions import set_splits
from apps.deals.models import Allocation, ScheduleLine
from apps.kpis.models import DealFact, StockFact
from tests.bonuses.conftest import APRIL, FEBRUARY, MARCH, said
from tests.factories.bonuses import started_version
from tests.factories.deals import ReceiptFactory, ScheduleLineFactory
from tests.factories.kpis import PlanLineFactory, PlanVersionFactory, do_night_of
from tests.factories.staff import UserFactory
from tests.kpis.conftest import at_work
from tests.kpis.plan_steps import approved

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 19)


def test_lines_add_up_to_the_total(version, sell, seller, count):
    for day, amount in ((2, "1000000.00"), (3, "1000000.01"), (4, "499999.99")):
        sell(seller, date(2026, 3, day), amount)

    statement = count(DAY)[MARCH]

    # F8: 2.5 m on 3/5/8 % from 0, 1 and 2 m.
    assert (statement.base, statement.earned, statement.total) == (D(2_500_000), 120_000, 120_000)
    assert said(statement) == [
        ("earned", D("1000000.01"), D("48000.00")),
        ("earned", D("1000000.00"), D("48000.00")),
        ("earned", D("499999.99"), D("24000.00")),
    ]
    assert statement.scheme_version == version


def test_the_base_is_what_the_facts_of_the_night_count(version, sell, seller, teammate, head):
    deal = sell(seller, date(2026, 3, 2), "100000.01")
    with at_work(date(2026, 3, 2), 16):
        set_splits(deal, by=head, shares={seller: D("0.3334"), teammate: D("0.6666")})
    do_night_of(DAY)

    facts = {row.user_id: row.won_amount + row.adjusted_amount for row in DealFact.objects.all()}
    bases = {row.person_id: row.base for row in Statement.objects.filter(month=MARCH) if row.base}
    assert bases == {seller.pk: D("33340.00"), teammate.pk: D("66660.01")}
    assert bases == {person: amount for person, amount in facts.items() if amount}


def rows_as_bytes():
    fields = [f.attname for f in StatementLine._meta.concrete_fields]
    lines = list(StatementLine.objects.order_by("pk").values_list(*fields))
    heads = Statement.objects.order_by("pk").values_list("pk", "total", "digest", "status")
    return repr((lines, list(heads))).encode()


def test_the_same_input_gives_the_same_bytes(version, sell, seller, count):
    sell(seller, date(2026, 3, 2), "1000000.00")
    count(DAY)
    before = rows_as_bytes()

    statement = count(date(2026, 3, 20))[MARCH]

    assert rows_as_bytes() == before
    assert statement.counted_on == date(2026, 3, 20)


def test_a_line_keeps_its_row_while_others_come_and_go(version, sell, seller, stages, count):
    first = sell(seller, date(2026, 3, 2), "100000.00")
    second = sell(seller, date(2026, 3, 3), "100000.00")
    statement = count(DAY)[MARCH]
    kept = statement.lines.get(deal=first).pk
    sell.move(second, stages.quote, date(2026, 3, 20))

    count(date(2026, 3, 20))

    assert list(statement.lines.values_list("pk", "deal")) == [(kept, first.pk)]


def test_a_locked_statement_refuses_raw_sql(version, sell, seller, count, approve):
    sell(seller, date(2026, 3, 2), "1000000.00")
    approve(count(date(2026, 3, 31))[FEBRUARY])
    statement = approve(count(date(2026, 3, 31))[MARCH])
    before = rows_as_bytes()

    for sql in (
        "UPDATE bonuses_statement SET total = total + 1",
        "UPDATE bonuses_statement SET status = 'open', approved_by_id = NULL, approved_at = NULL",
        "DELETE FROM bonuses_statement",
        "UPDATE bonuses_statementline SET amount = amount + 1",
        "DELETE FROM bonuses_statementline",
        f"""INSERT INTO bonuses_statementline (statement_id, key, kind, base, amount, kept)
            VALUES ({statement.pk}, 'x', 'manual', 0, 5, 0)""",
    ):
        with (
            pytest.raises(DatabaseError, match="locked"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)

    count(date(2026, 4, 2))
    assert rows_as_bytes().startswith(before[:200])
    statement.refresh_from_db()
    assert statement.total == D(30_000)


def test_a_version_in_force_refuses_raw_sql(version):
    for sql in (
        "UPDATE bonuses_schemeversion SET cap = 1",
        "DELETE FROM bonuses_schemeversion",
        "UPDATE bonuses_tier SET rate = 1",
        "DELETE FROM bonuses_tier",
        f"INSERT INTO bonuses_tier (version_id, starts_at, rate) VALUES ({version.pk}, 5, 1)",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert version.tiers.count() == 3


@pytest.fixture
def locked_march(version, sell, seller, count, approve):
    """A deal of a million in March, paid with 30,000 and locked."""
    deal = sell(seller, date(2026, 3, 2), "1000000.00")
    approve(count(date(2026, 3, 31))[FEBRUARY])
    return deal, approve(count(date(2026, 3, 31))[MARCH])


def test_a_deal_that_is_lost_later_gives_its_money_back(locked_march, sell, stages, seller, count):
    deal, statement = locked_march
    sell(seller, date(2026, 4, 2), "500000.00")
    sell.move(deal, stages.lost, date(2026, 4, 6))

    april = count(date(2026, 4, 6))[APRIL]

    assert said(april) == [
        ("earned", D(500_000), D(15_000)),
        ("taken_back", D(-1_000_000), D(-30_000)),
    ]
    assert april.total == D(-15_000)
    back = april.lines.get(kind="taken_back")
    assert (back.deal, back.original.statement) == (deal, statement)


def test_a_smaller_sum_takes_its_part_back(locked_march, seller, count):
    from apps.deals.actions import change_deal

    deal, _statement = locked_march
    with at_work(date(2026, 4, 3)):
        change_deal(deal, by=seller, amount=D("800000.00"))

    april = count(date(2026, 4, 3))[APRIL]

    assert said(april) == [("taken_back", D(-200_000), D(-6_000))]


def test_what_is_taken_back_stays_so_once_it_is_locked(
    locked_march, sell, stages, seller, count, approve
):
    deal, _statement = locked_march
    sell.move(deal, stages.lost, date(2026, 4, 6))
    approve(count(date(2026, 4, 30))[APRIL])

    may = count(date(2026, 5, 4))[date(2026, 5, 1)]

    assert said(may) == []


def test_a_deal_booked_into_a_locked_month_counts_in_the_first_open_one(
    locked_march, sell, seller, count
):
    late = sell(seller, date(2026, 3, 30), "100000.00")

    april = count(date(2026, 4, 2))[APRIL]

    line = april.lines.get()
    assert (line.deal, line.event_month, line.amount) == (late, MARCH, D(3_000))


def test_a_reversal_of_what_never_paid_costs_nothing(version, sell, stages, seller, count):
    deal = sell(seller, date(2026, 1, 12), "1000000.00")
    sell.move(deal, stages.lost, date(2026, 2, 6))

    february = count(date(2026, 2, 10))[FEBRUARY]

    assert said(february) == [("taken_back", D(-1_000_000), D(0))]


def test_a_correction_by_hand_comes_into_the_first_open_month(locked_march, head, seller, count):
    _deal, statement = locked_march
    row = Correction.objects.create(
        person=seller, amount=D(2_000), reason="Ошибка в делении", about=statement, author=head
    )

    april = count(date(2026, 4, 2))[APRIL]

    assert [(line.kind, line.amount, line.correction) for line in april.lines.all()] == [
        ("manual", D(2_000), row)
    ]


@pytest.fixture
def payments(head, director):
    return started_version(
        author=head, started_by=director, starts_on=FEBRUARY, base="received", unpaid_days=None
    )


def allocate(deal, on, amount, *, reverses=None):
    line = deal.schedule.first() or ScheduleLineFactory(deal=deal, amount=D(1_000_000))
    receipt = ReceiptFactory(client=deal.client, received_on=on, amount=abs(amount))
    return Allocation.objects.create(
        receipt=receipt, line=line, amount=amount, amount_base=amount, owner=deal.owner,
        happened_on=on, reversal_of=reverses,
    )  # fmt: skip


def test_payments_count_when_they_come(payments, sell, seller, count):
    deal = sell(seller, date(2026, 2, 2), "1000000.00")
    first = allocate(deal, date(2026, 3, 3), D(400_000))

    statement = count(DAY)[MARCH]

    line = statement.lines.get()
    assert (line.allocation, line.base, line.amount) == (first, D(400_000), D(12_000))


def test_a_refund_takes_back_what_the_payment_brought(payments, sell, seller, count, approve):
    deal = sell(seller, date(2026, 2, 2), "1000000.00")
    paid = allocate(deal, date(2026, 3, 3), D(400_000))
    approve(count(date(2026, 3, 31))[FEBRUARY])
    statement = approve(count(date(2026, 3, 31))[MARCH])
    allocate(deal, date(2026, 4, 3), D(-400_000), reverses=paid)

    april = count(date(2026, 4, 3))[APRIL]

    back = april.lines.get()
    assert (back.kind, back.amount, back.original) == ("taken_back", -12_000, statement.lines.get())


def test_a_refund_within_the_month_counts_nothing(payments, sell, seller, count):
    deal = sell(seller, date(2026, 2, 2), "1000000.00")
    paid = allocate(deal, date(2026, 3, 3), D(400_000))
    allocate(deal, date(2026, 3, 4), D(-400_000), reverses=paid)

    assert said(count(DAY)[MARCH]) == []


def test_unpaid_money_is_held_and_comes_back_with_the_payment(
    head, director, sell, seller, count, approve
):
    started_version(author=head, started_by=director, starts_on=FEBRUARY, unpaid_days=30)
    deal = sell(seller, date(2026, 2, 2), "1000000.00")
    ScheduleLine.objects.filter(deal=deal).delete()
    ScheduleLineFactory(deal=deal, amount=D(1_000_000), due_on=date(2026, 2, 20))
    approve(count(date(2026, 2, 28))[FEBRUARY])

    march = count(date(2026, 3, 31))[MARCH]
    assert said(march) == [("unpaid", D(0), D(-30_000))]
    approve(march)
    assert said(count(date(2026, 4, 2))[APRIL]) == []

    allocate(deal, date(2026, 4, 7), D(600_000))
    assert said(count(date(2026, 4, 8))[APRIL]) == [("unpaid", D(0), D(18_000))]


def test_a_scale_reads_the_approved_plan(head, director, sell, seller, team_a, count):
    started_version(
        author=head, started_by=director, starts_on=MARCH, kind="scale", target_bonus=D(100_000),
        accelerator=D("1.5"), ceiling=D(2), steps=(("0.7", "0.5"), ("1", "1")),
    )  # fmt: skip
    plan = PlanVersionFactory(author=head)
    PlanLineFactory(version=plan, node=team_a, user=seller, amount=D(2_000_000))
    approved(plan, by=director)
    sell(seller, date(2026, 3, 2), "1700000.00")

    statement = count(DAY)[MARCH]

    assert (statement.plan, statement.total) == (D(2_000_000), D(75_000))


def test_gates_read_the_balances_of_the_night(head, director, sell, seller, count):
    started_version(
        author=head, started_by=director, starts_on=MARCH,
        overdue_limit=D("0.2"), overdue_keeps=D("0.8"),
        hygiene_limit=D("0.9"), hygiene_keeps=D("0.5"),
    )  # fmt: skip
    sell(seller, date(2026, 3, 2), "1000000.00")
    StockFact.objects.create(
        user=seller, day=DAY, debt_amount=D(100), overdue_debt_amount=D(30),
        open_count=9, hygiene_good=1,
    )  # fmt: skip

    statement = count(DAY)[MARCH]

    # Nine open deals are too few to judge their order.
    assert said(statement) == [("earned", D(1_000_000), 30_000), ("overdue", D(0), -6_000)]
    assert (statement.overdue_share, statement.hygiene_share) == (D("0.3"), None)
    assert statement.lines.get(kind="earned").kept == D(24_000)


def test_without_vat_the_net_part_counts(head, director, sell, seller, count):
    from tests.factories.deals import ProductFactory

    started_version(author=head, started_by=director, starts_on=MARCH, with_vat=False)
    deal = sell(seller, date(2026, 3, 2), "122000.00")
    deal.lines.create(
        product=ProductFactory(), quantity=1, list_price=D(122_000), sold_price=D(122_000),
        vat_rate=D("0.22"),
    )  # fmt: skip

    statement = count(DAY)[MARCH]

    assert (statement.base, statement.total) == (D(100_000), D(3_000))


def test_the_most_specific_scheme_wins(
    version, head, director, seller, teammate, other_seller, team_a, department, sell, count
):
    options = {"author": head, "started_by": director, "starts_on": FEBRUARY}
    own = started_version(user=seller, **options)
    started_version(node=department, **options)
    near = started_version(node=team_a, **options)

    count(DAY, seller, teammate, other_seller)

    found = dict(Statement.objects.filter(month=MARCH).values_list("person", "scheme_version"))
    assert found[seller.pk] == own.pk
    assert found[teammate.pk] == near.pk
    assert found[other_seller.pk] not in (own.pk, near.pk, version.pk)


def test_a_later_version_leaves_the_months_before_it(version, head, director, sell, seller, count):
    newer = started_version(
        scheme=version.scheme, started_by=director, starts_on=APRIL, steps=(("0", "0.1"),)
    )
    sell(seller, date(2026, 3, 2), "100000.00")
    sell(seller, date(2026, 4, 2), "100000.00")

    months = count(date(2026, 4, 3))

    assert (months[MARCH].scheme_version, months[MARCH].total) == (version, D(3_000))
    assert (months[APRIL].scheme_version, months[APRIL].total) == (newer, D(10_000))


@pytest.mark.parametrize("people", [1, 4])
def test_counting_takes_a_fixed_number_of_statements(
    version, sell, seller, team_a, count, people, django_assert_max_num_queries
):
    sellers = [seller, *(UserFactory(team=team_a) for _ in range(people - 1))]
    for person in sellers:
        sell(person, date(2026, 3, 2), "100000.00")

    with django_assert_max_num_queries(40):
        count(DAY, *sellers)

    assert Statement.objects.filter(month=MARCH, total=3_000).count() == people
