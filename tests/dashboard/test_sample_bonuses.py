"""The sample's bonuses add up, stand in their states and can be counted again."""

from datetime import date

import pytest
from django.db.models import F, Sum

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.choices import StatementStatus
from apps.bonuses.models import Dispute, Statement, StatementLine
from apps.dashboard.sample.department import Size, make_department
from apps.staff.models import User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def made(db):
    size = Size(deals=400, clients=90)
    make_department(seed=7, today=TODAY, size=size, password="north-wind-blows")


def test_the_statements_of_the_sample(made):
    states = Statement.objects.order_by("month").values_list("month", "status").distinct()
    assert list(states) == [
        *((date(2026, month, 1), StatementStatus.APPROVED) for month in (7, 8, 9, 10)),
        (date(2026, 11, 1), StatementStatus.OPEN),
    ]
    assert sorted(Dispute.objects.values_list("status", flat=True)) == ["accepted", "waiting"]
    rows = Statement.objects.annotate(sum=Sum("lines__amount"))
    assert not rows.exclude(sum=F("total")).filter(lines__isnull=False).exists()
    assert Statement.objects.aggregate(Sum("total"))["total__sum"] > 0


def test_counting_the_sample_again_changes_nothing(made):
    fields = [field.attname for field in StatementLine._meta.concrete_fields]
    before = list(StatementLine.objects.order_by("pk").values_list(*fields))

    accrue_people(list(User.objects.values_list("pk", flat=True)), date(2026, 11, 22))

    assert list(StatementLine.objects.order_by("pk").values_list(*fields)) == before
