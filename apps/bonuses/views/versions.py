"""A version: its rules in words, what it would have cost, and putting it in force."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.bonuses import rules
from apps.bonuses.actions.back_tests import start_back_test
from apps.bonuses.actions.schemes import start_version
from apps.bonuses.forms import StartForm
from apps.bonuses.models import BackTest, SchemeVersion
from apps.bonuses.views.sent import sent
from apps.bonuses.words import roubles, rules_of
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.periods import add_months, month_of
from apps.core.views.modals import gone_to, modal_form
from apps.staff.models import User

AHEAD = 6
HEAD = ["GET", "HEAD", "POST"]


def visible_version(request, pk):
    rows = SchemeVersion.objects.visible_to(request.user)
    rows = rows.select_related("scheme__node", "scheme__user", "scheme__position", "author")
    return get_object_or_404(rows.prefetch_related("tiers"), pk=pk)


@require_GET
@requires("bonuses.view_scheme")
def version(request, pk):
    found = visible_version(request, pk)
    test = found.back_tests.select_related("job").first()
    context = {
        "version": found,
        "rules": rules_of(found),
        "test": test,
        "outcome": outcome_of(test),
        "may_test": allowed(request.user, "bonuses.run_back_test"),
        "can_start": rules.can_start(found, by=request.user),
    }
    return render(request, "bonuses/version.html", context)


@require_POST
@requires("bonuses.run_back_test")
@idempotent
def back_test_start(request, pk):
    test = start_back_test(visible_version(request, pk), by=request.user)
    return redirect("core:job", test.job_id)


@require_GET
@requires("bonuses.view_scheme")
def back_test(request, pk):
    rows = BackTest.objects.visible_to(request.user).select_related("version__scheme", "author")
    test = get_object_or_404(rows.select_related("job"), pk=pk)
    context = {"test": test, "version": test.version, "outcome": outcome_of(test)}
    return render(request, "bonuses/back_test.html", context)


def outcome_of(test):
    """Sums by month and by person as numbers; None before it is counted."""
    if test is None or test.finished_at is None:
        return None
    names = User.objects.in_bulk([row["id"] for row in test.result["people"]])
    months = [{**change(row), "month": label_of(row["month"])} for row in test.result["months"]]
    people = [{**change(row), "person": names.get(row["id"])} for row in test.result["people"]]
    people.sort(key=lambda row: row["change"])
    now = sum((row["now"] for row in months), Decimal(0))
    then = sum((row["then"] for row in months), Decimal(0))
    return {
        "months": months,
        "winners": [row for row in reversed(people) if row["change"] > 0],
        "losers": [row for row in people if row["change"] < 0],
        "same": sum(not row["change"] for row in people),
        "now": now,
        "then": then,
        "change": then - now,
        "capped": Decimal(test.result["capped"]),
        "held": Decimal(test.result["held"]),
        "blind": test.result["blind"],
    }


def label_of(month):
    return month_of(date.fromisoformat(month)).label


def change(row):
    now, then = Decimal(row["now"]), Decimal(row["then"])
    return {"now": now, "then": then, "change": then - now}


@require_http_methods(HEAD)
@requires("bonuses.start_scheme")
@idempotent
def version_start(request, pk):
    found = visible_version(request, pk)
    if not rules.can_start(found, by=request.user) and found.started_at is None:
        raise PermissionDenied(_("Nobody puts a scheme in force that he wrote himself."))
    address = reverse("bonuses:version", args=[found.pk])
    note = note_of(outcome_of(found.back_tests.finished().first()))
    form = StartForm(
        sent(request), months=months_ahead(), note=note, action=request.path, back=address
    )
    if request.method == "POST" and form.is_valid():
        try:
            start_version(found, by=request.user, month=form.cleaned_data["month"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toasts.tell(
                request, _("The version is in force; statements follow with the next night.")
            )
            return gone_to(request, address)
    return modal_form(request, form, _("Put the version in force"))


def note_of(outcome):
    """What is confirmed: the cost of the last twelve months."""
    if outcome is None:
        return _("Count first what the version would have cost: without that nobody can decide.")
    text = _(
        "Over the last 12 months: %(then)s instead of %(now)s; %(more)d earn more, %(less)d less."
    )
    return text % {
        "then": roubles(outcome["then"]),
        "now": roubles(outcome["now"]),
        "more": len(outcome["winners"]),
        "less": len(outcome["losers"]),
    }


def months_ahead():
    """From this month on; earlier ones are earned already."""
    first = company_today().replace(day=1)
    months = [add_months(first, ahead) for ahead in range(AHEAD)]
    return [(month.isoformat(), month_of(month).label) for month in months]
