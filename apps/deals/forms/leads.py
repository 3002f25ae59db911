"""How soon a lead is to be answered, and in which hours the clock runs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import AnswerNorm
from apps.deals.forms.base import RoomModelForm


class AnswerNormForm(RoomModelForm):
    class Meta:
        model = AnswerNorm
        fields = ("opens_at", "closes_at", "answer_minutes")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("opens_at", "closes_at")
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        opens, closes = said.get("opens_at"), said.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The day ends after it has begun."))
        if said.get("answer_minutes") == 0:
            self.add_error("answer_minutes", _("At least one minute."))
        return said
