"""A real CRM export of four files comes in whole through the wizard, driven in a browser.

Its money is counted anew by pandas over the raw files alone.
"""

import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from django.db.models import Count, Sum
from playwright.sync_api import expect

from apps.clients.models import Client
from apps.core.models import Company, ImportRun
from apps.deals.choices import NOT_STATED, StageKind
from apps.deals.models import Deal, DealLine, Pipeline, Product, Stage, StageMove
from apps.staff.actions import create_company_node, set_leader
from apps.staff.choices import NodeKind, Role
from apps.staff.models import TeamNode, User
from tests.factories.staff import UserFactory
from tests.fixtures_imports import codes_of, counts_of
from tests.journeys.watching import sideways, violations, watched
from tests.journeys.worker import working

EXPORT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "maven_crm"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not EXPORT.exists(), reason="the export is not on this machine"),
]


@pytest.fixture
def raw():
    """The pipeline as pandas reads it, money as exact text."""
    return pd.read_csv(EXPORT / "sales_pipeline.csv", dtype=str, keep_default_na=False)


@pytest.fixture
def people(transactional_db, settings, tmp_path):
    """A company that counts in dollars, with an administrator, a head and an empty pipeline."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Company.objects.update_or_create(pk=1, defaults={"name": "Maven", "currency": "USD"})
    Pipeline.objects.update(is_default=False)
    Pipeline.objects.create(name="Maven", is_default=True, order=0)
    root = create_company_node("Maven")
    admin = UserFactory(role=Role.ADMIN, team=root)
    head = UserFactory(role=Role.HEAD, team=root)
    set_leader(root, head)
    return admin, head


def take_in(page, name, kind):
    """The first two steps: the file, and its columns as they were recognised."""
    page.goto("/imports/")
    page.select_option("select[name=kind]", kind)
    page.set_input_files("input[type=file]", EXPORT / name)
    page.get_by_role("button", name="Загрузить и посмотреть").click()
    page.get_by_role("button", name="Проверить строки").click()
    expect(page.locator(".verdict")).to_be_visible(timeout=120_000)
    look(page)


def check_again(page):
    page.get_by_role("button", name="Проверить снова").click()
    page.wait_for_load_state()
    expect(page.locator(".verdict")).to_be_visible(timeout=120_000)
    look(page)


def import_all(page):
    page.get_by_role("button", name=re.compile("Загрузить .* строк")).click()
    expect(page.get_by_text(re.compile("Загружены все"))).to_be_visible(timeout=180_000)
    look(page)
    return ImportRun.objects.latest("pk")


def look(page):
    """What every step owes: no broken policy, nothing that sticks out."""
    assert violations(page) == []
    assert sideways(page) == []


def test_export_comes_in_whole(page, live_server, sign_in, people, raw):
    admin, head = people
    findings = watched(page, live_server.url)
    with working():
        sign_in(page, admin)
        take_in(page, "sales_teams.csv", "people")
        page.fill("input[name=since]", "2016-01-01")
        check_again(page)
        assert counts_of(import_all(page)) == (35, 0, 0, 0)
        take_in(page, "products.csv", "products")
        assert counts_of(import_all(page)) == (7, 0, 0, 0)
        take_in(page, "sales_pipeline.csv", "stages")
        page.select_option("select[name=pipeline]", label="Maven")
        assert counts_of(import_all(page)) == (4, 0, 8796, 0)

        sign_in(page, head)
        take_in(page, "accounts.csv", "clients")
        assert counts_of(import_all(page)) == (85, 0, 0, 0)
        take_in(page, "sales_pipeline.csv", "deals")
        settle_rules(page)
        deals = import_all(page)

    assert codes_of(deals) == set()
    assert counts_of(deals) == (8800, 0, 0, 0)
    check_people()
    check_stages()
    check_money(raw)
    check_deals(raw)
    assert findings == []


def settle_rules(page):
    """The wizard asks the currency, suggests the product that was misspelt, and says what lacks."""
    expect(page.get_by_label("Валюта", exact=True)).to_have_value("USD")
    product = page.locator("#names tr", has_text="GTXPro")
    expect(product.get_by_text("вероятно, GTX Pro")).to_be_visible()
    product.locator("select").select_option("GTX Pro")
    page.get_by_label("Брать открытые сделки без клиента или суммы").check()
    check_again(page)
    expect(page.get_by_text("Все 8 800 строк готовы к загрузке.")).to_be_visible()


def won_by(raw, column):
    won = raw[raw["deal_stage"] == "Won"].copy()
    won["cents"] = [int(Decimal(value) * 100) for value in won["close_value"]]
    won["quarter"] = pd.PeriodIndex(won["close_date"], freq="Q").astype(str)
    return {
        key: Decimal(int(cents)) / 100 for key, cents in won.groupby(column)["cents"].sum().items()
    }


def check_people():
    teams = pd.read_csv(EXPORT / "sales_teams.csv")
    assert User.objects.filter(role=Role.LEAD).count() == teams["manager"].nunique() == 6
    offices = TeamNode.objects.filter(kind=NodeKind.DEPARTMENT).values_list("name", flat=True)
    assert set(offices) == set(teams["regional_office"])
    for row in teams.itertuples():
        agent = User.objects.get(
            first_name=row.sales_agent.split()[0], last_name=row.sales_agent.split()[1]
        )
        assert agent.team.leader.get_full_name() == row.manager
        assert agent.team.parent.name == row.regional_office


def check_stages():
    kinds = dict(Stage.objects.filter(pipeline__name="Maven").values_list("name", "kind"))
    assert kinds == {
        "Prospecting": StageKind.OPEN,
        "Engaging": StageKind.OPEN,
        "Won": StageKind.WON,
        "Lost": StageKind.LOST,
    }


def check_money(raw):
    won = Deal.objects.filter(outcome="won")
    by_agent = {
        f"{first} {last}": total
        for first, last, total in won.values_list("owner__first_name", "owner__last_name").annotate(
            total=Sum("amount_base")
        )
    }
    assert by_agent == won_by(raw, "sales_agent")
    by_quarter: dict[str, Decimal] = {}
    for day, amount in won.values_list("closed_on", "amount_base"):
        quarter = f"{day.year}Q{(day.month - 1) // 3 + 1}"
        by_quarter[quarter] = by_quarter.get(quarter, Decimal(0)) + amount
    assert by_quarter == won_by(raw, "quarter")


def check_deals(raw):
    found = dict(Deal.objects.values_list("stage__name").annotate(Count("pk")))
    assert found == raw["deal_stage"].value_counts().to_dict()
    assert Deal.objects.filter(client=None).count() == (raw["account"] == "").sum() == 1425
    assert Deal.objects.filter(amount=None).count() == (raw["close_value"] == "").sum() == 2089
    assert not Deal.objects.filter(client=None).exclude(outcome="open").exists()
    lost = Deal.objects.filter(outcome="lost")
    assert set(lost.values_list("refusal_reason__code", flat=True)) == {NOT_STATED}
    assert Deal.objects.get(external_id="Z063OYW0").title == "GTX Pro – Isdom"
    assert DealLine.objects.count() == len(raw)
    assert (
        DealLine.objects.filter(product__name="GTX Pro").count()
        == (raw["product"] == "GTXPro").sum()
    )
    assert Product.objects.count() == 7
    assert Client.objects.count() == 85
    closed = raw["deal_stage"].isin(["Won", "Lost"]).sum()
    assert StageMove.objects.count() == len(raw) + closed
