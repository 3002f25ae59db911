"""People, teams and absences."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.staff.actions import create_company_node, join_team
from apps.staff.choices import AbsenceKind, NodeKind, Role
from apps.staff.models import Absence, DataReading, Position, TeamNode, User

PASSWORD = "long-enough-phrase"
HIRED_ON = date(2024, 1, 9)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    last_name = factory.Sequence(lambda n: f"Фамилия{n}")
    first_name = "Имя"
    role = Role.SELLER
    hired_on = HIRED_ON

    @classmethod
    def _create(cls, model_class, *args, team=None, password=PASSWORD, **fields):
        """`team` gives the person a place there from the day of hiring."""
        user = model_class.objects.create_user(password=password, **fields)
        if team is not None:
            join_team(user, team, user.hired_on)
            user.refresh_from_db()
        return user


class TeamNodeFactory(DjangoModelFactory):
    class Meta:
        model = TeamNode

    kind = NodeKind.TEAM
    name = factory.Sequence(lambda n: f"Команда {n}")
    parent = factory.LazyFunction(create_company_node)


class PositionFactory(DjangoModelFactory):
    class Meta:
        model = Position

    name = factory.Sequence(lambda n: f"Должность {n}")


class AbsenceFactory(DjangoModelFactory):
    class Meta:
        model = Absence

    user = factory.SubFactory(UserFactory)
    kind = AbsenceKind.VACATION
    starts_on = date(2026, 7, 6)
    ends_on = date(2026, 7, 20)


class DataReadingFactory(DjangoModelFactory):
    """Open for four hours, as if nobody had been told."""

    class Meta:
        model = DataReading

    admin = factory.SubFactory(UserFactory, role=Role.ADMIN)
    reason = "Разбор обращения РОПа"
    opened_at = factory.LazyFunction(timezone.now)
    until = factory.LazyAttribute(lambda row: row.opened_at + timedelta(hours=4))
