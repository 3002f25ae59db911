"""What leads, heads and HR write about a person: capacity, absences, place, dismissal."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict, chosen, conflict_page
from apps.staff import leaving
from apps.staff.actions import (
    add_absence,
    change_absence,
    change_capacity,
    dismiss,
    invite,
    join_team,
    remove_absence,
    successor_of,
)
from apps.staff.forms.team import AbsenceForm, CapacityForm, DismissForm, MoveForm
from apps.staff.models import Absence, User
from apps.staff.rules import can_change_account, can_dismiss


def managed_person(request: HttpRequest, pk: int) -> User:
    """404 for a hidden card, 403 for somebody whom the viewer does not lead."""
    person = get_object_or_404(User.objects.card_visible_to(request.user), pk=pk)
    if not User.objects.managed_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return person


def card_of(person: User) -> str:
    return reverse("staff:person", args=[person.pk])


def form_page(
    request: HttpRequest, page: str, form: BaseForm, person: User, **more: Any
) -> HttpResponse:
    context = {"form": form, "person": person, "cancel": card_of(person), **more}
    return render(request, f"staff/{page}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("staff.change_capacity")
def capacity(request: HttpRequest, pk: int) -> HttpResponse:
    person = managed_person(request, pk)
    form = CapacityForm(instance=person)
    if request.method == "POST":
        form = CapacityForm(chosen(request, form), instance=person)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            change_capacity(person, expected_version=data.pop("version"), **data)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=card_of(person))
        toasts.tell(request, _("Saved."))
        return redirect(card_of(person))
    return form_page(request, "capacity", form, person)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("staff.change_absence")
@idempotent
def absence_create(request: HttpRequest, pk: int) -> HttpResponse:
    person = managed_person(request, pk)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data.pop("version")
        try:
            add_absence(person, **data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toasts.tell(request, _("The absence is written down."))
            return redirect(card_of(person))
    return form_page(request, "absence", form, person)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("staff.change_absence")
def absence_change(request: HttpRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.visible_to(request.user), pk=pk)
    person = managed_person(request, absence.user_id)
    form = AbsenceForm(instance=absence)
    if request.method == "POST":
        form = AbsenceForm(chosen(request, form), instance=absence)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            change_absence(absence, expected_version=data.pop("version") or 0, **data)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=card_of(person))
        else:
            toasts.tell(request, _("Saved."))
            return redirect(card_of(person))
    return form_page(request, "absence", form, person, absence=absence)


@require_POST
@requires("staff.change_absence")
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.visible_to(request.user), pk=pk)
    person = managed_person(request, absence.user_id)
    remove_absence(absence)
    toasts.tell(request, _("The absence is removed."))
    return redirect(card_of(person))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("staff.place_person")
def person_move(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.card_visible_to(request.user).working(), pk=pk)
    place = person.place()
    initial = {"on": company_today(), "node": place and place.node_id}
    initial |= {"position": place and place.position_id, "mentor": place and place.mentor_id}
    form = MoveForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            join_team(person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toasts.tell(request, _("The place is written down."))
            return redirect(card_of(person))
    return form_page(request, "person_move", form, person)


@require_POST
@requires("staff.place_person")
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter with a link to choose a password."""
    person = get_object_or_404(User.objects.card_visible_to(request.user).working(), pk=pk)
    if not can_change_account(person, by=request.user):
        raise PermissionDenied
    try:
        invite(person, origin=request.build_absolute_uri("/").rstrip("/"))
    except ValidationError as error:
        toasts.warn(request, error.messages[0])
    else:
        toasts.tell(request, _("The letter is on its way to %(email)s.") % {"email": person.email})
    return redirect(card_of(person))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("staff.dismiss_person")
@idempotent
def person_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.card_visible_to(request.user), pk=pk)
    if not can_dismiss(person, by=request.user):
        raise PermissionDenied
    initial = {"on": company_today()}
    form = DismissForm(request.POST or None, initial=initial, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            dismiss(person, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toasts.tell(request, _("The dismissal is written down; the open work has moved."))
            return redirect(card_of(person))
    left, successor = leaving.left_by(person), successor_of(person)
    return form_page(request, "person_dismiss", form, person, left=left, successor=successor)
