"""Competitors, acts of trust and verification calls; `lost_deal` closes a deal by the action itself."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.deals.actions import move_deal
from apps.deals.models import Competitor, TrustMark, TrustSignal, VerificationCall
from tests.factories.deals import DealFactory, RefusalReasonFactory


class CompetitorFactory(DjangoModelFactory):
    class Meta:
        model = Competitor

    name = factory.Sequence(lambda n: f"Конкурент {n}")


class TrustSignalFactory(DjangoModelFactory):
    class Meta:
        model = TrustSignal

    name = factory.Sequence(lambda n: f"Действие {n}")
    weight = 10


class TrustMarkFactory(DjangoModelFactory):
    class Meta:
        model = TrustMark

    deal = factory.SubFactory(DealFactory)
    signal = factory.LazyAttribute(lambda mark: TrustSignalFactory(stage=mark.deal.stage))
    done_on = date(2026, 9, 2)
    note = "Письмо клиента"
    user = factory.SelfAttribute("deal.owner")
    recorded_at = factory.LazyFunction(timezone.now)


class VerificationCallFactory(DjangoModelFactory):
    """A call to make about a deal that was lost on 1 October 2026."""

    class Meta:
        model = VerificationCall

    deal = factory.LazyAttribute(lambda call: lost_deal(owner=call.owner))
    stated = factory.SelfAttribute("deal.refusal_reason")
    lost_on = factory.SelfAttribute("deal.closed_on")
    week = factory.LazyAttribute(lambda call: call.lost_on - timedelta(call.lost_on.weekday()))
    due_on = factory.LazyAttribute(lambda call: call.week + timedelta(14))


def lost_deal(*, owner, on=date(2026, 10, 1), reason=None, competitor=None, at=None, **fields):
    """Lost on `on` from the stage `at` (the first one)."""
    if at is not None:
        fields |= {"pipeline": at.pipeline, "stage": at}
    deal = DealFactory(owner=owner, stage_since=timezone.now() - timedelta(days=400), **fields)
    lost = deal.pipeline.stages.get(kind="lost")
    return move_deal(
        deal,
        to=lost,
        by=owner,
        on=on,
        reason=reason or RefusalReasonFactory(),
        comment="Так вышло",
        competitor=competitor,
    )
