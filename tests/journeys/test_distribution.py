"""Clients are divided anew and come back; a base is handed over, accepted and ticked off."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.clients.models import Client
from apps.core.models import Decision
from apps.portfolio.models import Distribution, Handover
from tests.factories.deals import DealFactory, staged_pipeline
from tests.factories.distribution import base_of, certify
from tests.journeys.worker import working

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def base(seller, teammate, lead, head):
    """The seller has ten clients, one of them with a deal; the teammate has none."""
    certify(seller, teammate)
    clients = base_of(seller, 10)
    DealFactory(client=clients[0], owner=seller, pipeline=staged_pipeline(), title="Поставка")
    return clients


def owners():
    return dict(Client.objects.values_list("pk", "owner"))


def test_the_head_previews_applies_and_takes_back_a_distribution(
    browser_page, base, team_a, teammate
):
    page, before = browser_page, owners()
    page.goto(reverse("clients:client_list"))
    page.get_by_role("link", name="Распределение", exact=True).click()
    page.get_by_role("link", name="Новое распределение").first.click()
    page.get_by_label("Команда или отдел").select_option(label=team_a.name)
    page.get_by_label("Переместить не более").select_option("1.00")
    with working():
        page.get_by_role("button", name="Рассчитать предложение").click()
        page.get_by_role("link", name=re.compile("результат", re.IGNORECASE)).click()

    expect(page.locator(".verdict")).to_contain_text("меняют ответственного")
    assert owners() == before
    first = page.locator("#moves tbody tr").first
    expect(first).to_contain_text(str(teammate))
    box = first.get_by_role("checkbox")
    with page.expect_response(re.compile("moves")):
        box.uncheck()
    proposed = Distribution.objects.get().moves
    assert proposed.filter(is_chosen=False).count() == 1
    with page.expect_response(re.compile("moves")):
        box.check()

    page.get_by_role("link", name="Применить…").click()
    page.get_by_label("Что это должно дать").fill("5")
    page.get_by_role("button", name="Передать клиентов").click()

    expect(page.locator(".note1").first).to_contain_text("Применено")
    assert Client.objects.filter(owner=teammate).count() == proposed.count() > 0
    assert Decision.objects.get().kind == "redistribution"

    page.get_by_role("button", name="Отменить распределение").click()

    expect(page.locator(".note1").first).to_contain_text("Отменено")
    assert owners() == before


def test_a_base_is_handed_over_accepted_and_ticked_off(
    browser_page, sign_in, base, seller, teammate
):
    page = browser_page
    page.goto(reverse("portfolio:handover_list"))
    page.get_by_role("link", name="Передать базу").first.click()
    page.get_by_label("Кто передаёт").select_option(label=str(seller))
    page.get_by_label("Кто принимает").select_option(label=str(teammate))
    page.get_by_label("Что важно знать принимающему").fill("Звонить до обеда")
    page.get_by_role("button", name="Передать", exact=True).click()

    expect(page.locator(".verdict")).to_contain_text("клиентов 10")
    assert set(owners().values()) == {teammate.pk}
    made = Handover.objects.get()

    sign_in(page, teammate)
    page.goto(made.get_absolute_url())
    expect(page.locator("article").filter(has_text="Поставка")).to_be_visible()
    expect(page.locator(".note1").first).to_contain_text("Звонить до обеда")
    page.get_by_role("button", name="Принимаю").click()
    expect(page.get_by_role("button", name="Принимаю")).to_have_count(0)
    page.locator("form", has_text="Справка прочитана").get_by_role("button").click()
    expect(page.locator(".steps1 button[aria-pressed=true]")).to_have_count(1)

    made.refresh_from_db()
    assert (made.state, made.steps_done) == ("accepted", ["brief_read"])


def test_pages_fit_a_phone(phone_page, base):
    for name in ("distribution_list", "distribution_create", "handover_list", "lead_rules"):
        phone_page.goto(reverse(f"portfolio:{name}"))
        assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
