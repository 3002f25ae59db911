"""Tasks on the calendar by keys and mouse, the warning of a full day, the cause in one click."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.core.calendars import WorkCalendar, company_today
from apps.tasks.models import Delay, DelayCause, Task
from tests.factories.tasks import DelayCauseFactory, TaskFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALENDAR = "/tasks/calendar/?face=week&whose=team"


@pytest.fixture
def today():
    return company_today()


@pytest.fixture
def task(seller, head, today):
    """Due this week, with a neighbouring day on either side."""
    wednesday = today - timedelta(days=today.weekday()) + timedelta(days=2)
    due_at = timezone.make_aware(datetime(wednesday.year, wednesday.month, wednesday.day, 15))
    return TaskFactory(title="Позвонить", assignee=seller, author=head, due_at=due_at)


def shown(page, address=CALENDAR):
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


def cell(page, day):
    return page.locator(f"[data-day='{day.isoformat()}']")


def day_of(task):
    return timezone.localtime(Task.objects.get(pk=task.pk).due_at).date()


def test_a_task_is_moved_by_keys_keeps_the_focus_and_is_put_back(browser_page, task):
    page = shown(browser_page)
    before = day_of(task)
    after = before + timedelta(days=1)

    page.locator(f"#cal-{task.pk} a").first.focus()
    page.keyboard.press("Shift+ArrowRight")

    expect(cell(page, after).locator(f"#cal-{task.pk}")).to_be_visible()
    expect(page.locator(f"#cal-{task.pk} a").first).to_be_focused()
    assert day_of(task) == after
    page.get_by_role("button", name="Отменить").click()
    expect(cell(page, before).locator(f"#cal-{task.pk}")).to_be_visible()
    assert day_of(task) == before


def test_a_task_is_dragged_to_another_day(browser_page, task):
    page = shown(browser_page)
    page.wait_for_selector("[data-day][data-sorted]")
    after = day_of(task) + timedelta(days=1)
    start, end = page.locator(f"#cal-{task.pk}").bounding_box(), cell(page, after).bounding_box()

    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 14, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=12)
    page.mouse.up()

    expect(page.get_by_text("Новый срок")).to_be_visible()
    assert day_of(task) == after


def test_on_a_phone_the_calendar_is_an_agenda_and_the_day_is_chosen(phone_page, task, today):
    page = shown(phone_page)
    after = day_of(task) + timedelta(days=1)
    sign = page.locator(f"#cal-{task.pk} [data-move]")
    box = sign.bounding_box()

    sign.click()
    page.locator("#modal input[name=day]").fill(after.isoformat())
    page.locator("#modal").get_by_role("button", name="Перенести").click()

    expect(page.get_by_text("Новый срок")).to_be_visible()
    assert day_of(task) == after
    assert min(box["width"], box["height"]) >= 40
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_form_warns_of_a_full_day_and_the_advice_fills_it(browser_page, seller, today):
    calendar = WorkCalendar.load(today, today)
    full = calendar.add_working_days(today, 1)
    due_at = timezone.make_aware(datetime(full.year, full.month, full.day, 15))
    TaskFactory.create_batch(6, assignee=seller, due_at=due_at)
    page = shown(browser_page, "/tasks/new/")

    page.locator("#div_id_assignee .ts-control").wait_for()
    page.locator("#id_assignee").evaluate(
        "(field, value) => field.tomselect.setValue(value)", str(seller.pk)
    )
    page.locator("#id_due_on").fill(full.isoformat())
    page.locator("#id_due_on").dispatch_event("change")
    expect(page.locator("#load")).to_contain_text("С этой в тот день 7 задач; обычно 0.")
    page.locator("[data-fill='#id_due_on']").click()

    expect(page.locator("#id_due_on")).not_to_have_value(full.isoformat())
    expect(page.locator("#load")).not_to_contain_text("С этой в тот день 7 задач")
    page.locator("#id_title").fill("Седьмая")
    page.get_by_role("button", name="Поставить задачу").click()
    expect(page.get_by_role("heading", name="Седьмая")).to_be_visible()


def test_a_late_task_is_done_and_its_cause_told_by_one_click(browser_page, seller, head):
    DelayCauseFactory(name="ждал клиента")
    due_at = timezone.now() - timedelta(days=3)
    task = TaskFactory(title="Отчёт", assignee=head, due_at=due_at)
    page = shown(browser_page, "/tasks/")

    page.locator(f"#task-{task.pk} .tick1 button").click()
    page.get_by_role("button", name="Ждал клиента").click()

    expect(page.locator(f"#why-{task.pk}")).to_contain_text("Опоздание: ждал клиента")
    assert Task.objects.get(pk=task.pk).done_at is not None
    assert Delay.objects.get().cause == DelayCause.objects.get(name="ждал клиента")
