"""A mark of what the buyer did, and the acts as the settings hold them."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core import numerals
from apps.core.calendars import company_today
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import DayField
from apps.deals.forms.filters import grouped
from apps.deals.forms.settings import VersionedForm
from apps.deals.models import Activity, Deal, DealFile, Stage, TrustSignal
from apps.deals.rules import IN_WORK

# What can be chosen as evidence: the latest of each.
OFFERED = 20
FILE, ACTIVITY = "file", "activity"


class MarkForm(RoomForm):
    """Three fields: the day, and a record, a file or a word as evidence."""

    button = _("Mark as done")
    done_on = DayField(label=_("When"), initial=company_today)
    evidence = forms.ChoiceField(label=_("Evidence"), required=False)
    note = forms.CharField(
        label=_("How we know"),
        required=False,
        max_length=255,
        help_text=_("A record, a file or a word: one of them is enough."),
    )

    def __init__(self, *args: Any, deal: Deal, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activities = {
            row.pk: row
            for row in Activity.objects.standing()
            .filter(deal=deal)
            .order_by("-happened_at")[:OFFERED]
        }
        files = deal.files.kept().select_related("stored").order_by("-pk")[:OFFERED]
        self.own_files = {row.pk: row for row in files}
        self.fields["evidence"].choices = [("", "–"), *self.offered(today)]

    def offered(self, today: Any) -> list[Any]:
        activities = [
            (f"{ACTIVITY}-{pk}", said_activity(row, today)) for pk, row in self.activities.items()
        ]
        files = [(f"{FILE}-{pk}", row.stored.name) for pk, row in self.own_files.items()]
        groups = [(str(_("Calls, meetings, letters")), activities), (str(_("Files")), files)]
        return [group for group in groups if group[1]]

    @property
    def given(self) -> dict[str, Any]:
        """Arguments of the action."""
        kind, _dash, pk = self.cleaned_data["evidence"].partition("-")
        chosen: dict[str, Activity | DealFile | None] = {"activity": None, "file": None}
        if kind:
            chosen[kind] = (self.own_files if kind == FILE else self.activities)[int(pk)]
        return chosen | {
            "done_on": self.cleaned_data["done_on"],
            "note": self.cleaned_data["note"],
        }


def said_activity(row: Activity, today: Any) -> str:
    words = f"{row.get_kind_display()}, {numerals.day_short(row.happened_on, today=today)}"
    text = row.text.strip()
    return f"{words}: {text[:60]}" if text else words


class SignalForm(VersionedForm):
    """The stage is chosen once: marks have been made by it."""

    class Meta:
        model = TrustSignal
        fields = ["name", "hint", "stage", "weight"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.kept().filter(kind__in=IN_WORK, pipeline__archived_at=None)
        rows = list(stages.select_related("pipeline"))
        self.fields["stage"].queryset = stages
        self.fields["stage"].choices = grouped(rows) if rows else []
        self.fields["stage"].disabled = bool(self.instance.pk)

    def rows(self) -> list[Any]:
        return ["name", "hint", Div("stage", "weight", css_class="fline"), "version"]
