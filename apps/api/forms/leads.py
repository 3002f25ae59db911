"""What a stranger fills in, and how a form for strangers is set up."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.api.models import SITE, IntakeForm
from apps.clients.models import Source
from apps.core.versions import remember_initial
from apps.deals.choices import StageKind
from apps.deals.models import Pipeline

# Named so that a program fills it in; a person does not see it.
TRAP = "website"


class LeadForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=255)
    company = forms.CharField(label=_("Company"), max_length=255, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    comment = forms.CharField(
        label=_("What you need"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = forms.BooleanField(
        label=_("I agree to the processing of my personal data"), required=False
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def inquiry(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "mark"}


class SitesField(forms.CharField):
    """One site a line."""

    widget = forms.Textarea(attrs={"rows": 2, "placeholder": "https://example.com"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        sites = [line.strip().rstrip("/").lower() for line in super().clean(value).splitlines()]
        found = list(dict.fromkeys(filter(None, sites)))
        for site in found:
            SITE(site)
        return found


class IntakeFormForm(forms.ModelForm):
    allowed_sites = SitesField(
        label=_("Sites that may show it"),
        required=False,
        help_text=_(
            "One a line: https://example.com. No other site can put the form into a frame."
        ),
    )

    class Meta:
        model = IntakeForm
        fields = (
            "name",
            "source",
            "pipeline",
            "heading",
            "allowed_sites",
            "consent_text",
            "consent_version",
        )
        widgets = {"consent_text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.kept()  # type: ignore[attr-defined]
        pipelines = Pipeline.objects.kept().filter(
            stages__kind=StageKind.LEAD, stages__archived_at=None
        )
        self.fields["pipeline"].queryset = pipelines.distinct()  # type: ignore[attr-defined]
        self.fields["pipeline"].help_text = _("Those with a stage for leads.")
        self.fields["consent_version"].help_text = _(
            "A changed text needs a new version: “2026-03”. Consents keep both."
        )
        if self.instance.pk:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=self.instance.version
            )
            remember_initial(self)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        """The text that people agreed to under a version stays that text."""
        said = super().clean() or self.cleaned_data
        before = IntakeForm.objects.filter(pk=self.instance.pk).first()
        if before is None or "consent_text" not in said:
            return said
        is_same_version = said.get("consent_version") == before.consent_version
        if is_same_version and said["consent_text"] != before.consent_text:
            text = _("The text has changed: give it a new version.")
            self.add_error("consent_version", ValidationError(text, "same_version"))
        return said
