"""What the pages of decisions may say."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import company_today
from apps.core.decision_kinds import all_kinds
from apps.core.metrics import all_metrics
from apps.core.models import Decision
from apps.deals.forms.fields import DayField, boxed
from apps.deals.forms.settings import PercentField
from apps.kpis.choices import Metric
from apps.kpis.effect_choices import EffectState, EffectVerdict, HandKind
from apps.staff.models import User

NOTE_LENGTH = 2000
# A decision is kept when it is made, or soon after.
OLDEST = timedelta(days=90)


def all_boxes() -> HTML:
    """A box above the people that ticks all of them."""
    words = gettext("Everybody")
    box = '<input type="checkbox" class="form-check-input" data-check-all="people">'
    return HTML(f'<label class="all1 form-check">{box}{words}</label>')


class DecisionForm(forms.Form):
    """A decision kept by hand; people within the sight of `viewer`."""

    kind = forms.ChoiceField(label=_("What it is"), choices=HandKind.choices)
    note = forms.CharField(
        label=_("What was decided"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Whom it is about"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those who are left out are who they are compared with."),
    )
    metric = forms.ChoiceField(label=_("What it should move"), initial=Metric.REVENUE.value)
    expected = PercentField(
        label=_("Expected change, %"),
        required=False,
        min_value=-100,
        max_value=1000,
        help_text=_("10 is ten percent more, −10 ten percent less."),
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(
        label=_("Until"),
        required=False,
        help_text=_("When it ends by itself; empty: it stays."),
    )

    def __init__(self, *args, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        sellers = User.objects.work_visible_to(viewer).selling().working()
        self.fields["people"].queryset = sellers.in_name_order()
        self.fields["metric"].choices = [(one.code, one.label) for one in all_metrics()]
        self.fields["starts_on"].initial = company_today()
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(
            "kind",
            "note",
            Div("metric", "expected", css_class="fline"),
            Div("starts_on", "ends_on", css_class="fline"),
            all_boxes(),
            "people",
        )

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < company_today() - OLDEST:
            raise forms.ValidationError(
                _("A decision is kept within 90 days, while its reasons are remembered."), "too_old"
            )
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("starts_on"), said.get("ends_on")
        if first and last and last <= first:
            self.add_error("ends_on", _("It ends before it begins."))
        return said


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What was decided"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionFilter(forms.Form):
    """By kind, author, state of the measurement, and the days on which decisions began."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    author = forms.ModelChoiceField(
        User.objects.none(), label=_("Author"), required=False, empty_label=_("any")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("any")),
            (EffectState.MEASURING.value, EffectState.MEASURING.label),
            *EffectVerdict.choices,
        ],
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)

    def __init__(self, *args, decisions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("any")), *((k.code, k.label) for k in all_kinds())]
        authors = User.objects.filter(pk__in=decisions.order_by().values("author"))
        self.fields["author"].queryset = authors.in_name_order()
        boxed(self.fields[name] for name in ("since", "until"))

    def narrowed(self, decisions: Any) -> Any:
        """Nothing for a filter that makes no sense."""
        if not self.is_valid():
            return Decision.objects.none()
        asked = self.cleaned_data
        state = asked["state"]
        wanted = {
            "kind": asked["kind"],
            "author": asked["author"],
            "starts_on__gte": asked["since"],
            "starts_on__lte": asked["until"],
            "effects__state": state if state == EffectState.MEASURING else "",
            "effects__verdict": state if state in EffectVerdict.values else "",
        }
        return decisions.filter(**{name: value for name, value in wanted.items() if value})
