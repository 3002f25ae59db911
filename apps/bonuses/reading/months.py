"""What counts in one month, for each person by the version that his month is counted by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from apps.bonuses.models import SchemeVersion
from apps.bonuses.reading.items import Items, Key, net_shares, read_items, without_vat
from apps.core.periods import add_months


class MonthItems:
    """The events of `month` up to `day`; `versions` by person, those without one count nothing."""

    def __init__(self, month: date, day: date, versions: dict[int, SchemeVersion]) -> None:
        self.versions = versions
        end = min(add_months(month, 1), day + timedelta(days=1))
        groups: dict[str, list[int]] = {}
        for person, version in versions.items():
            groups.setdefault(version.base, []).append(person)
        self.items: Items = {}
        for base, people in sorted(groups.items()):
            self.items |= read_items(people, month, end, base)
        self.net = self._read_net()

    def deals(self, people: Iterable[int]) -> set[int]:
        """Of what was paid: deals may have been counted already when they were won."""
        mine = [self.items.get(person, {}) for person in people]
        return {key.deal for items in mine for key in items if key.allocation is not None}

    def of(self, person: int) -> dict[Key, Decimal]:
        found = self.items.get(person, {})
        if not found or self.versions[person].with_vat:
            return found
        return without_vat(found, self.net)

    def _read_net(self) -> dict[int, Decimal]:
        bare = [person for person, version in self.versions.items() if not version.with_vat]
        deals = {key.deal for person in bare for key in self.items.get(person, {})}
        return net_shares(deals) if deals else {}
