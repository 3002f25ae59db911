"""Asking a leader for help, answering, and the norms of big deals."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import WorkCalendar, company_today
from apps.deals.big_choices import HelpEventKind
from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import AmountField, DayField
from apps.deals.forms.settings import PercentField
from apps.deals.models import BigThreshold, HelpNorm, Pipeline
from apps.staff.leaders import leaders_above
from apps.staff.models import User


def next_working_day() -> Any:
    """Until when help is usually needed."""
    today = company_today()
    return WorkCalendar.load(today, today).add_working_days(today, 1)


class HelpForm(RoomForm):
    button = _("Ask for help")
    draft = "help"
    question = forms.CharField(
        label=_("What is needed"),
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": _("For example: a call to their director")}
        ),
    )
    needed_on = DayField(label=_("Until"), initial=next_working_day)
    of = forms.ModelChoiceField(User.objects.none(), label=_("Of whom"), empty_label=None)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = leaders_above(person)
        self.fields["of"].queryset = User.objects.filter(pk__in=[one.pk for one in leaders])
        self.fields["of"].initial = leaders[0].pk if leaders else None
        self.fields["of"].required = bool(leaders)


class AnswerForm(RoomForm):
    """Words for the seller; joining also says what the leader expects of it."""

    text = forms.CharField(
        label=_("Your words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expected_change = PercentField(
        label=_("I expect the chance of winning to grow by, %"),
        required=False,
        help_text=_("Kept as your decision: later it is compared with what came of it."),
    )
    BUTTONS = {
        HelpEventKind.ANSWERED: _("Answer"),
        HelpEventKind.JOINED: _("Take part"),
        HelpEventKind.DECLINED: _("Decline"),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.button = self.BUTTONS[HelpEventKind(kind)]
        if kind == HelpEventKind.JOINED:
            self.fields["text"].required = False
        else:
            del self.fields["expected_change"]


class BigNormForm(RoomForm):
    """From which sum a deal is big, for all pipelines and for single ones; how soon help comes."""

    big_from = AmountField(
        label=_("A deal is big from"),
        required=False,
        min_value=Decimal(1),
        help_text=_("In the company's currency. Empty: only deals marked by a leader are big."),
    )
    answer_minutes = forms.IntegerField(
        label=_("A request for help is answered within, working minutes"),
        min_value=1,
        max_value=32767,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        known = BigThreshold.by_pipeline()
        initial = {"big_from": known.get(None), "answer_minutes": HelpNorm.current().answer_minutes}
        super().__init__(*args, initial=initial, **kwargs)
        self.pipelines = list(Pipeline.objects.kept())
        for pipeline in self.pipelines:
            self.fields[f"pipeline_{pipeline.pk}"] = AmountField(
                label=_("In “%(name)s” from") % {"name": pipeline.name},
                required=False,
                min_value=Decimal(1),
                initial=known.get(pipeline.pk),
                help_text=_("Empty: as for all."),
            )

    @property
    def thresholds(self) -> dict[int | None, Decimal | None]:
        """What was entered, by the number of the pipeline; None for all of them."""
        given: dict[int | None, Decimal | None] = {None: self.cleaned_data["big_from"]}
        for pipeline in self.pipelines:
            given[pipeline.pk] = self.cleaned_data[f"pipeline_{pipeline.pk}"]
        return given
