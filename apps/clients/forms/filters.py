"""The filters of the list of clients; they stand in the address."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.clients.choices import ClientLevel
from apps.clients.models import Client, Source
from apps.core.models import Tag
from apps.core.widgets import RemoteSelect
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

WITHOUT_LEVEL = "none"


class ClientFilter(forms.Form):
    """Every choice lies within what `viewer` sees; a value from outside is an error of the form."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, INN, phone")}),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("any")
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=TeamNode.objects.none(), required=False, empty_label=_("any")
    )
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[
            ("", _("any")),
            *(one for one in ClientLevel.choices if one[0]),
            (WITHOUT_LEVEL, _("none")),
        ],
    )
    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), required=False, empty_label=_("any")
    )
    # The choices come as one types: most lists are opened without a tag.
    tag = forms.ModelChoiceField(
        label=_("Tag"),
        queryset=Tag.objects.all(),
        required=False,
        widget=RemoteSelect("clients:tag_options"),
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    no_owner = forms.BooleanField(label=_("No owner"), required=False)
    archived = forms.BooleanField(label=_("Bin"), required=False)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["source"].queryset = Source.objects.all()  # type: ignore[attr-defined]
        if viewer.role == Role.SELLER:
            for name in ("owner", "team", "no_owner", "archived"):
                del self.fields[name]
            return
        people = User.objects.work_visible_to(viewer).selling().in_name_order()
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["team"].queryset = TeamNode.objects.kept().led_by(viewer)  # type: ignore[attr-defined]
        if viewer.role == Role.LEAD:
            del self.fields["no_owner"]

    def rows(self) -> QuerySet[Client]:
        """The clients that `viewer` sees and the filters leave; wrong filters leave none."""
        seen = Client.objects.visible_to(self.viewer)
        if not self.is_valid():
            return seen.none()
        said = self.cleaned_data
        seen = seen.exclude(archived_at=None) if said.get("archived") else seen.kept()
        for name, narrow in NARROWINGS.items():
            if said.get(name):
                seen = narrow(seen, said[name])
        return seen


NARROWINGS = {
    "q": lambda rows, text: rows.matching(text),
    "owner": lambda rows, owner: rows.filter(owner=owner),
    "team": lambda rows, team: rows.filter(owner__team__path__startswith=team.path),
    "level": lambda rows, level: rows.filter(
        level=ClientLevel.NONE if level == WITHOUT_LEVEL else level
    ),
    "source": lambda rows, source: rows.filter(source=source),
    "tag": lambda rows, tag: rows.filter(tags=tag),
    "city": lambda rows, city: rows.filter(city__iexact=city.strip()),
    "no_owner": lambda rows, _: rows.without_owner(),
}
