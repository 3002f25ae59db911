"""The invented department is judged: rules that could have been written by hand, in force in time."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from apps.core.models import Decision
from apps.core.periods import month_of
from apps.dashboard.sample.department import Size, make_department
from apps.kpis.actions.schemes import GateDraft, ItemDraft, check_rules
from apps.kpis.models import SchemeVersion
from apps.kpis.scheme_places import read_places, ruling
from apps.staff.choices import Role

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


def drafts(rows, draft):
    """The stored lines as somebody would have written them."""
    return [draft(**{one.name: getattr(row, one.name) for one in fields(draft)}) for row in rows]


def test_everybody_who_sells_under_a_leader_has_a_scheme_in_force():
    make_department(seed=42, today=TODAY, size=Size(deals=400, clients=90), password="x" * 12)

    month = month_of(TODAY)
    versions = list(SchemeVersion.objects.in_force(month.start).with_rules())
    names = {
        place.role: ruling(versions, place).scheme.name
        for place in read_places(month).values()
        if place.role != Role.HEAD
    }
    assert names == {Role.SELLER: "Менеджеры по продажам", Role.LEAD: "Старшие менеджеры"}
    assert sorted(version.number for version in versions) == [1, 2]
    for version in SchemeVersion.objects.prefetch_related("items", "gates"):
        check_rules(drafts(version.items.all(), ItemDraft), drafts(version.gates.all(), GateDraft))
        assert version.created_at.date() < version.starts_on
    decision = Decision.objects.get(kind="kpi_scheme")
    assert decision.starts_on == date(2026, 7, 1)
    assert decision.people.filter(role=Role.SELLER).exists()
    assert sum((item.weight for item in versions[0].items.all()), Decimal(0)) == 100
