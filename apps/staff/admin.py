"""What HR and administrators keep in the admin panel: people, teams, positions, absences, days."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from apps.core.models import CalendarDay
from apps.core.versions import Conflict
from apps.staff.actions import (
    add_absence,
    change_absence,
    change_person,
    hire,
    invite,
    set_leader,
)
from apps.staff.choices import Role
from apps.staff.forms.panel import AbsenceForm, ChangePersonForm, HirePersonForm, NodeForm
from apps.staff.models import Absence, Membership, Position, TeamNode, User


def unregister_foreign() -> None:
    """Rows of packages are nobody's daily work."""
    for model in (Group, AccessAttempt, AccessFailureLog, AccessLog):
        if admin.site.is_registered(model):
            admin.site.unregister(model)


class RoleAdmin(ModelAdmin):
    """Opens to `keepers` only; nothing is deleted unless `is_deletable`."""

    keepers: tuple[str, ...] = (Role.HR, Role.ADMIN)
    is_deletable = False
    list_per_page = 50
    list_fullwidth = True
    warn_unsaved_form = True

    def is_keeper(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and user.role in self.keepers

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_keeper(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_keeper(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_keeper(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_keeper(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_deletable and self.is_keeper(request)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra: Any = None
    ) -> HttpResponse:
        """An action that refuses leaves everything as it was and says why."""
        try:
            return super().changeform_view(request, object_id, form_url, extra)
        except Conflict:
            messages.error(request, _("Somebody saved this before you. Look and save again."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(request.get_full_path())


class PlaceInline(TabularInline):
    """Where the person has stood; a new place is given on the person's card."""

    model = Membership
    fk_name = "user"
    fields = ("node", "position", "mentor", "started_on", "ended_on")
    readonly_fields = fields
    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


@admin.register(User)
class UserAdmin(RoleAdmin):
    list_display = ("__str__", "role", "team", "email", "phone", "hired_on", "dismissed_on")
    list_filter = ("role", "team", "may_receive_clients")
    search_fields = ("last_name", "first_name", "email", "phone")
    ordering = ("name_key", "pk")
    readonly_fields = ("team", "dismissed_on", "last_login")
    inlines = (PlaceInline,)
    actions_detail = ("open_card",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return User.objects.card_visible_to(request.user).select_related("team")

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.inlines if obj else ()

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        names = ("last_name", "first_name", "middle_name", "email", "phone", "role")
        capacity = ("hours_per_day", "ramp_share", "may_receive_clients")
        if obj is None:
            return (*names, "node", "on", "position", "mentor", *capacity, "invites")
        return (*names, "team", "hired_on", *capacity, "dismissed_on", "last_login", "seen_version")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any):
        kwargs["form"] = ChangePersonForm if obj else HirePersonForm
        made = super().get_form(request, obj, change, **kwargs)
        return type(made.__name__, (made,), {"editor": request.user})

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        data = dict(form.cleaned_data)
        if change:
            version = data.pop("seen_version")
            obj.refresh_from_db()
            change_person(obj, by=request.user, expected_version=version, **data)
            return
        invites = data.pop("invites")
        hired = hire(by=request.user, **data)
        obj.__dict__.update(hired.__dict__)
        if invites and hired.email:
            invite(hired, origin=request.build_absolute_uri("/").rstrip("/"))

    @action(description=_("Card: move, dismiss, invite"), icon="badge", url_path="card")
    def open_card(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("staff:person", pk=object_id)


@admin.register(TeamNode)
class TeamNodeAdmin(RoleAdmin):
    form = NodeForm
    list_display = ("name", "kind", "parent", "leader")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("path",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TeamNode]:
        return TeamNode.objects.kept().select_related("parent", "leader")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any):
        if db_field.name == "leader":
            kwargs["queryset"] = User.objects.working().in_name_order()
        if db_field.name == "parent":
            kwargs["queryset"] = TeamNode.objects.kept()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: TeamNode, form: ModelForm, change: bool
    ) -> None:
        leader = obj.leader
        super().save_model(request, obj, form, change)
        set_leader(obj, leader)


@admin.register(Position)
class PositionAdmin(RoleAdmin):
    fields = ("name",)
    list_display = ("name",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        return Position.objects.kept()


@admin.register(Absence)
class AbsenceAdmin(RoleAdmin):
    keepers = (Role.HR,)
    is_deletable = True
    form = AbsenceForm
    list_display = ("user", "kind", "starts_on", "ends_on", "note")
    list_filter = ("kind",)
    search_fields = ("user__last_name", "user__first_name")
    date_hierarchy = "starts_on"
    list_select_related = ("user",)
    autocomplete_fields = ("user",)

    def save_model(self, request: HttpRequest, obj: Absence, form: ModelForm, change: bool) -> None:
        data = dict(form.cleaned_data)
        person = data.pop("user", None)
        if change:
            version = Absence.objects.values_list("version", flat=True).get(pk=obj.pk)
            change_absence(obj, expected_version=version, **data)
        else:
            obj.__dict__.update(add_absence(person, **data).__dict__)

    def get_readonly_fields(self, request: HttpRequest, obj: Absence | None = None) -> Any:
        return ("user",) if obj else ()


@admin.register(CalendarDay)
class CalendarDayAdmin(RoleAdmin):
    keepers = (Role.ADMIN,)
    is_deletable = True
    list_display = ("day", "is_working", "note")
    date_hierarchy = "day"


unregister_foreign()
