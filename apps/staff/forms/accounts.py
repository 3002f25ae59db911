"""Log-in and passwords."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.staff.models import User
from apps.staff.password_rules import LONGEST


def password_field(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST, widget=widget)


def helper(*parts: Any, button: Any) -> FormHelper:
    made = FormHelper()
    made.attrs = {"novalidate": ""}
    made.layout = Layout(*parts, Submit("", button, css_class="btn p w", css_id=""))
    return made


class LogInForm(forms.Form):
    username = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = password_field(_("Password"), "current-password")
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip().lower()


class ResetForm(forms.Form):
    """Whose password is forgotten; says nothing about whether there is such a person."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("email", button=_("Send the link"))

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = password_field(_("New password"), "new-password")
    again = password_field(_("The same once more"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rules = format_html(
            '<ul class="hint1">{}</ul>',
            format_html("".join(["<li>{}</li>"] * len(texts)), *texts)
            if (texts := password_validators_help_texts())
            else "",
        )
        self.helper = helper("password", "again", HTML(rules), button=_("Change the password"))

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and data.get("again") != data["password"]:
            self.add_error("again", ValidationError(_("The passwords differ."), "differs"))
        return data


class ChangePasswordForm(NewPasswordForm):
    """The person knows the old password."""

    old = password_field(_("Current password"), "current-password")
    field_order = ["old", "password", "again"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout.insert(0, "old")

    def clean_old(self) -> str:
        old = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise ValidationError(_("The current password is different."), "wrong_password")
        return old
