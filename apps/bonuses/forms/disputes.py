"""Questions about a bonus and how they are answered."""

from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.deals.forms.base import RoomForm
from apps.deals.forms.fields import AmountField

TEXT = 2000


class NotedForm(RoomForm):
    """A form under a sentence: what is being decided."""

    def __init__(self, *args: Any, note: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.note = note

    def rows(self) -> list[Any]:
        return [HTML("{% if form.note %}<p>{{ form.note }}</p>{% endif %}"), *super().rows()]


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DisputeForm(NotedForm):
    button = pgettext_lazy("bonus question", "Ask")
    draft = "bonus-question"
    question = forms.CharField(label=_("What is wrong?"), max_length=TEXT, widget=area(4))
    expected = AmountField(
        required=False,
        label=_("How much do you expect?"),
        help_text=_("The whole sum of the line, or of the month."),
    )


class AnswerForm(NotedForm):
    button = _("Answer")
    draft = "bonus-answer"
    text = forms.CharField(label=_("Your words"), max_length=TEXT, widget=area(3))


class AcceptForm(NotedForm):
    button = pgettext_lazy("bonus question", "Accept")
    amount = AmountField(
        label=_("Correction"),
        min_value=None,
        help_text=_("What is added to the first open month; with a minus, what is taken."),
    )
    reason = forms.CharField(label=_("Reason, seen in the statement"), max_length=255)


class DeclineForm(NotedForm):
    button = pgettext_lazy("bonus question", "Decline")
    reason = forms.CharField(label=_("Why nothing changes"), max_length=TEXT, widget=area(3))
