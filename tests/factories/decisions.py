"""Decisions and the facts that they are measured by."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from apps.core.models import Decision
from apps.kpis.models import DealFact
from tests.factories.staff import UserFactory


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision
        skip_postgeneration_save = True

    kind = "resolution"
    metric = "revenue"
    starts_on = date(2026, 3, 16)
    note = "Звонить старым клиентам"
    author = factory.SubFactory(UserFactory)

    @factory.post_generation
    def people(self, create, extracted, **kwargs):
        if create and extracted:
            self.people.set(extracted)


def weekly_facts(pipeline, user, start: date, weeks: int, **sums) -> list[DealFact]:
    """A fact on the second day of each of `weeks` weeks from `start` (not saved)."""
    days = (start + timedelta(weeks=week, days=1) for week in range(weeks))
    return [DealFact(user=user, day=day, pipeline=pipeline, **sums) for day in days]
