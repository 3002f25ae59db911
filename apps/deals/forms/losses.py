"""What the pages of losses, of verification calls and of trust can be narrowed to."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.periods import DAY, Period
from apps.deals.choices import CallResult, StageKind
from apps.deals.forms.base import RoomForm, RoomModelForm
from apps.deals.forms.fields import DayField, boxed
from apps.deals.forms.filters import ScopeForm
from apps.deals.forms.moves import reasons_by_branch
from apps.deals.forms.settings import PercentField, VersionedForm
from apps.deals.models import Competitor, Pipeline, RefusalReason, VerificationNorm


class ClosedFilter(ScopeForm):
    """Deals closed within days, both included; by default the last `usual_days` of them."""

    usual_days = 90
    closed_from = DayField(label=_("From"))
    closed_to = DayField(label=_("To"))
    pipeline = forms.ModelChoiceField(
        Pipeline.objects.all(), required=False, label=_("Pipeline"), empty_label=_("All")
    )
    field_order = ["closed_from", "closed_to", "pipeline"]

    def __init__(self, data: Any, *, viewer: Any, today: date) -> None:
        self.today = today
        self.is_set = any(data.get(name) for name in self.base_fields)
        given = data.copy()
        for name, day in (("closed_from", self.usual_start), ("closed_to", today)):
            given[name] = given.get(name) or day.isoformat()
        super().__init__(given, viewer=viewer)
        boxed(self.fields[name] for name in ("closed_from", "closed_to"))

    @property
    def usual_start(self) -> date:
        return self.today - timedelta(days=self.usual_days - 1)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first, last = given.get("closed_from"), given.get("closed_to")
        if last and last > self.today:
            self.add_error("closed_to", _("The day is in the future."))
        elif first and last and last < first:
            self.add_error("closed_to", _("The period ends before it begins."))
        return given

    @property
    def period(self) -> Period:
        """The days asked for; the usual ones when they make no sense."""
        if self.is_valid():
            given = self.cleaned_data
            return Period(given["closed_from"], given["closed_to"] + DAY)
        return Period(self.usual_start, self.today + DAY)

    def scoped(self, deals: Any, *, owner: str = "owner", pipeline: str = "pipeline") -> Any:
        """Rows of the pipeline and of the people asked for, whatever their days."""
        if not self.is_valid():
            return deals.none()
        if chosen := self.cleaned_data["pipeline"]:
            deals = deals.filter(**{pipeline: chosen})
        people = self.people()
        return deals if people is None else deals.filter(**{f"{owner}__in": people})

    @property
    def scope(self) -> dict[str, Any]:
        """The same as parameters of the list of deals."""
        names = ("pipeline", "team", "owner")
        given = {name: self.data.get(name) for name in names}
        return {name: value for name, value in given.items() if value}

    @property
    def presets(self) -> list[dict[str, Any]]:
        """Usual spans as links that keep the other filters."""
        rest = {name: self.data[name] for name in self.fields if self.data.get(name)}
        made = []
        for days in (30, 90, 365):
            start = (self.today - timedelta(days=days - 1)).isoformat()
            span = {"closed_from": start, "closed_to": self.today.isoformat()}
            is_current = all(rest.get(name) == value for name, value in span.items())
            made.append(
                {"days": days, "url": f"?{urlencode(rest | span)}", "is_current": is_current}
            )
        return made


class LossFilter(ClosedFilter):
    competitor = forms.ModelChoiceField(
        Competitor.objects.all(), required=False, label=_("Competitor"), empty_label=_("All")
    )

    def scoped(self, deals: Any, **names: str) -> Any:
        deals = super().scoped(deals, **names)
        chosen = self.is_valid() and self.cleaned_data["competitor"]
        return deals.filter(competitor=chosen) if chosen else deals

    @property
    def scope(self) -> dict[str, Any]:
        chosen = self.data.get("competitor")
        return super().scope | ({"competitor": chosen} if chosen else {})


class CallFilter(ClosedFilter):
    usual_days = 180


class TrustFilter(ClosedFilter):
    """Leads lost before anybody qualified them have one act due or none: they are left out."""

    usual_days = 365
    leads = forms.BooleanField(required=False, label=_("With leads"))

    def scoped(self, deals: Any, **names: str) -> Any:
        deals = super().scoped(deals, **names)
        return deals if self.has_leads else deals.exclude(deal__closed_from__kind=StageKind.LEAD)

    @property
    def has_leads(self) -> bool:
        return bool(self.is_valid() and self.cleaned_data["leads"])

    @property
    def scope(self) -> dict[str, Any]:
        return super().scope | ({} if self.has_leads else {"qualified": "on"})


class CallForm(RoomForm):
    """What came of a verification call: three fields."""

    button = _("Write down")
    result = forms.ChoiceField(
        label=_("The client"),
        choices=[
            (CallResult.REACHED, _("named the reason")),
            (CallResult.UNREACHED, _("could not be reached")),
        ],
        initial=CallResult.REACHED,
    )
    found = forms.ModelChoiceField(
        RefusalReason.objects.selectable(), required=False, label=_("True reason")
    )
    comment = forms.CharField(
        label=_("In the client's words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["found"].choices = reasons_by_branch()


class NormForm(RoomModelForm):
    share = PercentField(label=_("Share of lost deals, %"))

    class Meta:
        model = VerificationNorm
        fields = ("share", "per_seller", "days")

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if not 1 <= days <= 90:
            raise forms.ValidationError(_("From 1 to 90 days."), code="days")
        return days


class CompetitorForm(VersionedForm):
    class Meta:
        model = Competitor
        fields = ["name"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        same = Competitor.objects.kept().filter(name__iexact=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("There is such a competitor already."), code="same_name")
        return name
