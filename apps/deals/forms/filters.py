"""What a list can be narrowed to; the filters live in the address."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from apps.clients.choices import ClientLevel
from apps.clients.models import Source
from apps.core.calendars import day_start
from apps.core.models import Tag
from apps.deals.choices import AgeBucket, Outcome
from apps.deals.forms.fields import DayField, boxed
from apps.deals.forms.loss_links import LOSS_LINKS, LossLinks, is_asked
from apps.deals.listing import days_between
from apps.deals.models import Deal, DealLine, Product, RefusalReason, Stage
from apps.deals.models.big_deals import only_big
from apps.deals.searching import searched
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

# What leaves a bare address bare: the list then shows open deals.
NOT_FILTERS = {"sort", "page", "columns", "chosen", "view", "after"}
LACKS = ("close_passed", "no_close_day", "no_amount", "no_client", "archived")
LINKED = ("pipeline", "reason", "client", "level", "product", *LOSS_LINKS)


class AskedSelect(forms.Select):
    """Options come from the server when the person opens the list; only the chosen one is drawn."""

    def __init__(self, url_name: str) -> None:
        super().__init__(
            attrs={"data-select": reverse_lazy(url_name), "data-placeholder": _("All")}
        )

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        options = [self.create_option(name, "", _("All"), not any(value), 0)]
        if chosen := getattr(self, "chosen", None):
            options.append(self.create_option(name, chosen.pk, str(chosen), True, 1))
        return [(None, options, 0)]


class ScopeForm(forms.Form):
    """Owner and team within the scope of the viewer."""

    team = forms.ModelChoiceField(
        TeamNode.objects.none(),
        required=False,
        label=_("Team"),
        widget=AskedSelect("deals:team_choices"),
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=_("Owner"),
        widget=AskedSelect("deals:owner_choices"),
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Scopes are read only when somebody is asked for.
        if self.data.get("owner"):
            self.fields["owner"].queryset = User.objects.work_visible_to(viewer)
        if self.data.get("team"):
            self.fields["team"].queryset = TeamNode.objects.led_by(viewer)
        if viewer.role == Role.SELLER and not self.data.get("team"):
            del self.fields["team"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("team", "owner", "source", "tag"):
            if name in self.fields:
                self.fields[name].widget.chosen = given.get(name)
        return given

    def people(self) -> Any:
        """The owners that are asked for; None for everybody in scope."""
        owner, team = self.cleaned_data.get("owner"), self.cleaned_data.get("team")
        if owner:
            return [owner.pk]
        if team:
            return User.objects.filter(team__path__startswith=team.path)
        return None


class DealFilter(ScopeForm, LossLinks):
    q = forms.CharField(required=False, max_length=100, label=_("Search"))
    outcome = forms.ChoiceField(
        required=False, label=_("Outcome"), choices=[("", _("All")), *Outcome.choices]
    )
    pipeline = forms.TypedChoiceField(
        required=False, label=_("Pipeline"), coerce=int, empty_value=None
    )
    stage = forms.TypedChoiceField(required=False, label=_("Stage"), coerce=int, empty_value=None)
    no_step = forms.BooleanField(required=False, label=_("No next step"))
    overdue_step = forms.BooleanField(required=False, label=_("Step overdue"))
    today_step = forms.BooleanField(required=False, label=_("Step today"))
    stuck = forms.BooleanField(required=False, label=_("Stuck"))
    big = forms.BooleanField(required=False, label=_("Big deals"))
    close_passed = forms.BooleanField(required=False, label=_("Expected close passed"))
    no_close_day = forms.BooleanField(required=False, label=_("No expected close"))
    no_amount = forms.BooleanField(required=False, label=_("No amount"))
    no_client = forms.BooleanField(required=False, label=_("No client"))
    archived = forms.BooleanField(required=False, label=_("In the bin"))
    opened_from = DayField(required=False, label=_("Opened from"))
    opened_to = DayField(required=False, label=_("Opened to"))
    closed_from = DayField(required=False, label=_("Closed from"))
    closed_to = DayField(required=False, label=_("Closed to"))
    expected_from = DayField(required=False, label=_("Expected from"))
    expected_to = DayField(required=False, label=_("Expected to"))
    source = forms.ModelChoiceField(
        Source.objects.all(),
        required=False,
        label=_("Source"),
        widget=AskedSelect("deals:source_choices"),
    )
    tag = forms.ModelChoiceField(
        Tag.objects.all(),
        required=False,
        label=_("Tag"),
        widget=AskedSelect("deals:tag_choices"),
    )
    reason = forms.ModelChoiceField(
        RefusalReason.objects.all(), required=False, label=_("Refusal reason"), empty_label=_("All")
    )
    level = forms.ChoiceField(
        required=False,
        label=_("Level of the client"),
        choices=[("", _("All")), *ClientLevel.choices],
    )
    product = forms.ModelChoiceField(
        Product.objects.all(), required=False, label=_("Product"), empty_label=_("All")
    )
    client = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, label=_("Client"))

    field_order = ["q", "outcome", "pipeline", "stage", "team", "owner"]

    def __init__(self, data: Any, *, viewer: Any) -> None:
        data = data.copy()
        if not set(data) - NOT_FILTERS:
            data["outcome"] = Outcome.OPEN
        super().__init__(data, viewer=viewer)
        boxed(field for name, field in self.fields.items() if name.endswith(("_from", "_to")))
        self.stages = list(Stage.objects.select_related("pipeline"))
        everything = [("", _("All"))]
        self.fields["stage"].choices = everything + grouped(self.stages)
        pipelines = {stage.pipeline_id: stage.pipeline.name for stage in self.stages}
        self.fields["pipeline"].choices = everything + list(pipelines.items())

    @property
    def is_set(self) -> bool:
        """Is the list narrower than it is by itself?"""
        given = {name for name in self.data if name not in NOT_FILTERS and self.data[name]}
        return bool(given - {"outcome"}) or self.data.get("outcome") != Outcome.OPEN

    @property
    def day_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.endswith(("_from", "_to"))]

    @property
    def lack_fields(self) -> list[Any]:
        return [self[name] for name in LACKS]

    @property
    def more_set(self) -> int:
        """How many of the filters behind "More filters" are on."""
        names = [name for name in self.fields if name.endswith(("_from", "_to"))]
        return sum(bool(self.data.get(name)) for name in [*names, *LACKS, *LINKED, "source", "tag"])

    @property
    def linked(self) -> list[dict[str, Any]]:
        """Filters that come by a link only, as they are said: label, name, value, words."""
        given = getattr(self, "cleaned_data", {})
        return [
            {
                "name": name,
                "label": self.fields[name].label,
                "value": self.data[name],
                "said": self.said_link(name, given[name]),
            }
            for name in LINKED
            if is_asked(given.get(name))
        ]

    def narrowed(self, deals: Any, *, now: datetime, today: date) -> Any:
        """`deals` as far as the filter lets them through; nothing when it makes no sense."""
        deals = self.without_quick(deals, now=now, today=today)
        for name, condition in quick_conditions(now, day_start(today + timedelta(days=1))).items():
            if self.is_valid() and self.cleaned_data[name]:
                deals = deals.open().filter(condition)
        return deals

    def without_quick(self, deals: Any, *, now: datetime, today: date) -> Any:
        """The same without the quick filters of steps, whose counts a board shows."""
        if not self.is_valid():
            return deals.none()
        given = self.cleaned_data
        deals = deals.filter(archived_at__isnull=not given["archived"])
        deals = deals.filter(self.exact(), self.days(), self.lacking(today), self.losses())
        if (people := self.people()) is not None:
            deals = deals.filter(owner__in=people)
        if given["stuck"]:
            deals = deals.stuck(now)
        if given["big"]:
            deals = only_big(deals)
        if tag := given["tag"]:
            deals = deals.filter(pk__in=Deal.tags.through.objects.filter(tag=tag).values("deal"))
        if product := given["product"]:
            deals = deals.filter(pk__in=DealLine.objects.filter(product=product).values("deal"))
        return searched(deals, given["q"]) if given["q"] else deals

    def exact(self) -> Q:
        names = ("outcome", "pipeline", "stage", "source")
        given = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
        if client := self.cleaned_data["client"]:
            given["client_id"] = client
        if level := self.cleaned_data["level"]:
            given["client__level"] = level
        found = Q(**given)
        if reason := self.cleaned_data["reason"]:
            found &= Q(refusal_reason=reason) | Q(refusal_reason__parent=reason)
        return found

    def days(self) -> Q:
        given = self.cleaned_data
        found = Q()
        for name, column in (
            ("opened", "opened_on"),
            ("closed", "closed_on"),
            ("expected", "expected_close_on"),
        ):
            found &= days_between(given[f"{name}_from"], given[f"{name}_to"], column)
        return found

    def lacking(self, today: date) -> Q:
        conditions = {
            "close_passed": Q(outcome=Outcome.OPEN, expected_close_on__lt=today),
            "no_close_day": Q(outcome=Outcome.OPEN, expected_close_on=None),
            "no_amount": Q(amount=None),
            "no_client": Q(client=None),
        }
        found = Q()
        for name, condition in conditions.items():
            if self.cleaned_data[name]:
                found &= condition
        return found


def quick_conditions(now: datetime, midnight: datetime) -> dict[str, Q]:
    """The quick filters of open deals by their step; `midnight` ends the company's day."""
    return {
        "overdue_step": Q(next_step_at__lt=now),
        "today_step": Q(next_step_at__gte=now, next_step_at__lt=midnight),
        "no_step": Q(next_step_at=None),
    }


def grouped(stages: list[Stage]) -> list[Any]:
    """Choices of stages, under the name of the pipeline when there are several."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for stage in stages:
        groups.setdefault(stage.pipeline.name, []).append((stage.pk, stage.name))
    return list(groups.items()) if len(groups) > 1 else list(*groups.values())


class DebtFilter(ScopeForm):
    bucket = forms.ChoiceField(
        required=False, label=_("Age of the debt"), choices=[("", _("All")), *AgeBucket.choices]
    )
    overdue = forms.BooleanField(required=False, label=_("Overdue only"))
    client = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, label=_("Client"))
    field_order = ["bucket", "overdue", "team", "owner", "client"]
