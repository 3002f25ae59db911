"""Schemes and statements."""

from datetime import date
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.bonuses.choices import Base, Kind
from apps.bonuses.models import (
    BackTest,
    BonusScheme,
    Dispute,
    SchemeVersion,
    Statement,
    StatementLine,
    Tier,
)
from apps.staff.choices import Role
from tests.factories.staff import UserFactory

STEPS = (("0", "0.03"), ("1000000", "0.05"), ("2000000", "0.08"))
POINTS = (("0.7", "0.5"), ("1", "1"))


class BonusSchemeFactory(DjangoModelFactory):
    class Meta:
        model = BonusScheme

    name = factory.Sequence(lambda n: f"Премия {n}")
    role = Role.SELLER
    author = factory.SubFactory(UserFactory, role=Role.HEAD)


class SchemeVersionFactory(DjangoModelFactory):
    """A draft: a marginal commission of won revenue by STEPS."""

    class Meta:
        model = SchemeVersion

    scheme = factory.SubFactory(BonusSchemeFactory)
    number = factory.Sequence(lambda n: n + 1)
    base = Base.WON
    kind = Kind.MARGINAL
    author = factory.SelfAttribute("scheme.author")

    @classmethod
    def _create(cls, model_class, *args, steps=STEPS, **fields):
        version = super()._create(model_class, *args, **fields)
        Tier.objects.bulk_create(
            Tier(version=version, starts_at=Decimal(at), rate=Decimal(rate)) for at, rate in steps
        )
        return version


def started_version(*, started_by, starts_on, scheme=None, author=None, **fields):
    """In force from `starts_on`."""
    if scheme is None:
        target = {
            name: fields.pop(name)
            for name in ("role", "node", "user", "position")
            if name in fields
        }
        if target:
            target.setdefault("role", "")
        scheme = BonusSchemeFactory(**target, **({"author": author} if author else {}))
    version = SchemeVersionFactory(scheme=scheme, **fields)
    SchemeVersion.objects.filter(pk=version.pk).update(
        starts_on=starts_on, started_at=timezone.now(), started_by=started_by
    )
    version.refresh_from_db()
    return version


class StatementFactory(DjangoModelFactory):
    class Meta:
        model = Statement

    person = factory.SubFactory(UserFactory)
    month = date(2026, 3, 1)


class StatementLineFactory(DjangoModelFactory):
    class Meta:
        model = StatementLine

    statement = factory.SubFactory(StatementFactory)
    key = factory.Sequence(lambda n: f"earned:{n}")
    kind = "earned"
    base = Decimal("100000.00")
    amount = Decimal("3000.00")
    kept = factory.SelfAttribute("amount")


class DisputeFactory(DjangoModelFactory):
    class Meta:
        model = Dispute

    statement = factory.SubFactory(StatementFactory)
    question = "Почему 3 %, а не 5 %?"
    expected = Decimal("5000.00")


class BackTestFactory(DjangoModelFactory):
    class Meta:
        model = BackTest

    version = factory.SubFactory(SchemeVersionFactory)
    author = factory.SelfAttribute("version.author")
