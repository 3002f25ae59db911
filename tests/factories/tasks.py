"""Tasks."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.tasks.models import DelayCause, Task
from tests.factories.staff import UserFactory


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    title = factory.Sequence(lambda n: f"Задача {n}")
    assignee = factory.SubFactory(UserFactory)
    author = factory.SelfAttribute("assignee")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


class DelayCauseFactory(DjangoModelFactory):
    class Meta:
        model = DelayCause

    name = factory.Sequence(lambda n: f"причина {n}")
    order = 90
