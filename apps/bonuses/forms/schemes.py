"""Schemes and their versions: percent as people type them, steps in rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.bonuses.calculations import Step
from apps.bonuses.choices import Base, Kind
from apps.bonuses.forms.disputes import NotedForm
from apps.bonuses.models import SchemeVersion
from apps.core.models import Company
from apps.core.numerals import typed
from apps.deals.forms.fields import AmountField, boxed
from apps.staff.choices import SELLING_ROLES, Role
from apps.staff.models import Position, TeamNode, User

ROWS = 8
HUNDRED = Decimal(100)


class RateField(AmountField):
    """ "5" or "4,5" typed, a fraction in the data."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 9, "decimal_places": 3, **kwargs})

    def clean(self, value: Any) -> Decimal | None:
        found = super().clean(value)
        return None if found is None else found / HUNDRED

    def prepare_value(self, value: Any) -> Any:
        return typed(value * HUNDRED) if isinstance(value, Decimal) else value


class SchemeForm(NotedForm):
    """A name and exactly one of role, position, team, person."""

    button = _("Create")
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(label=_("For the role"), required=False)
    position = forms.ModelChoiceField(
        Position.objects.none(), label=_("or the position"), required=False
    )
    node = forms.ModelChoiceField(TeamNode.objects.none(), label=_("or the team"), required=False)
    user = forms.ModelChoiceField(User.objects.none(), label=_("or the person"), required=False)

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, role.label) for role in map(Role, SELLING_ROLES)]
        self.fields["role"].choices = [("", "---------"), *roles]
        self.fields["position"].queryset = Position.objects.kept()
        self.fields["node"].queryset = TeamNode.objects.led_by(viewer).kept()
        people = User.objects.work_visible_to(viewer).working().selling()
        self.fields["user"].queryset = people.exclude(pk=viewer.pk).in_name_order()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named = [name for name in ("role", "position", "node", "user") if data.get(name)]
        if len(named) != 1:
            self.add_error(None, _("Say for whom the scheme is: one of the four."))
        return data

    def target(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("role", "position", "node", "user")}


class VersionForm(forms.Form):
    """The rules of a version. Steps stand in rows: `from_1`, `rate_1` …; empty rows are left out."""

    base = forms.ChoiceField(label=_("Counted from"), choices=Base.choices)
    with_vat = forms.BooleanField(label=_("with VAT"), required=False)
    kind = forms.ChoiceField(
        label=_("The way it is counted"), choices=Kind.choices, widget=forms.RadioSelect
    )
    target_bonus = AmountField(label=_("Target bonus a month"), required=False)
    accelerator = AmountField(
        label=_("Accelerator above the last point, times"), max_digits=5, required=False
    )
    ceiling = RateField(label=_("At most, % of the target bonus"), required=False)
    cap = AmountField(label=_("Cap of a month"), required=False)
    overdue_limit = RateField(
        label=_("Overdue share of the debt above, %"), required=False, max_value=100
    )
    overdue_keeps = RateField(label=_("then paid, %"), required=False, max_value=100)
    hygiene_limit = RateField(label=_("Deals in order below, %"), required=False, max_value=100)
    hygiene_keeps = RateField(label=_("then paid, %"), required=False, max_value=100)
    unpaid_days = forms.IntegerField(
        label=_("Hold the part of deals unpaid for more than, days"),
        required=False,
        min_value=1,
        max_value=365,
    )
    note = forms.CharField(label=_("What has changed"), max_length=255, required=False)

    def __init__(self, *args: Any, after: SchemeVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": self.initial_of(after)})
        for row in range(1, ROWS + 1):
            self.fields[f"from_{row}"] = AmountField(
                required=False, max_digits=16, label=_("From, step %(row)s") % {"row": row}
            )
            self.fields[f"rate_{row}"] = RateField(
                required=False, label=_("Paid, %%, step %(row)s") % {"row": row}
            )
        steps = _steps_of(after)
        for row, step in enumerate(steps[:ROWS], 1):
            self.initial[f"from_{row}"], self.initial[f"rate_{row}"] = step
        self.is_scale_shown = bool(after and after.is_scale)
        boxed(field for name, field in self.fields.items() if name not in ("kind", "with_vat"))

    @staticmethod
    def initial_of(after: SchemeVersion | None) -> dict[str, Any]:
        if after is None:
            return {
                "kind": Kind.MARGINAL,
                "base": Base.WON,
                "with_vat": Company.current().counts_with_vat,
                "accelerator": Decimal("1.5"),
                "ceiling": Decimal(2),
            }
        names = [name for name in VersionForm.base_fields if name != "note"]
        return {name: getattr(after, name) for name in names}

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"from_{row}"], self[f"rate_{row}"]) for row in range(1, ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in range(1, ROWS + 1):
            start, rate = data.get(f"from_{row}"), data.get(f"rate_{row}")
            if (start is None) != (rate is None) and not self.errors:
                self.add_error(f"rate_{row}", _("A step needs both: from where on, and how much."))
        for gate in ("overdue", "hygiene"):
            if data.get(f"{gate}_limit") is not None and data.get(f"{gate}_keeps") is None:
                self.add_error(f"{gate}_keeps", _("Say which share is paid then."))
        return data

    def steps(self) -> list[Step]:
        """Of a scale the starts are typed in percent of the plan."""
        data = self.cleaned_data
        unit = HUNDRED if data["kind"] == Kind.SCALE else Decimal(1)
        pairs = [(data.get(f"from_{row}"), data.get(f"rate_{row}")) for row in range(1, ROWS + 1)]
        return [Step(start / unit, rate) for start, rate in pairs if start is not None]

    def fields_of_version(self) -> dict[str, Any]:
        data = {name: self.cleaned_data[name] for name in self.base_fields}
        is_scale = data["kind"] == Kind.SCALE
        if not is_scale:
            data |= {"target_bonus": None, "ceiling": None, "accelerator": Decimal(1)}
        for gate in ("overdue", "hygiene"):
            if data[f"{gate}_limit"] is None:
                data[f"{gate}_keeps"] = Decimal(1)
        if data["accelerator"] is None:
            data["accelerator"] = Decimal(0)
        return data


def _steps_of(version: SchemeVersion | None) -> list[tuple[Decimal, Decimal]]:
    """As they are typed: attainments in percent."""
    if version is None:
        return []
    unit = HUNDRED if version.is_scale else Decimal(1)
    return sorted((tier.starts_at * unit, tier.rate) for tier in version.tiers.all())


class StartForm(NotedForm):
    """From which month a version holds."""

    button = _("Put in force")
    month = forms.TypedChoiceField(label=_("In force from"))

    def __init__(self, *args: Any, months: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = months
        self.fields["month"].coerce = date.fromisoformat
        # The running month is half earned by the rules that people know.
        self.initial.setdefault("month", months[1][0])
