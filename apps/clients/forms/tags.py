"""Which tags a client carries."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.models import Tag


class TagsForm(forms.Form):
    """The tags in use, and those that the client carries already."""

    tags = forms.ModelMultipleChoiceField(
        label=_("Tags"),
        queryset=Tag.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = list(client.tags.all())
        carried = Tag.objects.filter(pk__in=client.tags.values("pk"))
        self.fields["tags"].queryset = Tag.objects.kept() | carried  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
