"""What the editor of a scheme may say: for whom, lines, gates. Shares are typed in percent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Unit, find_metric
from apps.core.numerals import typed
from apps.deals.forms.fields import AmountField, boxed
from apps.kpis.actions.schemes import MOST_GATES, MOST_ITEMS, GateDraft, ItemDraft
from apps.kpis.calculations.expressions import LONGEST, settled
from apps.kpis.choices_schemes import Bound, Curve, ItemDirection, TargetKind
from apps.kpis.models import SchemeGate, SchemeItem
from apps.staff.choices import SELLING_ROLES, Role
from apps.staff.models import Position, TeamNode, User

PERCENT = Decimal(100)
MOST_PERCENT = 500
STEP = re.compile(r"(\d{1,3}(?:\.\d{1,2})?):(\d{1,3}(?:\.\d{1,2})?)")
METRICS = "metrics"


def by_share(formula: str) -> bool:
    """Whether figures of the formula are typed in percent."""
    metric = find_metric(formula)
    return metric is not None and metric.unit == Unit.SHARE


class FormulaField(forms.CharField):
    widget = forms.TextInput(
        attrs={"list": METRICS, "autocomplete": "off", "spellcheck": "false", "maxlength": LONGEST}
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> str:
        return settled(super().clean(value))


def percent_field(label: Any, most: int = MOST_PERCENT, **more: Any) -> AmountField:
    return AmountField(label=label, max_value=most, max_digits=6, **more)


class PlaceForm(forms.Form):
    """Whose scheme it is; asked once, when the scheme is made."""

    name = forms.CharField(label=_("name"), max_length=100)
    node = forms.ModelChoiceField(
        TeamNode.objects.none(),
        label=_("team"),
        required=False,
        empty_label=_("one person instead"),
    )
    position = forms.ModelChoiceField(
        Position.objects.none(), label=_("position"), required=False, empty_label=_("all positions")
    )
    role = forms.ChoiceField(label=_("role"), required=False)
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("person"),
        required=False,
        empty_label=_("everybody in the team"),
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = TeamNode.objects.kept().led_by(viewer).order_by("path")
        people = User.objects.work_visible_to(viewer).working().selling().exclude(pk=viewer.pk)
        self._choose("node", nodes)
        self._choose("position", Position.objects.kept())
        self._choose("user", people.in_name_order())
        roles = [(role.value, role.label) for role in Role if role in SELLING_ROLES]
        self.fields["role"].choices = [("", _("all roles")), *roles]  # type: ignore[attr-defined]
        boxed(self.fields.values())

    def _choose(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and (data.get("node") is None) == (data.get("user") is None):
            self.add_error("node", _("Name either a team or a person."))
        return data

    def place(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("node", "position", "role", "user")}


class ItemForm(forms.Form):
    """A line. `target` is in the metric's unit, a share in percent."""

    formula = FormulaField(label=_("metric or formula"))
    name = forms.CharField(label=_("name of the formula"), max_length=60, required=False)
    weight = percent_field(_("weight"), 100)
    target_kind = forms.ChoiceField(label=_("target"), choices=TargetKind.choices)
    target = AmountField(label=_("value"), max_digits=18, decimal_places=4, required=False)
    floor = percent_field(_("floor, %"))
    cap = percent_field(_("cap, %"))
    curve = forms.ChoiceField(label=_("curve"), choices=Curve.choices)
    steps = forms.CharField(label=_("steps"), max_length=100, required=False)
    direction = forms.ChoiceField(
        label=_("what is better"),
        required=False,
        choices=[("", _("as the metric says")), *ItemDirection.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxed(self.fields.values())
        self.fields["weight"].widget.attrs["data-weight"] = ""
        self.fields["steps"].widget.attrs["placeholder"] = "80:50; 100:100"

    def clean_steps(self) -> list[list[str]]:
        """ "80:50; 100:100": from 80 % of the target on 50 % of the weight."""
        text = self.cleaned_data["steps"].replace(" ", "").replace(",", ".").strip(";")
        pairs = text.split(";") if text else []
        found = [STEP.fullmatch(pair) for pair in pairs]
        if not all(found):
            raise ValidationError(_("Write pairs like 80:50; 100:100: reached, counted."))
        return [[str(Decimal(at) / 100), str(Decimal(got) / 100)] for at, got in _groups(found)]

    def draft(self) -> ItemDraft:
        data = self.cleaned_data
        fixed = data["target"] if data["target_kind"] == TargetKind.FIXED else None
        if fixed is not None and by_share(data["formula"]):
            fixed = fixed / PERCENT
        return ItemDraft(
            formula=data["formula"],
            weight=data["weight"],
            target_kind=data["target_kind"],
            target=fixed,
            floor=data["floor"] / PERCENT,
            cap=data["cap"] / PERCENT,
            name=data["name"],
            direction=data["direction"],
            curve=data["curve"],
            steps=data["steps"] if data["curve"] == Curve.STEPS else [],
        )


def _groups(found: list[re.Match[str] | None]) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in found if match]


class GateForm(forms.Form):
    """A condition; `limit` of a share and `factor` in percent."""

    formula = FormulaField(label=_("metric or formula"))
    bound = forms.ChoiceField(label=_("must be"), choices=Bound.choices)
    limit = AmountField(label=_("limit"), max_digits=18, decimal_places=4)
    factor = percent_field(_("else the score times, %"), 99)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxed(self.fields.values())

    def draft(self) -> GateDraft:
        data = self.cleaned_data
        limit = data["limit"] / PERCENT if by_share(data["formula"]) else data["limit"]
        return GateDraft(data["formula"], data["bound"], limit, data["factor"] / PERCENT)


def item_values(item: SchemeItem) -> dict[str, str]:
    """A stored line as the form would have sent it."""
    target = item.target
    if target is not None and by_share(item.formula):
        target = target * PERCENT
    steps = "; ".join(f"{_percent(Decimal(at))}:{_percent(Decimal(got))}" for at, got in item.steps)
    return {
        "formula": item.formula,
        "name": item.name,
        "weight": typed(item.weight),
        "target_kind": item.target_kind,
        "target": "" if target is None else typed(target),
        "floor": _percent(item.floor),
        "cap": _percent(item.cap),
        "curve": item.curve,
        "steps": steps,
        "direction": item.direction,
    }


def gate_values(gate: SchemeGate) -> dict[str, str]:
    limit = gate.limit * PERCENT if by_share(gate.formula) else gate.limit
    return {
        "formula": gate.formula,
        "bound": gate.bound,
        "limit": typed(limit),
        "factor": _percent(gate.factor),
    }


def _percent(share: Decimal) -> str:
    return f"{(share * PERCENT).normalize():f}"


NEW_ITEM = {
    "formula": "",
    "weight": "",
    "target_kind": TargetKind.FIXED.value,
    "floor": "70",
    "cap": "130",
    "curve": Curve.LINEAR.value,
}
NEW_GATE = {"formula": "", "bound": Bound.AT_MOST.value, "limit": "", "factor": "90"}
FIRST_ITEMS = [
    NEW_ITEM | {"formula": "revenue", "weight": "60", "target_kind": TargetKind.PLAN.value},
    NEW_ITEM | {"formula": "received", "weight": "40", "target_kind": TargetKind.AVERAGE.value},
]

Values = dict[str, str]


class Lines:
    """The lines of one kind in a form: `count` of them, each with a prefix "item-0"."""

    def __init__(
        self, prefix: str, form: type[forms.Form], values: list[Values], most: int
    ) -> None:
        self.prefix, self.form, self.values, self.most = prefix, form, values, most
        self.forms = self._bound(is_bound=False)

    @classmethod
    def posted(
        cls, prefix: str, form: type[forms.Form], data: Mapping[str, Any], most: int
    ) -> Lines:
        count = min(_whole(data.get(f"{prefix}-count")), most)
        names = list(form.base_fields)
        values = [
            {name: str(data.get(f"{prefix}-{at}-{name}", "")) for name in names}
            for at in range(count)
        ]
        return cls(prefix, form, values, most)

    def _bound(self, *, is_bound: bool) -> list[forms.Form]:
        made = []
        for at, values in enumerate(self.values):
            prefix = f"{self.prefix}-{at}"
            data = {f"{prefix}-{name}": value for name, value in values.items()}
            made.append(
                self.form(data, prefix=prefix)
                if is_bound
                else self.form(initial=values, prefix=prefix)
            )
        return made

    def check(self) -> bool:
        """Bind the forms to what was sent and say whether all of them are right."""
        self.forms = self._bound(is_bound=True)
        wrong = [form.errors for form in self.forms]
        return not any(wrong)

    def add(self, new: Values) -> None:
        if len(self.values) < self.most:
            self.values.append(dict(new))
        self.forms = self._bound(is_bound=False)

    def remove(self, at: int) -> None:
        if 0 <= at < len(self.values):
            del self.values[at]
        self.forms = self._bound(is_bound=False)

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def is_full(self) -> bool:
        return self.count >= self.most

    def drafts(self) -> list[Any]:
        return [form.draft() for form in self.forms]  # type: ignore[attr-defined]


def _whole(text: Any) -> int:
    return int(text) if str(text or "").isdecimal() and len(str(text)) < 4 else 0


def item_lines(values: list[Values]) -> Lines:
    return Lines("item", ItemForm, values, MOST_ITEMS)


def gate_lines(values: list[Values]) -> Lines:
    return Lines("gate", GateForm, values, MOST_GATES)


def posted_items(data: Mapping[str, Any]) -> Lines:
    return Lines.posted("item", ItemForm, data, MOST_ITEMS)


def posted_gates(data: Mapping[str, Any]) -> Lines:
    return Lines.posted("gate", GateForm, data, MOST_GATES)


class MonthChoice(forms.Form):
    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$")
