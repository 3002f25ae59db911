"""A head designs a contest, sees what it would have brought, launches it; a seller looks at the standings."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.kpis.models import Contest, DealFact
from apps.kpis.night.contests import store_standings
from tests.factories.deals import staged_pipeline
from tests.factories.decisions import weekly_facts
from tests.journeys.watching import sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def history(seller, teammate, other_seller):
    """Forty weeks in which one always sells twice as much, and today."""
    pipeline, today, facts = staged_pipeline(), company_today(), []
    for person, level in ((seller, 100_000), (teammate, 200_000), (other_seller, 110_000)):
        facts += weekly_facts(pipeline, person, today - timedelta(weeks=40), 40, won_amount=level)
        facts.append(DealFact(user=person, day=today, pipeline=pipeline, won_amount=level // 5))
    DealFact.objects.bulk_create(facts)
    return facts


def test_from_the_design_to_the_standings(browser_page, phone_page, sign_in, seller, history):
    desk = browser_page
    desk.goto(reverse("kpis:contests"))
    desk.get_by_role("link", name="Новый конкурс").first.click()
    desk.locator("[name=name]").fill("Рывок")
    desk.locator("[name=score_kind]").select_option("absolute")
    desk.locator("[name=budget]").fill("40 000")
    desk.locator("[name=amount_1]").fill("30 000")
    desk.locator("[name=amount_2]").fill("20 000")
    for box in desk.locator("[name=people]").all():
        box.check()
    desk.get_by_role("button", name="Проверить на прошлом").click()

    rehearsal = desk.locator("#rehearsal")
    expect(rehearsal).to_contain_text("Тихон Тихонов – победитель в большинстве случаев: 100")
    expect(rehearsal).to_contain_text("был бы превышен")
    assert sideways(desk) == []

    desk.get_by_role("link", name="Изменить").click()
    desk.locator("[name=score_kind]").select_option("normalised")
    desk.locator("[name=budget]").fill("50 000")
    desk.get_by_role("button", name="Проверить на прошлом").click()
    expect(rehearsal).not_to_contain_text("был бы превышен")
    desk.get_by_role("button", name="Запустить").click()
    desk.locator("#launch-contest").get_by_role("button", name="Запустить").click()
    expect(desk.locator("main")).to_contain_text("Таблица появится")
    contest = Contest.objects.get()
    assert (contest.state, contest.decision.kind) == ("launched", "contest")

    store_standings(company_today())
    sign_in(phone_page, seller)
    phone_page.goto(reverse("kpis:contests"))
    phone_page.get_by_role("link", name="Рывок").click()
    standings = phone_page.locator("#standings")
    expect(standings.locator("tbody tr")).to_have_count(contest.participants.count())
    expect(standings.locator("tr.own")).to_contain_text("Семён Селин")
    expect(phone_page.locator("#rehearsal")).to_have_count(0)
    assert sideways(phone_page) == []
