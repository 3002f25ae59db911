"""The sums of F19 by person, on the example of FORMULAS.md."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from apps.core.metrics import find_metric, read_columns
from apps.core.periods import month_of
from tests.tasks.test_discipline import NOW, five  # noqa: F401 - the fixture of the example

pytestmark = pytest.mark.django_db
NOVEMBER = month_of(date(2026, 11, 1))


def test_the_example_of_the_formulas_by_person(five, seller):  # noqa: F811
    with time_machine.travel(NOW, tick=False):
        columns = read_columns(NOVEMBER, ["discipline"])[seller.pk]

    assert columns == {
        "discipline.due_count": 5,
        "discipline.on_time_count": 2,
        "discipline.late_count": 3,
        "discipline.due_weight": 11,
        "discipline.on_time_weight": 5,
        "discipline.delay_days": 5,
        "discipline.moved_count": 0,
        "discipline.returned_count": 0,
        "discipline.reopened_count": 0,
    }
    assert find_metric("tasks_on_time").measure(columns).value == Decimal("0.4")
    assert find_metric("tasks_on_time_weighed").measure(columns).value == Decimal(5) / 11
    assert find_metric("task_delay").measure(columns).value == Decimal(5) / 3
