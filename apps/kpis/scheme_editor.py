"""The editor of a scheme as a form with many buttons; it works the same without scripts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from apps.core.calendars import company_today
from apps.kpis import scheme_forms as forms
from apps.kpis.actions.schemes import check_rules, create_scheme, save_version
from apps.kpis.models import KpiScheme, SchemeVersion
from apps.kpis.scheme_page import Valued, catalogue, value_lines, whom

MOST_NOTE = 255


class Editor:
    """Lines and gates of a new version; of a new scheme also whose it is (`place`).

    `act` does what a button says: it adds or removes a line, shows last month's values, saves.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        scheme: KpiScheme | None,
        place: forms.PlaceForm | None,
        items: forms.Lines,
        gates: forms.Lines,
        base: SchemeVersion | None = None,
    ) -> None:
        self.request, self.scheme, self.place = request, scheme, place
        self.items, self.gates, self.base = items, gates, base
        self.errors: list[str] = []
        self.values: Valued | None = None
        self.status = 200
        if request.method == "POST":
            self.items, self.gates = (
                forms.posted_items(request.POST),
                forms.posted_gates(request.POST),
            )

    @classmethod
    def new(cls, request: HttpRequest) -> Editor:
        is_sent = request.method == "POST"
        place = forms.PlaceForm(request.POST if is_sent else None, viewer=request.user)
        items, gates = forms.item_lines(list(forms.FIRST_ITEMS)), forms.gate_lines([])
        return cls(request, scheme=None, place=place, items=items, gates=gates)

    @classmethod
    def of(cls, request: HttpRequest, scheme: KpiScheme) -> Editor:
        """The newest version of the scheme, to be changed into the next one."""
        newest = scheme.versions.prefetch_related("items", "gates").first()
        items = [forms.item_values(item) for item in newest.items.all()] if newest else []
        gates = [forms.gate_values(gate) for gate in newest.gates.all()] if newest else []
        return cls(
            request,
            scheme=scheme,
            place=None,
            items=forms.item_lines(items),
            gates=forms.gate_lines(gates),
            base=newest,
        )

    def act(self, asked: str) -> SchemeVersion | None:
        """The version written by "save"; None when the form is to be shown again."""
        verb, _dash, at = asked.partition("-")
        if verb == "save":
            return self._save()
        if verb == "values":
            self._show_values()
        elif asked == "add-item":
            self.items.add(forms.NEW_ITEM)
        elif asked == "add-gate":
            self.gates.add(forms.NEW_GATE)
        elif verb in ("item", "gate") and at.isdecimal():
            lines = self.items if verb == "item" else self.gates
            lines.remove(int(at[:3]))
        return None

    def _check(self) -> bool:
        """Whether the form is right by itself; all its parts say what is not."""
        parts = [
            self.items.check(),
            self.gates.check(),
            self.place is None or self.place.is_valid(),
        ]
        if not all(parts):
            self.status = 422
        return all(parts)

    def _save(self) -> SchemeVersion | None:
        if not self._check():
            return None
        try:
            return self._written()
        except ValidationError as refusal:
            self.errors = refusal.messages
            self.status = 409 if getattr(refusal, "code", "") == "stale" else 422
        return None

    def _written(self) -> SchemeVersion:
        rules: dict[str, Any] = {
            "items": self.items.drafts(),
            "gates": self.gates.drafts(),
            "note": self.request.POST.get("note", "")[:MOST_NOTE],
            "by": self.request.user,
        }
        if self.place is not None:
            name = self.place.cleaned_data["name"]
            return create_scheme(name=name, **rules, **self.place.place())
        assert self.scheme is not None
        sent = self.scheme.versions.filter(pk=_number(self.request.POST.get("base"))).first()
        return save_version(self.scheme, base=sent, **rules)

    def _show_values(self) -> None:
        """What each line came to last month, before anything is saved."""
        if not self._check():
            return
        drafts = self.items.drafts()
        try:
            check_rules(drafts, self.gates.drafts())
        except ValidationError as refusal:
            self.errors = refusal.messages
        self.values = value_lines(drafts, self._whose(), self.request.user, company_today())

    def _whose(self) -> KpiScheme:
        if self.place is None:
            assert self.scheme is not None
            return self.scheme
        return KpiScheme(**self.place.place())

    @property
    def total(self) -> Decimal:
        """The weights as they stand in the form, whatever else is wrong."""
        return sum((_weight(line.get("weight", "")) for line in self.items.values), Decimal(0))

    def context(self) -> dict[str, Any]:
        return {
            "scheme": self.scheme,
            "whom": whom(self.scheme) if self.scheme else "",
            "place": self.place,
            "items": self.items,
            "gates": self.gates,
            "base": self.base,
            "errors": self.errors,
            "values": self.values,
            "total": self.total,
            "metrics": catalogue(),
            "note": self.request.POST.get("note", ""),
            "is_wrong": self.status != 200,
        }


def _weight(text: str) -> Decimal:
    try:
        weight = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return Decimal(0)
    return weight if weight.is_finite() and abs(weight) < 10**6 else Decimal(0)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
