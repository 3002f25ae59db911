"""Names of saved views and tags."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.models import SavedView, Tag

BUTTONS = (
    '{% load i18n %}{% idempotency_key %}<div class="btns"><button class="btn p">'
    '{% translate "Save" %}</button><a class="btn" href="{{ form.back }}" data-close>'
    '{% translate "Cancel" %}</a></div>'
)


class ModalForm(forms.ModelForm):
    """A form that stands in the modal, or on a page without scripts."""

    def __init__(self, *args: Any, action: str, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action, self.back = action, back

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_action = self.action
        helper.attrs = {"hx-post": self.action, "hx-target": "#modal-body", "novalidate": ""}
        helper.layout = Layout(*self.fields, HTML(BUTTONS))
        return helper


class ViewForm(ModalForm):
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    columns = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=3000, widget=forms.HiddenInput)

    class Meta:
        model = SavedView
        fields = ("name", "is_shared")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autofocus"] = True

    @property
    def column_names(self) -> list[str]:
        return [name for name in self.cleaned_data["columns"].split(",") if name][:30]


class TagForm(ModalForm):
    class Meta:
        model = Tag
        fields = ("name", "colour")

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        same = Tag.objects.kept().filter(name__iexact=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("There is such a tag already."), code="same_name")
        return name
