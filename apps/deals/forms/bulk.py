"""What is asked before many deals are changed at once."""

from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Source
from apps.core.models import Tag
from apps.deals import rules
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import DayField, PersonField
from apps.deals.forms.filters import grouped
from apps.deals.models import Stage

CHOSEN = (
    '<input type="hidden" name="go" value="1">'
    '{% for name, value in form.chosen %}<input type="hidden" name="{{ name }}" value="{{ value }}">'
    "{% endfor %}"
)


class BulkForm(RoomForm):
    """`chosen` are the pairs that say which rows: they travel along to the preview."""

    button = _("Preview")

    def __init__(
        self, *args: Any, person: Any, chosen: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        self.for_person(person)

    def for_person(self, person: Any) -> None:
        """Narrow the choices to what the person may choose."""

    def rows(self) -> list[Any]:
        return [*super().rows(), HTML(CHOSEN)]

    @property
    def params(self) -> dict[str, Any]:
        """The answers as JSON, for the batch."""
        raise NotImplementedError


class AssignBulk(BulkForm):
    owner = PersonField(label=_("New owner"))

    def for_person(self, person: Any) -> None:
        self.fields["owner"].for_person(person)  # type: ignore[attr-defined]

    @property
    def params(self) -> dict[str, Any]:
        return {"owner": self.cleaned_data["owner"].pk}


class StageBulk(BulkForm):
    stage = forms.TypedChoiceField(
        label=_("Stage"),
        coerce=int,
        help_text=_(
            "Deals are won and lost one by one: a win has its day and its payments, a loss its reason."
        ),
    )

    def for_person(self, person: Any) -> None:
        stages = Stage.objects.kept().filter(kind__in=rules.IN_WORK, pipeline__archived_at=None)
        found = list(stages.select_related("pipeline"))
        self.fields["stage"].choices = grouped(found) if found else []  # type: ignore[attr-defined]

    @property
    def params(self) -> dict[str, Any]:
        return {"stage": self.cleaned_data["stage"]}


class EditBulk(BulkForm):
    expected_close_on = DayField(label=_("Expected close"), required=False)
    source = forms.ModelChoiceField(
        Source.objects.all(), label=_("Source"), required=False, empty_label=_("as it is")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not any(given.values()):
            raise ValidationError(_("Fill in what is to be changed."), code="nothing_given")
        return given

    @property
    def params(self) -> dict[str, Any]:
        on, source = self.cleaned_data["expected_close_on"], self.cleaned_data["source"]
        given = {"expected_close_on": on and on.isoformat(), "source": source and source.pk}
        return {name: value for name, value in given.items() if value}


class TagBulk(BulkForm):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.kept(), label=_("Tags"), widget=forms.CheckboxSelectMultiple
    )

    @property
    def params(self) -> dict[str, Any]:
        return {"tags": [tag.pk for tag in self.cleaned_data["tags"]]}


BULK_FORMS: dict[str, type[BulkForm]] = {
    "assign": AssignBulk,
    "stage": StageBulk,
    "edit": EditBulk,
    "tag": TagBulk,
    "untag": TagBulk,
}
