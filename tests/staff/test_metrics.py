"""Days at work: the bottom of everything counted a working day."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from apps.core.metrics import added, find_metric, source_of
from apps.core.models import CalendarDay
from apps.core.periods import Period, month_of
from apps.staff.choices import Role
from tests.factories.staff import AbsenceFactory, UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
# 20 working days: the 4th is a holiday.
NOVEMBER = month_of(date(2026, 11, 1))


def presence(period=NOVEMBER, today="2026-12-10T09:00+03:00"):
    with time_machine.travel(today, tick=False):
        return source_of("presence").read(period)


def test_a_whole_month_of_work():
    person = UserFactory()
    assert presence() == {person.pk: {"days": 20, "absent_days": 0, "all_days": 20}}


def test_absence_hiring_and_dismissal_take_days_off():
    """Away from Thursday 5th to Tuesday 10th: three working days; hired on the 16th; gone from the 13th."""
    away, hired, gone = UserFactory(), UserFactory(hired_on=date(2026, 11, 16)), UserFactory()
    AbsenceFactory(user=away, starts_on=date(2026, 11, 5), ends_on=date(2026, 11, 10))
    gone.dismissed_on = date(2026, 11, 13)
    gone.save()

    found = presence()

    assert found[away.pk] == {"days": 17, "absent_days": 3, "all_days": 20}
    assert found[hired.pk] == {"days": 11, "absent_days": 0, "all_days": 11}
    assert found[gone.pk] == {"days": 8, "absent_days": 0, "all_days": 8}


def test_days_to_come_do_not_count_and_exceptions_do():
    person = UserFactory()
    CalendarDay.objects.create(day=date(2026, 11, 7), is_working=True)

    # 2, 3, 5, 6 and Saturday the 7th are over on the morning of the 9th.
    assert presence(today="2026-11-09T09:00+03:00")[person.pk]["days"] == 5
    assert presence(Period(date(2026, 11, 9), date(2026, 12, 1)), "2026-11-09T09:00+03:00") == {}


def test_who_does_not_sell_is_not_at_the_bottom():
    UserFactory(role=Role.HR)
    UserFactory(role=Role.ADMIN)
    assert presence() == {}


def readiness(period, today="2026-11-20T09:00+03:00"):
    with time_machine.travel(today, tick=False):
        return source_of("readiness").read(period)


def test_who_is_ready_and_who_still_learns():
    """One of two is let to clients, the other has 60 % of a plan; a head does not learn, who left has gone."""
    ready = UserFactory(may_receive_clients=True, ramp_share=1)
    new = UserFactory(may_receive_clients=False, ramp_share=Decimal("0.6"))
    UserFactory(role=Role.HEAD)
    UserFactory(dismissed_on=date(2026, 11, 2))

    found = readiness(NOVEMBER)

    assert set(found) == {ready.pk, new.pk}
    columns = added(
        {f"readiness.{name}": Decimal(value) for name, value in sums.items()}
        for sums in found.values()
    )
    figures = {
        code: find_metric(code).measure(columns).value
        for code in ("ready_share", "average_ramp", "newcomers")
    }
    assert figures == {"ready_share": D("0.5"), "average_ramp": D("0.8"), "newcomers": 1}


def test_of_a_month_gone_by_nothing_is_known():
    UserFactory()
    assert readiness(month_of(date(2026, 9, 1))) == {}
