"""What a person decides for himself; his name and place are HR's matter."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.models import Company
from apps.core.zones import zone_choices
from apps.staff.models import User


def own_zone_choices() -> list[tuple[str, Any]]:
    company = _("As the company: %(zone)s") % {"zone": Company.current().time_zone}
    return [("", company), *zone_choices()]


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
        self.fields["time_zone"].choices = own_zone_choices()
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
