"""What may be asked of the segments, and the rules they are counted by."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.clients.models import Client
from apps.core import numerals
from apps.core.versions import remember_initial
from apps.portfolio.choices import AbcClass, Lifecycle, RfmSegment, XyzClass
from apps.portfolio.models import ClientSegment, SegmentRules, SegmentRun
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

NONE = "none"
ANY = ("", _("any"))


def coded(choices: Any) -> list[tuple[str, Any]]:
    """The choices for a filter, where "" means any and "none" the empty one."""
    return [ANY, *((value or NONE, label) for value, label in choices.choices)]


class PeopleFilter(forms.Form):
    """Filters by name, owner and team within what `viewer` sees; a seller has only the name."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, INN, phone")}),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("any")
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=TeamNode.objects.none(), required=False, empty_label=_("any")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        if viewer.role == Role.SELLER:
            del self.fields["owner"], self.fields["team"]
            return
        people = User.objects.work_visible_to(viewer).selling().in_name_order()
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["team"].queryset = TeamNode.objects.kept().led_by(viewer)  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """What was asked; wrong filters ask for nothing and `narrowed` leaves no rows."""
        return self.cleaned_data if self.is_bound and self.is_valid() else {}

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """`rows`, which have a `client`, of the clients that were asked for."""
        if self.is_bound and not self.is_valid():
            return rows.none()
        said = self.said
        if said.get("q"):
            rows = rows.filter(client__in=Client.objects.matching(said["q"]))
        if said.get("owner"):
            rows = rows.filter(client__owner=said["owner"])
        if said.get("team"):
            rows = rows.filter(client__owner__team__path__startswith=said["team"].path)
        return rows


class SegmentFilter(PeopleFilter):
    """Any class of a run; with `since` and `was`, the class that clients had in an earlier run."""

    abc = forms.ChoiceField(label=_("ABC"), choices=coded(AbcClass), required=False)
    xyz = forms.ChoiceField(label=_("XYZ"), choices=coded(XyzClass), required=False)
    rfm = forms.ChoiceField(label=_("RFM"), choices=coded(RfmSegment), required=False)
    lifecycle = forms.ChoiceField(label=_("State"), choices=coded(Lifecycle), required=False)
    run = forms.ModelChoiceField(
        queryset=SegmentRun.objects.all(), required=False, widget=forms.HiddenInput
    )
    since = forms.ModelChoiceField(
        queryset=SegmentRun.objects.all(), required=False, widget=forms.HiddenInput
    )
    was = forms.ChoiceField(
        label=pgettext_lazy("class", "Was"), choices=coded(AbcClass), required=False
    )

    field_order = ["q", "abc", "xyz", "rfm", "lifecycle", "was", "owner", "team"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.is_bound and self.data.get("since")):
            del self.fields["was"]

    def rows(self, run: SegmentRun | None) -> QuerySet[ClientSegment]:
        """The rows of `run` that `viewer` sees and the filters leave."""
        rows = self.narrowed(ClientSegment.objects.visible_to(self.viewer).of(run))
        said = self.said
        for name in ("abc", "xyz", "rfm", "lifecycle"):
            if said.get(name):
                rows = rows.filter(**{name: "" if said[name] == NONE else said[name]})
        if said.get("since") and said.get("was"):
            rows = rows_that_were(rows, said["since"], said["was"])
        return rows


def rows_that_were(
    rows: QuerySet[ClientSegment], since: SegmentRun, was: str
) -> QuerySet[ClientSegment]:
    """Those whose class was `was` in the run `since`; "none": who had no class there."""
    then = ClientSegment.objects.of(since)
    if was == NONE:
        return rows.exclude(client__in=then.exclude(abc="").values("client"))
    return rows.filter(client__in=then.filter(abc=was).values("client"))


class QuietFilter(PeopleFilter):
    """The list of clients to win back."""

    lifecycle = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ANY,
            *(
                (state.value, state.label)
                for state in (Lifecycle.COOLING, Lifecycle.SLEEPING, Lifecycle.LOST)
            ),
        ],
    )
    abc = forms.ChoiceField(label=_("ABC"), choices=coded(AbcClass), required=False)
    field_order = ["q", "lifecycle", "abc", "owner", "team"]

    def rows(self, run: SegmentRun | None) -> QuerySet[ClientSegment]:
        rows = self.narrowed(ClientSegment.objects.visible_to(self.viewer).of(run).quiet())
        if self.said.get("lifecycle"):
            rows = rows.filter(lifecycle=self.said["lifecycle"])
        if self.said.get("abc"):
            rows = rows.filter(abc="" if self.said["abc"] == NONE else self.said["abc"])
        return rows


class RunsForm(forms.Form):
    """The two runs of a migration matrix."""

    since = forms.ModelChoiceField(label=_("From"), queryset=SegmentRun.objects.none())
    until = forms.ModelChoiceField(label=_("To"), queryset=SegmentRun.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = SegmentRun.objects.all()  # type: ignore[attr-defined]
            field.empty_label = None  # type: ignore[attr-defined]
            field.label_from_instance = run_label  # type: ignore[attr-defined]


def run_label(run: SegmentRun) -> str:
    return numerals.day(run.day)


class RulesForm(forms.ModelForm):
    class Meta:
        model = SegmentRules
        fields = ("a_share", "b_share", "margin", "x_limit", "y_limit", "new_days", "few_clients")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = 0 if self.instance._state.adding else self.instance.version
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=stored)
        remember_initial(self)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            Div("a_share", "b_share", "margin", css_class="fline"),
            Div("x_limit", "y_limit", css_class="fline"),
            Div("new_days", "few_clients", css_class="fline"),
            Div(Submit("", _("Save the thresholds"), css_class="btn p"), css_class="btns"),
        )
