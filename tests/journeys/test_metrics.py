"""From a word typed into the catalogue to the rows behind a figure; on desk and phone."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.core.metrics import find_metric
from apps.kpis.models import MonthColumns, NightRun
from tests.factories.clients import ClientFactory
from tests.factories.portfolio import sell

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sold(seller):
    """One deal of 250,000 won on the last day over, and the night of that day."""
    day = company_today() - timedelta(days=1)
    sell([(ClientFactory(owner=seller), day, Decimal(250_000))])
    run = NightRun.objects.create(day=day, status="done")
    NightRun.objects.filter(pk=run.pk).update(is_current=True, published_at=run.started_at)
    values = {"deals.won_count": "1", "deals.won_amount": "250000"}
    MonthColumns.objects.create(month=day.replace(day=1), user=seller, values=values, run=run)
    return run


@pytest.mark.parametrize("screen", ["browser_page", "phone_page"])
def test_a_word_finds_a_metric_and_its_figure_opens_its_deals(sold, screen, request):
    page = request.getfixturevalue(screen)
    page.goto(reverse("kpis:metrics"))
    page.wait_for_selector("html[data-ready]")

    page.locator(".fbar input[name=q]").press_sequentially("средний чек")
    rows = page.locator("#metric-table tr[data-row]")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q="))
    rows.get_by_role("link", name=str(find_metric("average_deal").label)).click()

    expect(page.locator("h1")).to_have_text("Средний чек")
    expect(page.locator("#metric[data-drawn]")).to_be_visible()
    page.locator("#metric-people").get_by_role("link", name="250").click()
    expect(page.get_by_text("Продажа 0")).to_be_visible()
