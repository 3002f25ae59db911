"""From the loss to its place in the matrix and back; the trust of a buyer marked and taken back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.deals.models import Deal, TrustMark
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, RefusalReasonFactory, staged_pipeline
from tests.factories.losses import CompetitorFactory, TrustSignalFactory
from tests.journeys.watching import sideways, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def pipeline(db):
    return staged_pipeline(is_default=True)


@pytest.fixture
def deal(seller, pipeline):
    return DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=ClientFactory(owner=seller, name="ТД «Уралкомплект»"),
        title="Поставка на 2027 год",
    )


@pytest.fixture(params=SIZES)
def desk(request, browser, live_server):
    """A page on each size of screen; what it breaks fails the test."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", viewport={"width": width, "height": height}
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    findings = watched(page, live_server.url)
    yield page
    assert findings == []
    context.close()


def test_a_loss_appears_in_the_matrix_and_leads_back(desk, sign_in, seller, head, deal, pipeline):
    other = RefusalReasonFactory(name="Другая причина", needs_comment=True)
    CompetitorFactory(name="ТехноОпт")
    sign_in(desk, seller)
    desk.goto(reverse("deals:deal", args=[deal.pk]))

    desk.locator(".acts1 a", has_text="Проиграна").click()
    modal = desk.locator("#modal")
    modal.locator("[name=reason]").select_option(label="Другая причина")
    modal.locator("[name=competitor]").select_option(label="ТехноОпт")
    modal.locator("button.p").click()
    expect(modal).to_contain_text("Для этой причины нужен комментарий")
    assert Deal.objects.get(pk=deal.pk).outcome == "open"
    modal.locator("[name=comment]").fill("Выбрали тех, кто ближе")
    modal.locator("button.p").click()
    expect(desk.locator("main")).to_contain_text("выбрали ТехноОпт")

    sign_in(desk, head)
    desk.goto(reverse("deals:losses"))
    assert sideways(desk) == []
    row = desk.locator(".loss1 tbody tr", has_text="Другая причина").first
    expect(row).to_contain_text("100")
    row.locator("td a").first.click()

    expect(desk.locator("#deal-table tbody tr")).to_have_count(1)
    expect(desk.locator("#deal-table")).to_contain_text("Поставка на 2027 год")
    assert Deal.objects.get(pk=deal.pk).refusal_reason == other
    desk.go_back()
    desk.get_by_role("link", name="ТехноОпт").click()
    expect(desk.locator(".verdict")).to_contain_text("Проиграна 1 сделка")


def test_an_act_is_marked_with_evidence_and_undone(desk, sign_in, seller, deal):
    TrustSignalFactory(stage=deal.stage, name="Назвал бюджет", weight=60)
    TrustSignalFactory(stage=deal.stage, name="Прислал данные", weight=40)
    sign_in(desk, seller)
    desk.goto(reverse("deals:deal", args=[deal.pk]))
    block = desk.locator("#panel-trust")
    expect(block).to_contain_text("0 из 100")

    block.get_by_role("link", name="Сделано: Назвал бюджет").click()
    modal = desk.locator("#modal")
    modal.locator("[name=note]").fill("Сумма в письме")
    modal.locator("button.p").click()

    expect(block).to_contain_text("60 из 100")
    # What is done is folded away, so that what is missing is seen.
    expect(block.get_by_text("Сумма в письме")).to_be_hidden()
    block.locator("summary").click()
    expect(block.get_by_text("Сумма в письме")).to_be_visible()
    assert sideways(desk) == []
    block.get_by_role("button", name="Всё-таки не сделано: Назвал бюджет").click()
    expect(block).to_contain_text("0 из 100")
    assert not TrustMark.objects.standing().exists()
