"""Rows of the work on big deals. Requests with a history are made by the actions themselves."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.deals.big_choices import DealPart, HelpEventKind, Side
from apps.deals.models import (
    BigThreshold,
    Concession,
    DealRisk,
    HelpEvent,
    HelpRequest,
    PlanStep,
    Stakeholder,
)
from tests.factories.clients import ContactFactory
from tests.factories.deals import DealFactory


class BigThresholdFactory(DjangoModelFactory):
    """For all pipelines."""

    class Meta:
        model = BigThreshold

    big_from = Decimal("1000000.00")


class StakeholderFactory(DjangoModelFactory):
    class Meta:
        model = Stakeholder

    deal = factory.SubFactory(DealFactory)
    contact = factory.SubFactory(ContactFactory, client=factory.SelfAttribute("..deal.client"))
    part = DealPart.DECIDES


class DealRiskFactory(DjangoModelFactory):
    class Meta:
        model = DealRisk

    deal = factory.SubFactory(DealFactory)
    title = factory.Sequence(lambda n: f"Риск {n}")


class PlanStepFactory(DjangoModelFactory):
    class Meta:
        model = PlanStep

    deal = factory.SubFactory(DealFactory)
    title = factory.Sequence(lambda n: f"Шаг {n}")
    side = Side.OURS
    due_on = date(2026, 12, 1)


class ConcessionFactory(DjangoModelFactory):
    class Meta:
        model = Concession

    deal = factory.SubFactory(DealFactory)
    given = "Скидка"
    worth = Decimal("50000.00")
    currency = "RUB"
    agreed_by = factory.SelfAttribute("deal.owner")
    author = factory.SelfAttribute("deal.owner")
    given_on = date(2026, 11, 2)


class HelpRequestFactory(DjangoModelFactory):
    """An open call of the owner; of himself, when no leader is named."""

    class Meta:
        model = HelpRequest

    deal = factory.SubFactory(DealFactory)
    author = factory.SelfAttribute("deal.owner")
    asked_of = factory.SelfAttribute("deal.owner")
    question = "Нужен звонок их директору"
    needed_on = date(2026, 12, 1)


class HelpEventFactory(DjangoModelFactory):
    class Meta:
        model = HelpEvent

    request = factory.SubFactory(HelpRequestFactory)
    kind = HelpEventKind.ANSWERED
    author = factory.SelfAttribute("request.asked_of")
