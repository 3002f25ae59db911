"""A plan as a file: given out as a workbook, taken in after a look at what it would change."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.export_limit import counts_exports
from apps.core.exporting import XLSX, table_response
from apps.core.idempotency import idempotent
from apps.core.importing.limits import MEGABYTE
from apps.core.importing.problems import FileProblem
from apps.core.toasts import tell, warn
from apps.core.uploads import takes_upload
from apps.kpis.actions.plans import save_plan
from apps.kpis.calculations.plan_changes import changes, whole
from apps.kpis.choices import PlanLevel
from apps.kpis.forms import PlanChoice, PlanFile
from apps.kpis.models import PlanVersion
from apps.kpis.plan_diff import DiffRow, read_lines
from apps.kpis.plan_files import Amounts, ReadPlan, headings, plannable, read_plan, table_rows
from apps.kpis.views.approval import find_version

MAX_BYTES = 5 * MEGABYTE
SALT = "kpis.plan_import"
# The look at a file may be confirmed within a day.
SECONDS = 86_400
SHOWN_ROWS = 200


@require_GET
@requires("kpis.view_version")
@counts_exports
def plan_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    version, level = find_version(pk), asked(request)["level"] or PlanLevel.PLAN
    rows = table_rows(request.user, version.year, version, level)
    name = _("plan-%(year)s-version-%(number)s-%(level)s")
    values = {"year": version.year, "number": version.number, "level": level}
    return table_response(XLSX, name % values, headings(version.year), rows)


@require_GET
@requires("kpis.change_plan")
@counts_exports
def plan_layout(request: HttpRequest) -> HttpResponseBase:
    """The empty table of a year with the people to plan for."""
    choice = asked(request)
    year, level = choice["year"] or company_today().year, choice["level"] or PlanLevel.PLAN
    rows = table_rows(request.user, year, None, level)
    return table_response(XLSX, _("plan-%(year)s") % {"year": year}, headings(year), rows)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("kpis.change_plan")
@takes_upload(MAX_BYTES)
def plan_import(request: HttpRequest) -> HttpResponse:
    """Choose a file; then see what it changes. Nothing is saved here."""
    if request.method != "POST":
        year = asked(request)["year"] or company_today().year
        return show_choice(request, PlanFile(initial={"year": year}))
    form = PlanFile(request.POST, request.FILES)
    if not form.is_valid():
        return show_choice(request, form)
    year = form.cleaned_data["year"]
    try:
        plan = read_upload(form.cleaned_data["file"], by=request.user, year=year)
    except FileProblem as fault:
        form.add_error("file", fault.problem.text())
        return show_choice(request, form)
    if plan.problems:
        return show_choice(request, form, problems=plan.problems)
    return show_look(request, year, plan)


def asked(request: HttpRequest) -> dict[str, Any]:
    choice = PlanChoice(request.GET)
    if not choice.is_valid():
        raise Http404
    return choice.cleaned_data


def show_choice(
    request: HttpRequest, form: PlanFile, problems: list[str] | None = None
) -> HttpResponse:
    year = form["year"].value() or company_today().year
    newest = PlanVersion.objects.filter(year=year).first() if str(year).isdigit() else None
    context = {
        "form": form,
        "problems": problems or [],
        "limit": MAX_BYTES // MEGABYTE,
        "year": year,
        "newest": newest,
        "levels": PlanLevel.choices,
    }
    status = 422 if form.errors or problems else 200
    return render(request, "kpis/plan_import.html", context, status=status)


def read_upload(upload: Any, *, by: Any, year: int) -> ReadPlan:
    with NamedTemporaryFile(delete=False) as file:
        for chunk in upload.chunks():
            file.write(chunk)
    try:
        return read_plan(file.name, upload.name, by=by, year=year)
    finally:
        os.unlink(file.name)


def show_look(request: HttpRequest, year: int, plan: ReadPlan) -> HttpResponse:
    """What the file changes against the newest version, to be saved or left."""
    base = PlanVersion.objects.filter(year=year).first()
    old = present_amounts(request.user, base, plan)
    found = changes(old, plan.amounts)
    names = {one.pk: one.get_full_name() for one in plannable(request.user)}
    rows = [
        DiffRow(names.get(person, ""), f"{month:%m.%Y}", change)
        for (person, month), change in found.items()
    ]
    context = {
        "year": year,
        "base": base,
        "level": PlanLevel(plan.level).label,
        "page": Paginator(rows, SHOWN_ROWS).get_page(1),
        "count": len(rows),
        "whole": whole(old, plan.amounts),
        "packed": packed(year, base, plan),
    }
    return render(request, "kpis/plan_import_look.html", context)


def present_amounts(viewer: Any, base: PlanVersion | None, plan: ReadPlan) -> Amounts:
    """What the newest version has in the cells that the file speaks of."""
    found: Amounts = dict.fromkeys(plan.amounts, Decimal(0))
    for line in read_lines(viewer, [base], plan.level)[base.pk] if base else []:
        if line.person and (line.person, line.month) in found:
            found[line.person, line.month] += line.amount
    return found


def packed(year: int, base: PlanVersion | None, plan: ReadPlan) -> str:
    """What was read, signed and pressed into one field, so that what is seen is what is saved."""
    cells = [[person, month.month, str(amount)] for (person, month), amount in plan.amounts.items()]
    said = {"year": year, "base": base and base.pk, "level": plan.level, "cells": cells}
    return signing.dumps(said, salt=SALT, compress=True)


@require_POST
@requires("kpis.change_plan")
@idempotent
def plan_import_save(request: HttpRequest) -> HttpResponse:
    """Save what was seen as a new draft, by the same rules as the grid."""
    try:
        said = signing.loads(request.POST.get("packed", ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        warn(request, _("The look at the file is over or was damaged. Load the file again."))
        return redirect("kpis:plan_import")
    year, months = said["year"], {month: date(said["year"], month, 1) for month in range(1, 13)}
    try:
        version = save_plan(
            by=request.user,
            year=year,
            level=said["level"],
            amounts={(pk, months[month]): Decimal(amount) for pk, month, amount in said["cells"]},
            base=PlanVersion.objects.filter(pk=said["base"]).first(),
            note=request.POST.get("note", "")[:255],
        )
    except ValidationError as refusal:
        warn(request, " ".join(refusal.messages))
        return redirect(f"{reverse('kpis:plan_import')}?year={year}")
    tell(request, _("Version %(number)s is saved.") % {"number": version.number})
    return redirect(version)
