"""The settings: their list, the company, the production calendar, exchange rates."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires, signed_in
from apps.core.calendars import WorkCalendar, company_today
from apps.core.forms.settings import CalendarDayForm, CompanyForm, RateForm
from apps.core.models import CalendarDay, Company, ExchangeRate
from apps.core.settings_pages import settings_pages
from apps.core.versions import Conflict, chosen, conflict_page, save_version

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_GET
@signed_in
def settings(request: HttpRequest) -> HttpResponse:
    """The pages that the person may open; for most people none but their own profile."""
    return render(request, "settings/settings.html", {"pages": settings_pages(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("core.view_settings", "core.change_company")
def company(request: HttpRequest) -> HttpResponse:
    row = Company.current()
    may_change = allowed(request.user, "core.change_company")
    form = CompanyForm(instance=row)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = CompanyForm(chosen(request, form), instance=row)
        if form.is_valid():
            try:
                save_company(row, form)
            except Conflict as conflict:
                return conflict_page(request, form, conflict.current)
            toasts.tell(request, _("Saved."))
            return redirect("core:company")
    context = {"form": form, "company": row, "may_change": may_change}
    return render(request, "settings/company.html", context)


def save_company(row: Company, form: CompanyForm) -> None:
    """The first save makes the row, later ones are checked against the version."""
    if row._state.adding:
        row.save()
        return
    fields = [name for name in form.cleaned_data if name != "version"]
    save_version(row, expected=form.cleaned_data["version"], fields=fields)


@dataclass(frozen=True)
class Day:
    """A day of the year view; `exception` is the company's own row, if it has one."""

    date: date
    is_working: bool
    exception: CalendarDay | None
    is_today: bool


@require_http_methods(["GET", "HEAD"])
@requires("core.view_settings", "core.change_company")
def calendar(request: HttpRequest) -> HttpResponse:
    today = company_today()
    year = year_asked(request, today)
    day = request.GET.get("day")
    form = CalendarDayForm(initial={"day": day or today})
    return render(request, "settings/calendar.html", calendar_context(request, year, form))


def year_asked(request: HttpRequest, today: date) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def calendar_context(request: HttpRequest, year: int, form: CalendarDayForm) -> dict[str, Any]:
    days = year_days(year, company_today())
    rows = CalendarDay.objects.filter(day__year=year).order_by("day")
    return {
        "form": form,
        "year": year,
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
        "months": [month_of_year(year, number, days) for number in range(1, 13)],
        "working_days": sum(day.is_working for day in days.values()),
        "exceptions": rows,
        "may_change": allowed(request.user, "core.change_company"),
    }


def year_days(year: int, today: date) -> dict[date, Day]:
    first = date(year, 1, 1)
    work = WorkCalendar.load(first, date(year, 12, 31))
    rows = {row.day: row for row in CalendarDay.objects.filter(day__year=year)}
    dates = [first + timedelta(days=shift) for shift in range(366)]
    return {
        day: Day(day, work.is_working(day), rows.get(day), day == today)
        for day in dates
        if day.year == year
    }


def month_of_year(year: int, number: int, days: dict[date, Day]) -> dict[str, Any]:
    """A month as weeks of seven days from Monday; None for days of its neighbours."""
    weeks = Calendar().monthdatescalendar(year, number)
    own = [[days.get(day) if day.month == number else None for day in week] for week in weeks]
    working = sum(day.is_working for week in own for day in week if day)
    return {"first": date(year, number, 1), "weeks": own, "working": working}


@require_POST
@requires("core.change_company")
def calendar_day_set(request: HttpRequest) -> HttpResponse:
    """Write an exception; the same day again is written over."""
    day = request.POST.get("day", "")
    known = CalendarDay.objects.filter(day=day).first() if is_date(day) else None
    form = CalendarDayForm(request.POST, instance=known)
    if not form.is_valid():
        context = calendar_context(request, company_today().year, form)
        return render(request, "settings/calendar.html", context, status=422)
    row = form.save()
    toasts.tell(request, _("The calendar is changed; the next night counts by it."))
    return redirect(f"{reverse('core:calendar')}?year={row.day.year}")


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@require_POST
@requires("core.change_company")
def calendar_day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(CalendarDay, pk=pk)
    row.delete()
    toasts.tell(request, _("The day is again as the state's calendar says."))
    return redirect(f"{reverse('core:calendar')}?year={row.day.year}")


@require_http_methods(["GET", "HEAD"])
@requires("core.view_settings", "core.change_company")
def rate_list(request: HttpRequest) -> HttpResponse:
    form = RateForm(initial={"starts_on": company_today()})
    return render(request, "settings/rate_list.html", rate_context(request, form))


def rate_context(request: HttpRequest, form: RateForm) -> dict[str, Any]:
    return {
        "form": form,
        "rates": ExchangeRate.objects.all()[:500],
        "currency": Company.current().currency,
        "may_change": allowed(request.user, "core.change_company"),
    }


@require_POST
@requires("core.change_company")
def rate_add(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST)
    if not form.is_valid():
        return render(request, "settings/rate_list.html", rate_context(request, form), status=422)
    form.save()
    toasts.tell(request, _("The rate is written down."))
    return redirect("core:rate_list")


@require_POST
@requires("core.change_company")
def rate_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """What was booked at the rate stays as it was booked."""
    get_object_or_404(ExchangeRate, pk=pk).delete()
    toasts.tell(request, _("The rate is removed; what was booked at it stays."))
    return redirect("core:rate_list")
