"""Clients and their contacts."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from apps.clients.models import Client, Consent, Contact, Source
from tests.factories.staff import UserFactory


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"Источник {n}")


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = Client

    name = factory.Sequence(lambda n: f"ООО «Клиент {n}»")
    owner = factory.SubFactory(UserFactory)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    client = factory.SubFactory(ClientFactory)
    name = factory.Sequence(lambda n: f"Контакт {n}")


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    client = factory.SubFactory(ClientFactory)
    kind = "personal_data"
    text_version = "2026-03"
    given_on = date(2026, 3, 2)
    source = "анкета на выставке"
