"""KPI schemes as the actions leave them."""

from datetime import date
from decimal import Decimal

from apps.kpis.actions.schemes import GateDraft, ItemDraft, create_scheme
from apps.kpis.models import SchemeVersion
from tests.factories.staff import UserFactory

REVENUE = ItemDraft("revenue", Decimal(60), "plan", floor=Decimal("0.7"), cap=Decimal("1.3"))
RECEIVED = ItemDraft("received", Decimal(40), "fixed", Decimal(100_000), cap=Decimal("1.2"))
GATE = GateDraft("win_rate", "at_least", Decimal("0.2"), Decimal("0.9"))


def scheme_of(by, *, items=(REVENUE, RECEIVED), gates=(), starts_on=None, **place) -> SchemeVersion:
    """A first version; with `starts_on` in force from then on, even from a month gone by."""
    name = place.pop("name", "Продавцы")
    version = create_scheme(by=by, name=name, items=items, gates=gates, **place)
    return put_in_force(version, starts_on) if starts_on else version


def put_in_force(version, month: date) -> SchemeVersion:
    """As if it had been started in time."""
    SchemeVersion.objects.filter(pk=version.pk).update(starts_on=month)
    version.refresh_from_db()
    return version


def crowd(node, count, **fields):
    return [UserFactory(team=node, **fields) for _ in range(count)]
