"""Shares of a plan as they are typed: percent of each part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from apps.core.numerals import typed
from apps.kpis.choices import PlanDimension
from apps.kpis.forms import PercentField
from apps.kpis.plan_shares import PartRow

HUNDRED = Decimal(100)


class PlanPartsChoice(forms.Form):
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    by = forms.ChoiceField(choices=PlanDimension.choices, required=False)
    fill = forms.BooleanField(required=False)


class PlanSharesForm(forms.Form):
    """A field a row; `shares` are what to begin with, fractions by key."""

    def __init__(
        self, data: Any = None, *, rows: Iterable[PartRow], shares: Mapping[str, Decimal]
    ) -> None:
        super().__init__(data)
        self.names = {row.key: f"share-{row.key or 'none'}" for row in rows}
        for row in rows:
            name = self.names[row.key]
            self.fields[name] = PercentField(label=row.name, min_value=0, max_value=100)
            if share := shares.get(row.key):
                self.initial[name] = typed(share * HUNDRED)

    def shares(self) -> dict[str, Decimal]:
        """Fractions by key, of the fields that are filled in."""
        given = {key: self.cleaned_data[name] for key, name in self.names.items()}
        return {key: percent / HUNDRED for key, percent in given.items() if percent}

    def typed_rows(self, rows: Iterable[PartRow]) -> list[tuple[PartRow, Any]]:
        return [(row, self[self.names[row.key]]) for row in rows]
