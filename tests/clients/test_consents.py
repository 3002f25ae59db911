"""Consents: what was agreed to, when, how, and until when the data lives after a withdrawal."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from apps.clients.actions import record_consent, withdraw_consent
from apps.clients.models import Consent
from apps.core.calendars import company_today
from apps.core.models import Notification
from tests.factories.clients import ClientFactory, ConsentFactory, ContactFactory

pytestmark = pytest.mark.django_db

GIVEN = {
    "kind": "personal_data",
    "text_version": "2026-03",
    "given_on": date(2026, 3, 2),
    "source": "сайт",
}


def test_the_same_consent_is_kept_once(seller):
    client = ClientFactory(owner=seller)

    first = record_consent(by=seller, client=client, **GIVEN)
    second = record_consent(by=seller, client=client, **GIVEN)

    assert first == second
    assert (first.text_version, first.given_on, first.source, first.recorded_by) == (
        "2026-03",
        date(2026, 3, 2),
        "сайт",
        seller,
    )


def test_a_consent_is_not_given_tomorrow_nor_by_a_stranger(seller):
    client = ClientFactory(owner=seller)

    with pytest.raises(ValidationError) as future:
        record_consent(by=seller, client=client, **GIVEN | {"given_on": date(2999, 1, 1)})
    with pytest.raises(ValidationError) as foreign:
        record_consent(by=seller, client=client, contact=ContactFactory(), **GIVEN)

    assert future.value.error_dict["given_on"][0].code == "future"
    assert foreign.value.error_dict["contact"][0].code == "foreign_contact"
    assert not Consent.objects.exists()


def test_a_withdrawal_stays_as_a_proof_and_tells_the_owner_the_deadline(seller, lead):
    consent = ConsentFactory(client=ClientFactory(owner=seller))

    withdrawn = withdraw_consent(consent, by=lead, on=date(2026, 11, 2), note="письмо")

    assert (withdrawn.withdrawn_on, withdrawn.withdrawal_note) == (date(2026, 11, 2), "письмо")
    told = Notification.objects.get(user=seller)
    assert "02.12.2026" in told.body
    assert consent.events.count() == 2


def test_a_withdrawal_repeated_changes_nothing(seller):
    consent = ConsentFactory(client=ClientFactory(owner=seller))
    withdraw_consent(consent, by=seller, on=date(2026, 11, 2))

    withdraw_consent(consent, by=seller, on=date(2026, 11, 9))

    assert Consent.objects.get().withdrawn_on == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("on", "code"), [(date(2026, 3, 1), "before_given"), (date(2999, 1, 1), "future")]
)
def test_a_withdrawal_has_a_day_that_can_be(seller, on, code):
    consent = ConsentFactory(client=ClientFactory(owner=seller))

    with pytest.raises(ValidationError) as refused:
        withdraw_consent(consent, by=seller, on=on)

    assert refused.value.error_dict["on"][0].code == code
    assert Consent.objects.get().withdrawn_on is None


def test_a_reader_withdraws_nothing(director, seller):
    consent = ConsentFactory(client=ClientFactory(owner=seller))

    with pytest.raises(PermissionDenied):
        withdraw_consent(consent, by=director)

    assert Consent.objects.get().withdrawn_on is None


def test_the_form_records_and_the_panel_shows(client, seller):
    of = ClientFactory(owner=seller)
    person = ContactFactory(client=of, name="Пётр")
    client.force_login(seller)

    client.post(
        reverse("clients:consent_create", args=[of.pk]),
        {
            "contact": person.pk,
            "kind": "mailing",
            "text_version": "2",
            "given_on": "2026-11-02",
            "source": "e-mail",
        },
    )
    page = client.get(reverse("clients:client_consents", args=[of.pk]))

    assert [(one.contact, one.kind) for one in page.context["consents"]] == [(person, "mailing")]


def test_the_form_of_withdrawal(client, seller):
    consent = ConsentFactory(client=ClientFactory(owner=seller))
    client.force_login(seller)

    client.post(
        reverse("clients:consent_withdraw", args=[consent.pk]), {"on": company_today().isoformat()}
    )

    assert Consent.objects.get().withdrawn_on == company_today()


def test_the_panel_asks_as_often_for_many(client, seller, django_assert_num_queries):
    of = ClientFactory(owner=seller)
    ConsentFactory.create_batch(5, client=of)
    client.force_login(seller)

    url = reverse("clients:client_consents", args=[of.pk])
    with django_assert_num_queries(5):
        client.get(url, headers={"HX-Request": "true"})
