"""Forms of the admin panel."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from apps.staff.actions.people import check_email_is_free
from apps.staff.choices import NodeKind, Role
from apps.staff.models import Absence, Position, TeamNode, User
from apps.staff.rules import can_change_account, roles_given_by


class PersonForm(forms.ModelForm):
    """`editor` is put on the class by the page: the person who edits."""

    editor: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            given = roles_given_by(self.editor)
            choices = [(role.value, role.label) for role in given]
            current = self.instance.role
            if self.instance.pk and current not in given:
                choices = [(current, Role(current).label)]
            self.fields["role"].choices = choices

    def clean_email(self) -> str | None:
        email = (self.cleaned_data.get("email") or "").strip().lower() or None
        changes = self.instance.pk and email != self.instance.email
        if changes and not can_change_account(self.instance, by=self.editor):
            raise ValidationError(_("You may not change this account."), "not_allowed")
        but_for = self.instance if self.instance.pk else None
        try:
            check_email_is_free(email, but_for=but_for)
        except ValidationError as error:
            raise ValidationError(error.messages, "email_taken") from error
        return email


class ChangePersonForm(PersonForm):
    # The version that the editor saw; the column itself is not editable.
    seen_version = forms.IntegerField(widget=forms.HiddenInput, label="")

    class Meta:
        model = User
        fields = (
            "last_name",
            "first_name",
            "middle_name",
            "email",
            "phone",
            "role",
            "hired_on",
            "hours_per_day",
            "ramp_share",
            "may_receive_clients",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version


class HirePersonForm(PersonForm):
    node = forms.ModelChoiceField(
        TeamNode.objects.kept(), label=_("Team"), widget=UnfoldAdminSelectWidget
    )
    on = forms.DateField(label=_("First working day"), widget=UnfoldAdminDateWidget)
    position = forms.ModelChoiceField(
        Position.objects.kept(),
        label=_("Position"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    mentor = forms.ModelChoiceField(
        User.objects.working().in_name_order(),
        label=_("Mentor"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    invites = forms.BooleanField(
        label=_("Send a letter with a link to choose a password"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
    )

    class Meta:
        model = User
        fields = (
            "last_name",
            "first_name",
            "middle_name",
            "email",
            "phone",
            "role",
            "hours_per_day",
            "ramp_share",
            "may_receive_clients",
        )


class NodeForm(forms.ModelForm):
    class Meta:
        model = TeamNode
        fields = ("name", "kind", "parent", "leader")

    def clean(self) -> dict[str, Any]:
        """The tree has one root, and no node stands below itself."""
        data = super().clean() or {}
        parent, kind = data.get("parent"), data.get("kind")
        if kind == NodeKind.COMPANY:
            others = TeamNode.objects.filter(kind=NodeKind.COMPANY).exclude(pk=self.instance.pk)
            if others.exists():
                self.add_error("kind", _("The tree has one company."))
            if parent is not None:
                self.add_error("parent", _("The company stands at the root."))
        elif parent is None and kind:
            self.add_error("parent", _("Choose what it belongs to."))
        if parent is not None and self.instance.pk and parent.path.startswith(self.instance.path):
            self.add_error("parent", _("A team cannot belong to itself."))
        return data


class AbsenceForm(forms.ModelForm):
    class Meta:
        model = Absence
        fields = ("user", "kind", "starts_on", "ends_on", "note")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
            self.add_error("ends_on", _("The day of return must come after the first day."))
        return data
