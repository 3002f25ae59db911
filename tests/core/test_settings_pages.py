"""The company, its calendar and its rates."""

from datetime import date, time
from decimal import Decimal

from django.urls import reverse

from apps.core.calendars import WorkCalendar
from apps.core.models import CalendarDay, Company, ExchangeRate


def company_data(**changes):
    return {
        "name": "Ромашка",
        "time_zone": "Asia/Omsk",
        "currency": "RUB",
        "fiscal_year_start_month": 4,
        "counts_with_vat": "on",
        "night_starts_at": "03:30",
        "version": 1,
    } | changes


def test_the_first_save_makes_the_company_and_later_ones_are_versioned(client, admin):
    client.force_login(admin)
    path = reverse("core:company")

    client.post(path, company_data())
    client.post(path, company_data(name="Василёк"))
    stale = client.post(path, company_data(name="Лютик"))

    company = Company.objects.get()
    assert (company.name, company.time_zone) == ("Василёк", "Asia/Omsk")
    assert (company.fiscal_year_start_month, company.night_starts_at) == (4, time(3, 30))
    assert stale.status_code == 409


def test_the_currency_is_fixed_after_the_set_up(client, admin):
    Company.objects.create(pk=1, name="Ромашка", set_up_at="2026-01-01T00:00:00Z")
    client.force_login(admin)

    client.post(reverse("core:company"), company_data(currency="USD"))

    company = Company.objects.get()
    assert (company.currency, company.time_zone) == ("RUB", "Asia/Omsk")


def test_a_head_looks_but_does_not_change(client, head):
    client.force_login(head)

    assert client.get(reverse("core:company")).status_code == 200
    assert client.post(reverse("core:company"), company_data()).status_code == 403
    assert not Company.objects.exists()


def test_an_exception_of_the_calendar_is_written_over_and_removed(client, admin):
    client.force_login(admin)
    day = date(2026, 5, 4)
    assert WorkCalendar.load(day, day).is_working(day)

    for becomes in ("yes", "no"):
        client.post(
            reverse("core:calendar_day_set"),
            {"day": "2026-05-04", "is_working": becomes, "note": "мост"},
        )

    assert not WorkCalendar.load(day, day).is_working(day)
    row = CalendarDay.objects.get()
    client.post(reverse("core:calendar_day_remove", args=[row.pk]))
    assert WorkCalendar.load(day, day).is_working(day)


def test_the_year_view_counts_working_days(client, head):
    client.force_login(head)

    response = client.get(reverse("core:calendar"), {"year": "2026"})

    assert response.context["working_days"] == 247
    assert [month["working"] for month in response.context["months"]][:3] == [15, 19, 21]


def test_a_strange_year_or_day_is_no_error(client, admin):
    client.force_login(admin)

    for query in ({"year": "0000"}, {"year": "9999"}, {"year": "²026"}, {"day": "x"}):
        assert client.get(reverse("core:calendar"), query).status_code == 200
    answer = client.post(reverse("core:calendar_day_set"), {"day": "x", "is_working": "no"})
    assert answer.status_code == 422


def test_rates_are_added_once_a_day_and_removed(client, admin):
    client.force_login(admin)
    data = {"currency": "USD", "starts_on": "2026-01-01", "rate": "90.5"}

    client.post(reverse("core:rate_add"), data)
    again = client.post(reverse("core:rate_add"), data)
    base = client.post(reverse("core:rate_add"), data | {"currency": "RUB"})

    rate = ExchangeRate.objects.get()
    assert rate.rate == Decimal("90.5")
    assert (again.status_code, base.status_code) == (422, 422)
    client.post(reverse("core:rate_remove", args=[rate.pk]))
    assert not ExchangeRate.objects.exists()
