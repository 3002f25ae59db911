"""Pipelines, stages, products and refusal reasons, as an administrator sets them."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deals.choices import ExitField, StageKind
from apps.deals.forms.base import RoomModelForm
from apps.deals.forms.fields import AmountField
from apps.deals.models import Pipeline, Product, RefusalReason, Stage

HUNDRED = Decimal(100)


class PercentField(forms.DecimalField):
    """Percent on the page, a fraction in the row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 1, **kwargs}
        )

    def prepare_value(self, value: Any) -> Any:
        return f"{(value * HUNDRED).normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else percent / HUNDRED


class VersionedForm(RoomModelForm):
    """An edit names the version it was made from; a new row has none."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version if self.instance.pk else ""

    def _get_validation_exclusions(self) -> set[str]:
        """Not asked for, but names and ends are unique among the kept rows of a pipeline."""
        unasked = super()._get_validation_exclusions()  # type: ignore[misc]
        return unasked - {"pipeline", "archived_at"}


class PipelineForm(VersionedForm):
    class Meta:
        model = Pipeline
        fields = ["name", "order"]


class StageForm(VersionedForm):
    """The kind is chosen once: deals have been counted by it."""

    probability = PercentField(label=_("Probability of winning, %"))
    exit_fields = forms.MultipleChoiceField(
        label=_("Needed to move on"),
        choices=ExitField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Stage
        fields = [
            "name",
            "kind",
            "order",
            "probability",
            "max_idle_days",
            "exit_fields",
            "guidance",
        ]
        widgets = {"guidance": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].disabled = bool(self.instance.pk)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        ends = {StageKind.WON: Decimal(1), StageKind.LOST: Decimal(0)}
        if given.get("kind") in ends:
            given |= {"probability": ends[StageKind(given["kind"])], "exit_fields": []}
        return given

    def rows(self) -> list[Any]:
        return [
            Div("name", "kind", css_class="fline"),
            Div("probability", "max_idle_days", "order", css_class="fline"),
            "exit_fields",
            "guidance",
            "version",
        ]


class ProductForm(VersionedForm):
    list_price = AmountField(label=_("List price"))
    cost = AmountField(label=_("Cost"), required=False)
    vat_rate = PercentField(label=_("VAT, %"))

    class Meta:
        model = Product
        fields = ["name", "code", "series", "list_price", "cost", "vat_rate"]

    def rows(self) -> list[Any]:
        return [
            "name",
            Div("code", "series", css_class="fline"),
            Div("list_price", "cost", "vat_rate", css_class="fline"),
            "version",
        ]


class ReasonForm(RoomModelForm):
    class Meta:
        model = RefusalReason
        fields = ["name", "parent", "is_controllable", "needs_comment", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = RefusalReason.objects.kept().filter(parent=None, is_system=False)
        self.fields["parent"].queryset = branches.exclude(pk=self.instance.pk)
        self.fields["parent"].label = _("Branch")

    def clean_parent(self) -> RefusalReason | None:
        """Two levels: a branch that has reasons of its own stays a branch."""
        parent: RefusalReason | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and self.instance.children.kept().exists():
            raise forms.ValidationError(
                _("This branch has reasons of its own: it cannot stand under another."),
                code="two_levels",
            )
        return parent
