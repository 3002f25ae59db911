"""What is said about a client, a contact, a source, and who gets a client."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from apps.clients.actions.fields import CLEANERS, CLIENT_FIELDS, CONTACT_FIELDS
from apps.clients.models import Client, Contact, Source
from apps.clients.rules import may_leave_without_owner
from apps.core.access import allowed
from apps.core.versions import remember_initial
from apps.core.widgets import RemoteSelect
from apps.staff.choices import SELLING_ROLES
from apps.staff.models import User

# As people type them: with blanks, brackets and dashes.
TYPED_LENGTH = 40


class NumbersForm(forms.ModelForm):
    """Brings names, numbers and e-mails into their stored form; errors go to their field."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, clean in CLEANERS.items():
            if data.get(name):
                try:
                    data[name] = clean(data[name])
                except ValidationError as error:
                    self.add_error(name, error)
        return data


def typed(label: Any, **attrs: str) -> forms.CharField:
    """A number as people type it; its stored form is shorter."""
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=TYPED_LENGTH, required=False, widget=widget)


def owners_for(viewer: User) -> QuerySet[User]:
    """People to whom `viewer` may give a client."""
    return User.objects.work_visible_to(viewer).working().selling().in_name_order()


class ClientForm(NumbersForm):
    """The first three fields are enough; the rest waits behind "More"."""

    inn = typed(_("INN"), inputmode="numeric", autocomplete="off")
    kpp = typed(_("KPP"), autocomplete="off")
    ogrn = typed(_("OGRN"), inputmode="numeric", autocomplete="off")
    phone = typed(_("Phone"), type="tel", autocomplete="off")
    site = forms.URLField(label=_("Web site"), required=False, assume_scheme="https")
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)

    class Meta:
        model = Client
        fields = CLIENT_FIELDS
        widgets = {
            "kind": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "parent": RemoteSelect("clients:client_options"),
            "potential": forms.NumberInput(attrs={"step": "0.01", "min": "0"}),
        }

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(self.fields["kind"].choices)
        self.fields["source"].queryset = self._sources()  # type: ignore[attr-defined]
        self._set_parent(viewer)
        self._set_owner(viewer)
        if self.instance.pk:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=self.instance.version
            )
            remember_initial(self)
        self.helper = self._make_helper()

    def _sources(self) -> QuerySet[Source]:
        chosen = Source.objects.filter(pk=self.instance.source_id)
        return Source.objects.kept() | chosen

    def _set_parent(self, viewer: User) -> None:
        """A parent company that `viewer` does not see is neither shown nor changed."""
        seen = Client.objects.visible_to(viewer).exclude(pk=self.instance.pk)
        chosen = self.instance.parent_id
        if chosen and not seen.filter(pk=chosen).exists():
            del self.fields["parent"]
            return
        self.fields["parent"].queryset = seen.kept() | seen.filter(pk=chosen)  # type: ignore[attr-defined]

    def _set_owner(self, viewer: User) -> None:
        """Asked once, of those who may give clients away; later there is a step of its own."""
        if self.instance.pk or not allowed(viewer, "clients.assign_client"):
            del self.fields["owner"]
            return
        self.fields["owner"].queryset = owners_for(viewer)  # type: ignore[attr-defined]
        self.fields["owner"].initial = viewer.pk if viewer.role in SELLING_ROLES else None
        self.fields["owner"].required = True

    def _make_helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        alike = {
            "hx-get": reverse("clients:duplicates"),
            "hx-trigger": "change, keyup changed delay:500ms",
            "hx-target": "#duplicates",
            "hx-include": "closest form",
            "hx-sync": "closest form:replace",
        }
        first = [Field(name, **alike) for name in ("name", "inn", "phone")]
        rest = [
            Div(Field("email", **alike), "site", css_class="fline"),
            Div("city", "address", css_class="fline"),
            Div("kpp", "ogrn", css_class="fline"),
            Div("industry", "employees", css_class="fline"),
            Div("source", "level", "potential", css_class="fline"),
            *(["parent"] if "parent" in self.fields else []),
            "note",
        ]
        is_open = self.instance.pk or set(self.errors) - {"name", "inn", "phone"}
        more = format_html(
            '<details class="fsec"{}><summary class="b">{}</summary><div class="mt">',
            " open" if is_open else "",
            _("More about the client"),
        )
        helper.layout = Layout(
            *(["version"] if "version" in self.fields else []),
            *first,
            HTML('<div id="duplicates" aria-live="polite"></div>'),
            *(["owner"] if "owner" in self.fields else []),
            HTML(more),
            "kind",
            *rest,
            HTML("</div></details>"),
        )
        return helper


class ContactForm(NumbersForm):
    phone = typed(_("Phone"), type="tel", autocomplete="off")

    class Meta:
        model = Contact
        fields = CONTACT_FIELDS
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = pgettext("person", "Name")
        self.fields["name"].widget.attrs["autofocus"] = True
        if self.instance.pk:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=self.instance.version
            )
            remember_initial(self)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            *(["version"] if self.instance.pk else []),
            "name",
            "position",
            Div("phone", "email", css_class="fline"),
            "is_decision_maker",
            "note",
        )


class AssignForm(forms.Form):
    """Who gets the client; the head may also leave it without an owner."""

    to = forms.ModelChoiceField(label=_("New owner"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=255, required=False)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        field.queryset = owners_for(viewer)  # type: ignore[attr-defined]
        field.widget.attrs |= {"data-select": "", "autofocus": True}
        if may_leave_without_owner(viewer):
            field.required = False
            field.empty_label = _("without an owner")  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class SourceForm(forms.ModelForm):
    class Meta:
        model = Source
        fields = ("name",)
