"""Schemes: who is paid how, their versions, a new draft."""

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.bonuses.actions.schemes import create_scheme, save_version
from apps.bonuses.forms import SchemeForm, VersionForm
from apps.bonuses.models import BonusScheme, SchemeVersion
from apps.bonuses.views.sent import sent
from apps.bonuses.words import rules_of
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.views.modals import gone_to, modal_form

HEAD = ["GET", "HEAD", "POST"]
VERSIONS = SchemeVersion.objects.prefetch_related("tiers").select_related("author", "started_by")


@require_GET
@requires("bonuses.view_scheme")
def scheme_list(request):
    rows = BonusScheme.objects.visible_to(request.user).kept()
    rows = rows.select_related("node", "position", "user")
    rows = rows.prefetch_related(Prefetch("versions", VERSIONS))
    context = {
        "rows": [(row, in_force(row), drafts(row)) for row in rows],
        "may_change": allowed(request.user, "bonuses.change_scheme"),
    }
    return render(request, "bonuses/scheme_list.html", context)


def in_force(scheme):
    """The version that holds today, or will from a later month on."""
    started = [row for row in scheme.versions.all() if row.starts_on]
    held = [row for row in started if row.starts_on <= company_today()]
    newest = max(held or started, key=lambda row: row.starts_on, default=None)
    return newest and {"version": newest, "rules": rules_of(newest)}


def drafts(scheme):
    """Drafts later than the newest version in force."""
    started = [row.number for row in scheme.versions.all() if row.started_at]
    newest = max(started, default=0)
    return [row for row in scheme.versions.all() if row.number > newest]


@require_http_methods(HEAD)
@requires("bonuses.change_scheme")
@idempotent
def scheme_create(request):
    back = reverse("bonuses:scheme_list")
    form = SchemeForm(sent(request), viewer=request.user, action=request.path, back=back)
    if request.method == "POST" and form.is_valid():
        target = form.target()
        made = create_scheme(by=request.user, name=form.cleaned_data["name"], **target)
        return gone_to(request, made.get_absolute_url())
    return modal_form(request, form, _("New bonus scheme"))


def visible_scheme(request, pk):
    rows = BonusScheme.objects.visible_to(request.user).kept()
    rows = rows.select_related("node", "position", "user")
    return get_object_or_404(rows.prefetch_related(Prefetch("versions", VERSIONS)), pk=pk)


@require_GET
@requires("bonuses.view_scheme")
def scheme(request, pk):
    found = visible_scheme(request, pk)
    context = {
        "scheme": found,
        "current": in_force(found),
        "versions": found.versions.all(),
        "may_change": allowed(request.user, "bonuses.change_scheme"),
    }
    return render(request, "bonuses/scheme.html", context)


@require_http_methods(HEAD)
@requires("bonuses.change_scheme")
@idempotent
def version_create(request, pk):
    """A new draft that begins as the newest version."""
    found = visible_scheme(request, pk)
    after = next(iter(found.versions.all()), None)
    form = VersionForm(sent(request), after=after)
    if request.method == "POST" and form.is_valid():
        try:
            made = save_version(
                found, by=request.user, steps=form.steps(), **form.fields_of_version()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toasts.tell(request, _("The draft is saved. Count next what it would have cost."))
            return redirect("bonuses:version", made.pk)
    status = 422 if form.is_bound and form.errors else 200
    context = {"scheme": found, "form": form}
    return render(request, "bonuses/version_form.html", context, status=status)
