"""What the forms of this room look like: crispy, one button, sent by script or without."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

BUTTONS = (
    '{% load i18n %}{% idempotency_key %}<div class="btns"><button class="btn p">{{ form.button }}'
    '</button>{% if form.back %}<a class="btn" href="{{ form.back }}" data-close>'
    '{% translate "Cancel" %}</a>{% endif %}</div>'
)


class Look:
    """A form with one act. `action` is where it is sent, `back` where "Cancel" leads."""

    button: Any = _("Save")
    draft = ""

    def __init__(self, *args: Any, action: str = "", back: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action, self.back = action, back

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.attrs = {"novalidate": "novalidate"}
        if self.action:
            helper.form_action = self.action
            helper.attrs |= {"hx-post": self.action, "hx-target": "#modal-body"}
        if self.draft:
            helper.attrs["data-draft"] = self.draft
        helper.layout = Layout(*self.rows(), HTML(BUTTONS))
        return helper

    def rows(self) -> list[Any]:
        """What stands above the button, from the top."""
        return list(self.fields)  # type: ignore[attr-defined]


class RoomForm(Look, forms.Form):
    pass


class RoomModelForm(Look, forms.ModelForm):
    pass
