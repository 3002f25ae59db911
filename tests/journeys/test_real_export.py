"""A real CRM export of four files comes in whole; its money is counted anew by pandas alone."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from django.db.models import Count, Sum

from apps.clients.models import Client
from apps.core.importing import runs
from apps.core.models import Company
from apps.deals.choices import NOT_STATED, StageKind
from apps.deals.models import Deal, DealLine, Pipeline, Product, Stage, StageMove
from apps.staff.actions import create_company_node, set_leader
from apps.staff.choices import NodeKind, Role
from apps.staff.models import TeamNode, User
from tests.factories.staff import UserFactory
from tests.fixtures_imports import codes_of, counts_of, write

EXPORT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "maven_crm"
pytestmark = pytest.mark.skipif(not EXPORT.exists(), reason="the export is not on this machine")


@pytest.fixture
def raw():
    """The pipeline as pandas reads it, money as exact text."""
    return pd.read_csv(EXPORT / "sales_pipeline.csv", dtype=str, keep_default_na=False)


@pytest.fixture
def company(db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Company.objects.update_or_create(pk=1, defaults={"name": "Maven", "currency": "USD"})
    Pipeline.objects.update(is_default=False)
    pipeline = Pipeline.objects.create(name="Maven", is_default=True)
    return create_company_node("Maven"), pipeline


@pytest.fixture
def bring(company):
    def bring_in(name, kind, by, **policy):
        path = EXPORT / name
        with path.open("rb") as file:
            from django.core.files import File

            run = runs.receive(File(file), name=name, kind=kind, author=by)
        assert not run.problem, run.problem
        runs.choose_policy(run, policy)
        return write(run)

    return bring_in


def won_by(raw, column):
    won = raw[raw["deal_stage"] == "Won"].copy()
    won["cents"] = [int(Decimal(value) * 100) for value in won["close_value"]]
    won["quarter"] = pd.PeriodIndex(won["close_date"], freq="Q").astype(str)
    return {
        key: Decimal(int(cents)) / 100 for key, cents in won.groupby(column)["cents"].sum().items()
    }


def test_export_comes_in_whole(company, bring, raw):
    admin = UserFactory(role=Role.ADMIN, team=company[0])
    head = UserFactory(role=Role.HEAD, team=company[0])
    set_leader(company[0], head)

    people = bring("sales_teams.csv", "people", admin, since="2016-01-01")
    products = bring("products.csv", "products", admin)
    stages = bring("sales_pipeline.csv", "stages", admin)
    clients = bring("accounts.csv", "clients", head)
    deals = bring(
        "sales_pipeline.csv",
        "deals",
        head,
        currency="USD",
        incomplete_open=True,
        values={"product": {"GTXPro": "GTX Pro"}},
    )

    assert counts_of(people) == (35, 0, 0, 0)
    assert counts_of(products) == (7, 0, 0, 0)
    assert counts_of(stages) == (4, 0, 8796, 0)
    assert counts_of(clients) == (85, 0, 0, 0)
    assert codes_of(deals) == set()
    assert counts_of(deals) == (8800, 0, 0, 0)
    check_people(raw)
    check_stages(company[1])
    check_money(raw)
    check_deals(raw)


def check_people(raw):
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


def check_stages(pipeline):
    kinds = dict(Stage.objects.filter(pipeline=pipeline).values_list("name", "kind"))
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
