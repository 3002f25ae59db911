"""The upload of letters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class LettersField(forms.FileField):
    """Several files at once; gives a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) and data else [None]
        return [super(LettersField, self).clean(one, initial) for one in files]


class LettersForm(forms.Form):
    """The page writes the form tag and the button."""

    letters = LettersField(label=_("Letters"), max_length=1000, allow_empty_file=True)
