"""Letters in .eml files become activities, each once, of the right people and clients."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.deals.actions.letters import log_letters
from apps.deals.choices import ActivityOrigin, LetterFate
from apps.deals.mail.reading import UnreadableLetter, read_letter
from apps.deals.models import Activity
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import DealFactory

THEIRS = "buyer@romashka.example"


def eml(
    *,
    sender="Семён Селин <seller@example.com>",
    to=THEIRS,
    date="Mon, 02 Nov 2026 10:15:00 +0300",
    key="<one@romashka.example>",
    subject="КП на насосы",
    body="Добрый день!\nВысылаем КП.\n\nИван писал(а):\n> старое письмо",
):
    headers = {
        "From": sender, "To": to, "Date": date, "Message-ID": key, "Subject": subject,
        "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8",
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@pytest.fixture
def customer(seller):
    type(seller).objects.filter(pk=seller.pk).update(email="seller@example.com")
    seller.refresh_from_db()
    client = ClientFactory(owner=seller, name="ООО «Ромашка»")
    ContactFactory(client=client, email=THEIRS)
    return client


def fates(contents, by):
    return [one.fate for one in log_letters([read_letter(content) for content in contents], by=by)]


class TestReading:
    def test_a_letter_is_read(self):
        letter = read_letter(eml())

        assert letter.at == datetime(2026, 11, 2, 7, 15, tzinfo=UTC)
        assert (letter.sender, letter.receivers) == ("seller@example.com", (THEIRS,))
        assert letter.key == "one@romashka.example"
        assert (letter.subject, letter.text) == ("КП на насосы", "Добрый день!\nВысылаем КП.")

    def test_encoded_headers_and_windows_text(self):
        content = (
            b"From: =?windows-1251?B?0eXs5e0=?= <seller@example.com>\r\nTo: "
            + THEIRS.encode()
            + b"\r\nDate: Mon, 02 Nov 2026 10:15:00 +0300\r\n"
            b"Subject: =?windows-1251?B?0ffl8g==?=\r\n"
            b"Content-Type: text/plain; charset=windows-1251\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n\r\n" + "Счёт".encode("cp1251")
        )

        letter = read_letter(content)

        assert (letter.subject, letter.text) == ("Счет", "Счёт")

    def test_markup_of_a_web_letter_is_left_out(self):
        content = eml(body="<style>p{}</style><p>Привет<script>alert(1)</script></p>").replace(
            b"text/plain", b"text/html"
        )

        assert read_letter(content).text == "Привет"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"sender": None}, "no_sender"),
            ({"sender": "без адреса"}, "no_sender"),
            ({"date": None}, "no_date"),
            ({"date": "вчера"}, "no_date"),
        ],
    )
    def test_a_letter_without_sender_or_day_is_refused(self, fields, code):
        with pytest.raises(UnreadableLetter) as refusal:
            read_letter(eml(**fields))

        assert refusal.value.code == code

    @pytest.mark.parametrize("content", [b"", b"\x00\xff" * 1000, b"MZ\x90", b"{" * 5000])
    def test_other_files_are_refused(self, content):
        with pytest.raises(UnreadableLetter):
            read_letter(content)

    def test_without_a_message_id_the_headers_name_it(self):
        assert read_letter(eml(key=None)).key == read_letter(eml(key=None)).key
        assert read_letter(eml(key=None)).key != read_letter(eml(key=None, subject="Иное")).key


@pytest.mark.django_db
class TestLogging:
    def test_a_letter_finds_contact_and_deal(self, seller, customer):
        deal = DealFactory(owner=seller, client=customer)

        assert fates([eml()], seller) == [LetterFate.KEPT]

        activity = Activity.objects.get()
        assert (activity.client, activity.deal, activity.user) == (customer, deal, seller)
        assert activity.contact.email == THEIRS
        assert activity.origin == ActivityOrigin.MEASURED
        assert activity.text == "КП на насосы\nДобрый день!\nВысылаем КП."

    def test_a_letter_from_the_client_is_the_receivers(self, seller, customer):
        fates([eml(sender=THEIRS, to="seller@example.com")], seller)

        assert Activity.objects.get().user == seller

    def test_the_same_letter_again_is_known(self, seller, customer):
        assert fates([eml()], seller) == [LetterFate.KEPT]
        assert fates([eml(), eml()], seller) == [LetterFate.KNOWN, LetterFate.KNOWN]
        assert Activity.objects.count() == 1

    def test_what_cannot_be_placed_says_why(self, seller, customer, other_seller):
        foreign = ClientFactory(owner=other_seller, email="foreign@example.com")
        ClientFactory(owner=seller, email="second@example.com")

        found = fates(
            [
                eml(to=foreign.email, key="<a@x>"),
                eml(sender="x@example.com", key="<b@x>"),
                eml(to=f"{THEIRS}, second@example.com", key="<c@x>"),
                eml(date="Mon, 02 Nov 2099 10:15:00 +0300", key="<d@x>"),
            ],
            seller,
        )

        assert found == [
            LetterFate.NO_CLIENT,
            LetterFate.NOT_OURS,
            LetterFate.SEVERAL_CLIENTS,
            LetterFate.FUTURE,
        ]
        assert Activity.objects.count() == 0

    def test_those_who_do_not_sell_may_not(self, director, hr, admin, customer):
        for person in (director, hr, admin):
            with pytest.raises(PermissionDenied):
                log_letters([read_letter(eml())], by=person)


@pytest.mark.django_db
def test_several_files_at_once(client, seller, customer):
    client.force_login(seller)

    response = client.post(
        reverse("deals:letters"),
        {
            "letters": [
                SimpleUploadedFile("a.eml", eml(subject="<script>alert(1)</script>")),
                SimpleUploadedFile("b.eml", b"not a letter"),
            ]
        },
    )

    page = response.content.decode()
    assert "1 письмо записано" in page
    assert "нет отправителя или даты" in page
    assert "<script>alert" not in page
    assert Activity.objects.count() == 1
