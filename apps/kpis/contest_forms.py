"""What the pages of contests may say."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import company_today
from apps.core.metrics import Unit, find_metric
from apps.core.periods import DAY
from apps.deals.forms.fields import AmountField, DayField
from apps.kpis.calculations.contest import Prize
from apps.kpis.choices import Metric
from apps.kpis.contest_choices import PrizeKind, ScoreKind
from apps.kpis.contest_history import contest_metrics
from apps.kpis.decision_forms import all_boxes
from apps.staff.models import User

ROWS = 5
HUNDRED = Decimal(100)
LENGTH = timedelta(weeks=4)


class ContestForm(forms.Form):
    """The rules of a contest; the first row of prizes is the first place."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120)
    metric = forms.ChoiceField(label=_("What is counted"), initial=Metric.REVENUE.value)
    score_kind = forms.ChoiceField(
        label=pgettext_lazy("contest", "Score"),
        choices=ScoreKind.choices,
        help_text=_("Against one's own baseline a newcomer can win too."),
    )
    starts_on = DayField(label=_("From"))
    last_day = DayField(label=_("Last day"))
    by_team = forms.BooleanField(label=_("Teams compete, not people"), required=False)
    prize_kind = forms.ChoiceField(label=_("Prizes"), choices=PrizeKind.choices)
    budget = AmountField(
        label=_("Budget"), help_text=_("You are warned when the prizes may cost more.")
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Who takes part"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        sellers = User.objects.work_visible_to(viewer).selling().working()
        self.fields["people"].queryset = sellers.in_name_order()
        self.fields["metric"].choices = [(one.code, one.label) for one in contest_metrics()]
        self.fields["starts_on"].initial = company_today()
        self.fields["last_day"].initial = company_today() + LENGTH - DAY
        for row in range(1, ROWS + 1):
            self.add_prize(row)
        self.helper = self.helped()

    def add_prize(self, row):
        amount = gettext("Prize %(row)s") % {"row": row}
        self.fields[f"amount_{row}"] = AmountField(label=amount, required=False)
        self.fields[f"reach_{row}"] = forms.DecimalField(
            label=gettext("For a score of"), required=False, min_value=0, max_digits=14
        )

    def helped(self):
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        rows = [
            Div(f"amount_{row}", f"reach_{row}", css_class="fline") for row in range(1, ROWS + 1)
        ]
        hint = gettext(
            "For places the first prize is the first place and no score is needed. For reaching a score give"
            " it in percent of the baseline, 120 for a fifth more, or in the figure itself."
        )
        helper.layout = Layout(
            "version",
            "name",
            Div("metric", "score_kind", css_class="fline"),
            Div("starts_on", "last_day", css_class="fline"),
            Div("prize_kind", "budget", css_class="fline"),
            HTML(f'<p class="sm sec">{hint}</p>'),
            *rows,
            "by_team",
            all_boxes(),
            "people",
        )
        return helper

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("starts_on"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        if said.get("prize_kind") == PrizeKind.THRESHOLDS:
            for row in self.lonely(said):
                self.add_error(f"reach_{row}", _("For which score?"))
        if not self.errors and not self.prizes():
            self.add_error("amount_1", _("Give at least one prize."))
        reaches = [] if self.errors else [prize.reach for prize in self.prizes()]
        if len(set(reaches)) < len(reaches):
            self.add_error("reach_1", _("Two prizes are for the same score."))
        return said

    def lonely(self, said: dict[str, Any]) -> list[int]:
        """Prizes without a score to reach."""
        rows = range(1, ROWS + 1)
        return [row for row in rows if said.get(f"amount_{row}") and not said.get(f"reach_{row}")]

    def prizes(self) -> list[Prize]:
        said = self.cleaned_data
        rows = [row for row in range(1, ROWS + 1) if said.get(f"amount_{row}")]
        if said["prize_kind"] == PrizeKind.PLACES:
            return [Prize(Decimal(row), said[f"amount_{row}"]) for row in rows]
        scale = score_scale(said["metric"], said["score_kind"])
        return [Prize(said[f"reach_{row}"] / scale, said[f"amount_{row}"]) for row in rows]

    def rules(self) -> dict[str, Any]:
        """The arguments of `design_contest`."""
        said = self.cleaned_data
        names = ("name", "metric", "score_kind", "starts_on", "by_team", "prize_kind", "budget")
        return {name: said[name] for name in names} | {
            "ends_on": said["last_day"] + DAY,
            "people": said["people"],
            "prizes": self.prizes(),
            "version": said["version"],
        }


def score_scale(metric: str, score_kind: str) -> Decimal:
    """Scores that are typed in percent are kept as fractions."""
    found = find_metric(metric)
    is_share = found is not None and found.unit == Unit.SHARE
    return HUNDRED if score_kind == ScoreKind.NORMALISED or is_share else Decimal(1)


def initial_of(contest: Any) -> dict[str, Any]:
    """A draft as the form shows it."""
    names = (
        "version",
        "name",
        "metric",
        "score_kind",
        "starts_on",
        "by_team",
        "prize_kind",
        "budget",
    )
    shown = {name: getattr(contest, name) for name in names}
    shown["last_day"] = contest.period.last_day
    shown["people"] = list(contest.participants.values_list("user", flat=True))
    scale = score_scale(contest.metric, contest.score_kind)
    for row, prize in enumerate(contest.prizes.all(), start=1):
        place = int(prize.reach) if contest.is_by_place else row
        shown[f"amount_{place}"] = prize.amount
        if not contest.is_by_place:
            shown[f"reach_{row}"] = (prize.reach * scale).normalize()
    return shown
