"""From an empty installation to a living dashboard: company, people, pipeline, plan, import, night."""

import re

import pytest
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.deals.models import Deal
from apps.staff.actions import create_first_admin
from apps.staff.models import User
from tests.journeys.watching import watched
from tests.journeys.worker import working

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "очень длинная фраза"
PEOPLE = "ФИО;Почта;Отдел;Команда\nСоколова Анна Игоревна;anna@example.com;Отдел продаж;Север\n"
DEALS = """Внешний код;Клиент;Название;Сумма;Валюта;Этап;Дата закрытия;Менеджер
D-1;ООО «Ромашка»;Поставка;1 200 000,00;RUB;Оплата;{today};anna@example.com
D-2;ООО «Василёк»;Сервис;300 000,50;RUB;Договор;;anna@example.com
"""


def log_in(page, email):
    page.context.clear_cookies()
    page.goto("/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def bring(page, tmp_path, kind, name, text):
    """Through the import wizard, with the rules as they are offered."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    page.goto("/imports/")
    page.select_option("select[name=kind]", kind)
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Загрузить и посмотреть").click()
    page.get_by_role("button", name="Проверить строки").click()
    if page.locator("input[name=create_clients]").count():
        page.locator("input[name=create_clients]").check()
        page.get_by_role("button", name="Проверить снова").click()
    page.get_by_role("button", name=re.compile("Загрузить .* строк")).click()
    expect(page.get_by_text(re.compile("Загружены все"))).to_be_visible(timeout=30_000)


def test_empty_installation_becomes_a_living_dashboard(page, live_server, tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    create_first_admin(email="admin@example.com", password=PASSWORD)
    findings = watched(page, live_server.url)
    with working():
        set_up(page, tmp_path)
        sell(page, tmp_path)
    assert findings == []


def set_up(page, tmp_path):
    """The administrator: company, people, pipeline."""
    log_in(page, "admin@example.com")
    expect(page.get_by_role("heading", name="Первые шаги")).to_be_visible()

    page.fill("input[name=name]", "ТД «Первый»")
    page.get_by_role("button", name="Сохранить компанию").click()
    expect(page.locator("#step-company .tag.good")).to_be_visible()

    page.fill("input[name=first_name]", "Виктор")
    page.fill("input[name=last_name]", "Сафронов")
    page.fill("input[name=email]", "head@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Добавить отдел").click()
    expect(page.locator("#step-people .tag.good")).to_be_visible()

    page.get_by_role("button", name="Взять обычные воронки").click()
    expect(page.locator("#step-pipeline .tag.good")).to_be_visible()

    bring(page, tmp_path, "people", "people.csv", PEOPLE)
    assert User.objects.get(email="anna@example.com").team.name == "Север"


def sell(page, tmp_path):
    """The head: plan, first import, first calculation."""
    log_in(page, "head@example.com")
    page.locator("#step-plan").get_by_role("link", name="Внести план").click()
    page.fill("input[name=total]", "24000000")
    page.get_by_role("button", name="Разложить сумму").click()
    page.get_by_role("button", name="Сохранить как новую версию").click()

    bring(page, tmp_path, "deals", "deals.csv", DEALS.format(today=f"{company_today():%d.%m.%Y}"))
    assert Deal.objects.count() == 2

    page.goto("/first-steps/")
    page.locator("#step-night").get_by_role("button", name="Рассчитать сейчас").click()
    expect(page.get_by_text("готово").first).to_be_visible(timeout=60_000)
    page.goto("/first-steps/")
    page.get_by_role("button", name="Открыть дашборд").click()
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.get_by_text("Горит сегодня")).to_be_visible()
