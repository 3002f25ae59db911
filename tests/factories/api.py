"""Tokens and forms for leads."""

import factory
from factory.django import DjangoModelFactory

from apps.api.actions import create_token
from apps.api.choices import Scope
from apps.api.models import IntakeForm
from tests.factories.clients import SourceFactory
from tests.factories.deals import staged_pipeline


class IntakeFormFactory(DjangoModelFactory):
    class Meta:
        model = IntakeForm

    name = factory.Sequence(lambda n: f"Форма {n}")
    source = factory.SubFactory(SourceFactory)
    pipeline = factory.LazyFunction(staged_pipeline)
    consent_text = "Согласен на обработку персональных данных."
    consent_version = "2026-03"


def bearer(owner, scopes=tuple(Scope.values), days=30):
    """The header of a new token of `owner`, for `client.get(..., **bearer(seller))`."""
    _token, secret = create_token(by=owner, name="тест", scopes=scopes, days=days)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
