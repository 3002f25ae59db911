"""Statements taken in, booked and taken back: no money twice, none lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.deals.actions import bank, reverse_receipt
from apps.deals.bank.reading import read_statement
from apps.deals.choices import MatchReason, PaymentState
from apps.deals.models import BankPayment, BankStatement, Receipt, ScheduleLine
from tests.deals.statements import document, statement
from tests.deals.test_deals import code_of
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ReceiptFactory, ScheduleLineFactory

INN, OTHER_INN = "6671084530", "7707083893"


@pytest.fixture
def client_of_seller(seller):
    return ClientFactory(owner=seller, name="ООО «Ромашка»", inn=INN)


@pytest.fixture
def lines(client_of_seller, seller):
    """30,000 due in November and 50,000 in December, of one deal."""
    deal = DealFactory(owner=seller, client=client_of_seller)
    return [
        ScheduleLineFactory(deal=deal, due_on=date(2026, 11, 10), amount=Decimal("30000")),
        ScheduleLineFactory(deal=deal, due_on=date(2026, 12, 10), amount=Decimal("50000")),
    ]


def take_in(content, head, name="a.txt"):
    return bank.take_in_statement(
        read_statement(content), by=head, file_name=name, file_hash=str(hash(content))
    )


def states(kept):
    return [(one.state, one.reason) for one in kept.payments.order_by("pk")]


def paid(lines):
    return [ScheduleLine.objects.get(pk=line.pk).paid for line in lines]


@pytest.mark.django_db
class TestTakingIn:
    def test_nothing_is_booked_by_reading(self, head, lines):
        kept = take_in(statement(document("30000", INN)), head)

        assert states(kept) == [(PaymentState.SURE, MatchReason.AMOUNT)]
        assert Receipt.objects.count() == 0
        assert paid(lines) == [0, 0]

    def test_two_payments_of_one_statement_do_not_claim_the_same_debt(self, head, lines):
        kept = take_in(
            statement(document("30000", INN, number="1"), document("30000", INN, number="2")), head
        )

        assert states(kept) == [
            (PaymentState.SURE, MatchReason.AMOUNT),
            (PaymentState.DOUBTFUL, MatchReason.AMOUNT_DIFFERS),
        ]

    def test_an_unknown_payer_waits_for_a_person(self, head, lines):
        kept = take_in(statement(document("30000", OTHER_INN), document("1", number="2")), head)

        assert states(kept) == [
            (PaymentState.UNKNOWN, MatchReason.NO_CLIENT),
            (PaymentState.UNKNOWN, MatchReason.NO_INN),
        ]

    def test_branches_of_one_inn_are_told_apart_by_kpp(self, head, seller, lines, client_of_seller):
        type(client_of_seller).objects.filter(pk=client_of_seller.pk).update(kpp="667101001")
        ClientFactory(owner=seller, inn=INN, kpp="770001001")

        kept = take_in(
            statement(
                document("30000", INN, ПлательщикКПП="667101001"),
                document("30000", INN, number="2", ПлательщикКПП="999901001"),
            ),
            head,
        )

        first, second = kept.payments.order_by("pk")
        assert (first.client, first.state) == (client_of_seller, PaymentState.SURE)
        assert (second.client, second.reason) == (None, MatchReason.SEVERAL_CLIENTS)

    def test_a_client_of_another_department_is_not_found(self, head, company_node):
        foreign = ClientFactory(inn=OTHER_INN)

        kept = take_in(statement(document("30000", OTHER_INN)), head)

        assert foreign.owner.team is None
        assert states(kept) == [(PaymentState.UNKNOWN, MatchReason.NO_CLIENT)]

    def test_a_payment_typed_in_by_hand_is_not_offered_as_new(self, head, lines, client_of_seller):
        ReceiptFactory(client=client_of_seller, amount=Decimal("30000"), number="17")

        kept = take_in(statement(document("30000", INN)), head)

        assert states(kept) == [(PaymentState.DOUBTFUL, MatchReason.LOOKS_RECORDED)]

    def test_only_the_head_may(self, seller, lead, lines):
        for person in (seller, lead):
            with pytest.raises(PermissionDenied):
                take_in(statement(document("30000", INN)), person)

        assert BankStatement.objects.count() == 0

    def test_matching_takes_a_fixed_number_of_queries(
        self, head, lines, django_assert_max_num_queries
    ):
        many = [document("30000", INN, number=str(number)) for number in range(60)]

        with django_assert_max_num_queries(20):
            take_in(statement(*many), head)


@pytest.mark.django_db
class TestRepeating:
    def test_the_same_file_again_is_the_same_statement(self, head, lines):
        content = statement(document("30000", INN))

        assert take_in(content, head) == take_in(content, head)
        assert BankPayment.objects.count() == 1

    def test_overlapping_days_bring_only_what_is_new(self, head, lines):
        first = take_in(statement(document("30000", INN)), head)
        bank.book_sure(first, by=head)

        second = take_in(
            statement(document("30000", INN), document("50000", INN, number="18")), head, "b.txt"
        )

        assert second.repeated == 1
        assert [one.amount for one in second.payments.all()] == [Decimal("50000.00")]

    def test_a_document_twice_in_one_file_counts_once(self, head, lines):
        kept = take_in(statement(document("30000", INN), document("30000", INN)), head)

        assert (kept.repeated, kept.payments.count()) == (1, 1)

    def test_booking_twice_books_once(self, head, lines):
        kept = take_in(statement(document("30000", INN)), head)

        assert [bank.book_sure(kept, by=head), bank.book_sure(kept, by=head)] == [1, 0]
        assert Receipt.objects.count() == 1
        assert paid(lines) == [Decimal("30000"), 0]

    def test_what_another_head_booked_is_not_booked_again(self, head, lines, department):
        """Two statements held the payment before either was booked."""
        kept = take_in(statement(document("30000", INN)), head)
        payment = kept.payments.get()
        twin = BankPayment.objects.get(pk=payment.pk)
        twin.pk, twin.statement = (
            None,
            BankStatement.objects.create(file_name="b.txt", file_hash="b", author=head),
        )
        twin.save()
        bank.book_sure(kept, by=head)

        with pytest.raises(ValidationError) as error:
            bank.book_payment(twin, by=head)

        assert code_of(error) == "booked_elsewhere"
        assert Receipt.objects.count() == 1


@pytest.mark.django_db
class TestBooking:
    def test_a_receipt_pays_the_proposed_debts(self, head, lines, client_of_seller):
        kept = take_in(statement(document("80000", INN, purpose="за всё")), head)

        assert bank.book_sure(kept, by=head) == 1

        receipt = Receipt.objects.get()
        assert (receipt.client, receipt.amount) == (client_of_seller, Decimal("80000.00"))
        assert (receipt.received_on, receipt.number) == (date(2026, 11, 2), "17")
        assert receipt.note == "за всё"
        assert paid(lines) == [Decimal("30000"), Decimal("50000")]

    def test_debts_that_changed_meanwhile_leave_the_payment_to_a_person(self, head, lines):
        kept = take_in(statement(document("30000", INN)), head)
        ScheduleLine.objects.filter(pk=lines[0].pk).update(paid=Decimal("20000"))

        assert bank.book_sure(kept, by=head) == 0

        assert states(kept) == [(PaymentState.DOUBTFUL, MatchReason.CHANGED)]
        assert Receipt.objects.count() == 0

    def test_a_person_names_the_payer_and_the_rest_is_an_advance(
        self, head, lines, client_of_seller
    ):
        kept = take_in(statement(document("40000", OTHER_INN)), head)

        bank.book_payment(
            kept.payments.get(),
            by=head,
            client=client_of_seller,
            parts=[(lines[0], Decimal("30000"))],
        )

        assert Receipt.objects.get().left() == Decimal("10000.00")
        assert kept.payments.get().client == client_of_seller

    def test_without_a_payer_nothing_is_booked(self, head, lines):
        kept = take_in(statement(document("40000", OTHER_INN)), head)

        with pytest.raises(ValidationError) as error:
            bank.book_payment(kept.payments.get(), by=head)

        assert code_of(error) == "no_payer"
        assert Receipt.objects.count() == 0

    def test_a_known_receipt_is_linked_instead_of_booked(self, head, lines, client_of_seller):
        receipt = ReceiptFactory(client=client_of_seller, amount=Decimal("30000"), number="17")
        kept = take_in(statement(document("30000", INN)), head)

        payment = bank.link_receipt(kept.payments.get(), by=head, receipt=receipt)

        assert (payment.state, payment.receipt) == (PaymentState.BOOKED, receipt)
        assert Receipt.objects.count() == 1

    @pytest.mark.parametrize("change", [{"amount": Decimal("1")}, {"currency": "USD"}])
    def test_another_receipt_is_not_linked(self, head, lines, client_of_seller, change):
        kept = take_in(statement(document("30000", INN)), head)
        values = {"amount": Decimal("30000"), **change}
        receipt = ReceiptFactory(client=client_of_seller, **values)

        with pytest.raises(ValidationError) as error:
            bank.link_receipt(kept.payments.get(), by=head, receipt=receipt)

        assert code_of(error) == "not_this_one"

    def test_a_reversed_receipt_is_not_linked(self, head, lines, client_of_seller):
        kept = take_in(statement(document("30000", INN)), head)
        receipt = ReceiptFactory(client=client_of_seller, amount=Decimal("30000"))
        reverse_receipt(receipt, by=head, reason="ошибка")

        with pytest.raises(ValidationError) as error:
            bank.link_receipt(kept.payments.get(), by=head, receipt=receipt)

        assert code_of(error) == "reversed"

    def test_taking_back_reverses_and_a_second_booking_counts_once(self, head, lines):
        kept = take_in(statement(document("30000", INN)), head)
        bank.book_sure(kept, by=head)

        payment = bank.take_back_payment(kept.payments.get(), by=head, reason="не тот счёт")
        assert (payment.state, payment.receipt) == (PaymentState.DOUBTFUL, None)
        assert paid(lines) == [0, 0]

        bank.match_again(kept, by=head)
        bank.book_sure(kept, by=head)
        assert paid(lines) == [Decimal("30000"), 0]
        assert sum(receipt.amount for receipt in Receipt.objects.all()) == Decimal("30000")

    def test_set_aside_is_not_booked_and_comes_back_matched(self, head, lines):
        kept = take_in(statement(document("30000", INN)), head)
        payment = kept.payments.get()

        bank.set_aside(payment, by=head)
        assert bank.book_sure(kept, by=head) == 0
        assert bank.bring_back(payment, by=head).state == PaymentState.SURE

    def test_a_client_whose_inn_was_put_right_is_found_by_matching_again(
        self, head, lines, client_of_seller
    ):
        kept = take_in(statement(document("30000", OTHER_INN)), head)
        type(client_of_seller).objects.filter(pk=client_of_seller.pk).update(inn=OTHER_INN)

        assert bank.match_again(kept, by=head) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_who_book_one_payment_make_one_receipt(head, lines):
    payment = take_in(statement(document("30000", INN)), head).payments.get()

    def book(_number):
        try:
            return bank.book_matched(payment, by=head)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(book, range(20)))

    assert Receipt.objects.count() == 1
    assert paid(lines) == [Decimal("30000"), 0]


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def as_head(self, client, head):
        client.force_login(head)
        return client

    def upload(self, browser, content, name="kl_to_1c.txt"):
        return browser.post(
            reverse("deals:bank_statement_upload"), {"file": SimpleUploadedFile(name, content)}
        )

    def test_a_file_is_read_shown_and_booked(self, as_head, lines):
        response = self.upload(as_head, statement(document("30000", INN)))
        kept = BankStatement.objects.get()
        assert response["Location"] == kept.get_absolute_url()

        page = as_head.get(kept.get_absolute_url()).content.decode()
        assert "ООО «Ромашка»" in page

        as_head.post(reverse("deals:bank_statement_book", args=[kept.pk]))
        assert paid(lines) == [Decimal("30000"), 0]

    def test_another_file_is_refused_with_words(self, as_head):
        response = self.upload(as_head, b"a;b;c")

        assert response.status_code == 422
        assert "1CClientBankExchange" in response.content.decode()
        assert BankStatement.objects.count() == 0

    def test_markup_in_a_purpose_is_text(self, as_head, lines):
        self.upload(as_head, statement(document("30000", INN, purpose="<script>alert(1)</script>")))

        page = as_head.get(BankStatement.objects.get().get_absolute_url()).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

    def test_a_doubtful_payment_is_settled_in_two_steps(self, as_head, lines, client_of_seller):
        self.upload(as_head, statement(document("40000", OTHER_INN)))
        payment = BankPayment.objects.get()
        address = reverse("deals:bank_payment", args=[payment.pk])

        asked = as_head.post(address, {"client": client_of_seller.pk})
        assert asked.status_code == 200
        assert f'name="part_{lines[0].pk}"' in asked.content.decode()

        as_head.post(
            address,
            {"client": client_of_seller.pk, "parts": 1, f"part_{lines[0].pk}": "30000"},
        )
        assert paid(lines) == [Decimal("30000"), 0]
        assert Receipt.objects.get().left() == Decimal("10000.00")

    def test_a_page_of_many_payments_takes_as_many_queries_as_of_one(self, as_head, lines):
        counts = []
        for number in (1, 40):
            documents = [document("30000", INN, number=f"{number}-{one}") for one in range(number)]
            self.upload(as_head, statement(*documents), f"{number}.txt")
            with CaptureQueriesContext(connection) as queries:
                as_head.get(BankStatement.objects.first().get_absolute_url())
            counts.append(len(queries))

        assert counts[0] == counts[1] <= 15
