"""What a person decides for himself; his name and place are HR's matter."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.models import Company
from apps.staff.models import User

# The zones of Russia and its neighbours first; the rest of the world in the order of its names.
NEAR_ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok",
    "Asia/Magadan", "Asia/Kamchatka", "Europe/Minsk", "Asia/Almaty",
)  # fmt: skip


def zone_choices() -> list[tuple[str, str]]:
    others = sorted(
        zone
        for zone in zoneinfo.available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "SystemV/")) and zone not in NEAR_ZONES
    )
    company = _("As the company: %(zone)s") % {"zone": Company.current().time_zone}
    return [("", company), *((zone, zone) for zone in (*NEAR_ZONES, *others))]


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Only how times are shown to you.")
    )

    class Meta:
        model = User
        fields = ("phone", "language", "theme", "time_zone", "quiet_from", "quiet_until")
        widgets = {
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices()
        self.fields["time_zone"].widget.attrs["data-select"] = ""
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "phone",
            Div("language", "theme", css_class="fline"),
            "time_zone",
            Fieldset(
                _("Quiet hours"),
                Div("quiet_from", "quiet_until", css_class="fline"),
                css_class="fsec",
            ),
            Div(Submit("", _("Save"), css_class="btn p", css_id=""), css_class="form-buttons"),
        )
