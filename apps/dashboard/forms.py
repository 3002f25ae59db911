"""Forms of the first steps."""

import zoneinfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.models import Company
from apps.staff.models import User

RUSSIAN_ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Novosibirsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


def zone_choices() -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """The zones of Russia first, then every other one."""
    others = sorted(zoneinfo.available_timezones() - set(RUSSIAN_ZONES))
    return [
        (_("Russia"), [(zone, zone) for zone in RUSSIAN_ZONES]),
        (_("Other"), [(zone, zone) for zone in others if "/" in zone and "Etc" not in zone]),
    ]


def helper(action, button) -> FormHelper:
    made = FormHelper()
    made.form_action = action
    made.add_input(Submit("save", button))
    return made


class CompanyForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)

    class Meta:
        model = Company
        fields = ["name", "time_zone", "currency", "fiscal_year_start_month"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(reverse_lazy("dashboard:name_company"), _("Save the company"))


class DepartmentForm(forms.Form):
    department = forms.CharField(
        label=_("Department"), max_length=255, initial=_("Sales department")
    )
    first_name = forms.CharField(label=_("First name of the head of sales"), max_length=100)
    last_name = forms.CharField(label=_("Last name of the head of sales"), max_length=100)
    email = forms.EmailField(label=_("E-mail, which is also the log-in"))
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; the head changes it in the profile."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(reverse_lazy("dashboard:found_department"), _("Add the department"))

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(
                _("%(email)s already belongs to a person. Give another address."),
                code="email_taken",
                params={"email": email},
            )
        return email

    def clean_password(self):
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]
