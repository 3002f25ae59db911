"""A plan goes from the head's grid to the director's phone and back, until it is in force."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core.models import Decision
from apps.kpis.models import PlanVersion
from tests.journeys.hands import PHONE, Finger
from tests.journeys.watching import sideways, violations, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(browser, live_server, sign_in, director):
    """The director on the way, with a phone of 390 points."""
    context = browser.new_context(base_url=live_server.url, locale="ru-RU", **PHONE)
    context.set_default_timeout(15_000)
    page = context.new_page()
    findings = watched(page, live_server.url)
    sign_in(page, director)
    yield page
    assert findings == []
    context.close()


def write_plan(page, person, month, amount):
    page.goto(f"{reverse('kpis:plan')}?year=2027")
    page.locator(f"[name='a-{person.pk}-{month}']").fill(amount)
    page.get_by_role("button", name="Сохранить как новую версию").click()
    page.get_by_role("link", name="Посмотреть и отправить").click()


def submit(page, words):
    page.get_by_label("Что изменилось и почему (необязательно)").last.fill(words)
    page.get_by_role("button", name="Отправить на согласование").click()
    expect(page.locator(".toast1")).to_contain_text("отправлена директору")


def test_a_plan_is_returned_corrected_and_approved(browser_page, phone, head, director, seller):
    desk, finger = browser_page, Finger(phone)
    write_plan(desk, seller, 3, "1 000 000")
    submit(desk, "рост по новому складу")

    phone.goto(reverse("kpis:plan"))
    expect(phone.locator("main")).to_contain_text("План 2027, версия 1 ждёт вас")
    phone.get_by_role("link", name="Посмотреть и ответить").click()
    expect(phone.locator("#plan-evidence")).to_contain_text("Сколько должен приносить рабочий день")
    assert sideways(phone) == []
    finger.press(phone.get_by_role("button", name="Вернуть"))
    expect(phone.locator("#reply")).to_contain_text("Напишите, что должно быть иначе")
    finger.write(phone.locator("#reply [name=words]"), "март слишком мал")
    finger.press(phone.get_by_role("button", name="Вернуть"))
    expect(phone.locator("main")).to_contain_text("март слишком мал")

    desk.goto(PlanVersion.objects.get().get_absolute_url())
    expect(desk.locator(".psteps")).to_contain_text("март слишком мал")
    desk.get_by_role("link", name="Открыть таблицу").click()
    write_plan(desk, seller, 3, "1 500 000,50")
    submit(desk, "поднял март")

    second = PlanVersion.objects.get(number=2)
    phone.goto(second.get_absolute_url())
    expect(phone.locator(".verdict")).to_contain_text("+500 001")
    finger.press(phone.locator(".jumps").get_by_role("link", name="Обоснование"))
    expect(phone.locator("#plan-evidence")).to_contain_text("План 2027")
    finger.press(phone.get_by_role("button", name="Утвердить"))
    expect(phone.locator(".psteps")).to_contain_text("Утверждена")
    assert sideways(phone) == []
    assert violations(phone) == []

    second.refresh_from_db()
    assert (second.status, second.approved_by) == ("approved", director)
    assert (
        second.lines.get(user=seller, level="plan").amount
        == second.lines.get(node__parent=None, level="plan").amount
    )
    assert Decision.objects.get().author == director
    desk.goto(f"{reverse('kpis:plan')}?year=2027")
    expect(desk.locator("main")).to_contain_text("утверждён")
