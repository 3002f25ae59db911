"""The page of losses: each cell leads to exactly its deals, and they add up."""

import csv
import io
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import company_today
from apps.deals import listing
from apps.deals.actions import move_deal, not_stated_reason
from apps.deals.forms.filters import DealFilter
from apps.deals.forms.losses import LossFilter
from apps.deals.loss_calculations import Lost
from apps.deals.losses import Losses
from apps.deals.models import Deal
from tests.factories.deals import DealFactory, RefusalReasonFactory, staged_pipeline
from tests.factories.losses import CompetitorFactory, lost_deal

pytestmark = pytest.mark.django_db
PERIOD = {"closed_from": "2026-10-01", "closed_to": "2026-10-31"}


@pytest.fixture
def tree(db):
    """A branch with two reasons, and one that stands alone beyond our influence."""
    branch = RefusalReasonFactory(name="Цена", order=1)
    return {
        "branch": branch,
        "dear": RefusalReasonFactory(name="Дорого", parent=branch, order=2),
        "terms": RefusalReasonFactory(name="Условия", parent=branch, order=3),
        "budget": RefusalReasonFactory(name="Нет бюджета", is_controllable=False, order=4),
    }


@pytest.fixture
def rivals(db):
    return [CompetitorFactory(name="Альфа"), CompetitorFactory(name="Бета")]


@pytest.fixture
def october(seller, colleague, stages, tree, rivals):
    """Five losses of October 2026, and two that are not of the period."""

    def lose(owner, at, reason, amount, day=10, rival=None):
        on = date(2026, 10, day)
        return lost_deal(
            owner=owner, at=at, reason=tree[reason], amount=amount, on=on, competitor=rival
        )

    made = [
        lose(seller, stages.lead, "dear", Decimal("100000.50"), 1),
        lose(seller, stages.quote, "dear", Decimal(300_000), 31, rivals[0]),
        lose(colleague, stages.quote, "terms", Decimal(50_000), rival=rivals[1]),
        lose(colleague, stages.quote, "budget", None),
        lose(colleague, stages.quote, "dear", Decimal(70_000), rival=rivals[0]),
    ]
    lost_deal(owner=seller, at=stages.quote, reason=tree["dear"], on=date(2026, 9, 30))
    lost_deal(owner=seller, at=stages.quote, reason=tree["dear"], on=date(2026, 11, 1))
    return made


def losses_of(viewer, **query):
    data = QueryDict(mutable=True)
    data.update(PERIOD | query)
    return Losses(viewer, LossFilter(data, viewer=viewer, today=date(2026, 11, 20)))


def deals_behind(url, viewer):
    """Count, sum and numbers of the deals that the list shows at `url`."""
    query = QueryDict(url.split("?", 1)[1])
    deals = DealFilter(query, viewer=viewer).narrowed(
        Deal.objects.visible_to(viewer), now=timezone.now(), today=company_today()
    )
    totals = listing.totals_of(deals)
    return totals.count, totals.amount


def figures(page):
    """Every figure of the page with its address."""
    yield from page.foot
    yield page.total
    for line in page.lines:
        yield from line.cells
        yield line.total
    yield from ((row["lost"], row["url"]) for row in page.competitors)
    yield from ((row["lost"], row["url"]) for row in page.sellers)
    yield from ((bar.lost, url) for _reason, bar, url in page.bars)
    yield from ((part.lost, part.url) for part in page.entered)
    yield page.recoverable.ours, page.recoverable_url
    yield page.entered_total, page.entered_url
    yield page.entered_lost, page.entered_lost_url


def checked(page, viewer):
    count = 0
    for figure in figures(page):
        lost, url = figure if isinstance(figure, tuple) else (figure.lost, figure.url)
        assert deals_behind(url, viewer) == (lost.count, lost.amount), url
        count += 1
    return count


def test_the_matrix_by_hand(head, october, stages, tree):
    page = losses_of(head)

    assert page.columns == [stages.lead.pk, stages.quote.pk]
    shown = [
        (line.reason.name, [(cell.lost.count, cell.lost.amount) for cell in line.cells])
        for line in page.lines
    ]
    assert shown == [
        ("Цена", [(1, Decimal("100000.50")), (3, Decimal(420_000))]),
        ("Дорого", [(1, Decimal("100000.50")), (2, Decimal(370_000))]),
        ("Условия", [(0, 0), (1, Decimal(50_000))]),
        ("Нет бюджета", [(0, 0), (1, 0)]),
    ]
    assert page.total.lost == Lost(5, Decimal("520000.50"), 1)
    assert [row["name"] for row in page.competitors] == ["Альфа", "конкурент не назван", "Бета"]
    assert [row["lost"].amount for row in page.competitors] == [
        Decimal(370_000),
        Decimal("100000.50"),
        Decimal(50_000),
    ]
    assert page.recoverable.of_amount == 1
    assert page.recoverable.of_count == Decimal("0.8")


def test_every_figure_leads_to_exactly_its_deals(head, october):
    assert checked(losses_of(head), head) == 26


@pytest.mark.parametrize("seed", range(3))
def test_cells_add_up_to_the_list_whatever_was_lost(seed, head, seller, colleague, stranger, tree):
    dice = random.Random(seed)
    pipelines = [staged_pipeline(), staged_pipeline()]
    rivals = [None, *CompetitorFactory.create_batch(2)]
    reasons = [tree["dear"], tree["terms"], tree["budget"], tree["branch"]]
    for _number in range(25):
        at = dice.choice(list(dice.choice(pipelines).stages.filter(kind__in=["lead", "open"])))
        amount = dice.choice([None, Decimal(dice.randrange(10**9)) / 100])
        deal = DealFactory(
            owner=dice.choice([seller, colleague, stranger]),
            pipeline=at.pipeline,
            stage=at,
            amount=amount,
            stage_since=timezone.now() - timedelta(days=400),
            opened_on=date(2026, 9, dice.randrange(1, 30)),
        )
        lose(deal, dice, reasons, rivals)
    page = losses_of(head)

    checked(page, head)
    cells = [cell.lost for line in page.lines if not line.is_branch for cell in line.cells]
    assert sum(cells, Lost()) == page.total.lost
    assert sum((cell.lost for cell in page.foot), Lost()) == page.total.lost
    narrowed = losses_of(head, pipeline=pipelines[0].pk, owner=seller.pk)
    checked(narrowed, head)


def lose(deal, dice, reasons, rivals):
    """Chosen branches exist from before they had reasons of their own: written without the check."""
    if dice.random() < 0.2:
        return
    lost = deal.pipeline.stages.get(kind="lost")
    reason = dice.choice(reasons)
    move_deal(
        deal,
        to=lost,
        by=deal.owner,
        on=date(2026, 10, dice.randrange(1, 32)),
        reason=reason,
        imported=True,
        competitor=dice.choice(rivals),
    )


def test_a_competitor_narrows_the_whole_page(head, october, rivals):
    page = losses_of(head, competitor=rivals[0].pk)

    assert page.total.lost == Lost(2, Decimal(370_000))
    assert page.has_competitor
    checked_cells = [cell for line in page.lines for cell in line.cells]
    for cell in [*checked_cells, *page.foot, page.total]:
        assert deals_behind(cell.url, head) == (cell.lost.count, cell.lost.amount)


def test_what_nobody_stated_counts_but_is_not_ours(head, seller, stages):
    deal = DealFactory(owner=seller, pipeline=stages.lead.pipeline)
    move_deal(
        deal, to=stages.lost, by=seller, on=date(2026, 10, 5), reason=not_stated_reason(),
        imported=True,
    )  # fmt: skip

    page = losses_of(head)

    assert page.total.lost.count == 1
    assert page.recoverable.stated == Lost()
    assert deals_behind(page.recoverable_url, head)[0] == 0


def test_a_reopened_deal_is_lost_no_more(head, seller, october, stages):
    move_deal(october[1], to=stages.quote, by=seller)

    october[1].refresh_from_db()
    assert (october[1].closed_from, october[1].competitor) == (None, None)
    assert losses_of(head).total.lost.count == 4


def test_the_stage_it_left_is_kept(seller, stages, tree):
    deal = lost_deal(owner=seller, at=stages.contract, reason=tree["dear"])

    assert deal.closed_from == stages.contract


def test_what_entered_adds_up(head, seller, stages, october):
    DealFactory(owner=seller, pipeline=stages.lead.pipeline, opened_on=date(2026, 10, 3))
    lost_deal(owner=seller, at=stages.quote, opened_on=date(2026, 10, 4), on=date(2026, 11, 2))

    page = losses_of(head)

    assert [(part.lost.count, part.is_lost) for part in page.entered] == [(1, False), (1, True)]
    assert page.entered_total.count == 2
    assert page.entered_lost_share == Decimal("0.5")


@pytest.mark.parametrize(
    ("role", "count"),
    [("lead", 5), ("head", 5), ("director", 5), ("seller", 403), ("hr", 403), ("admin", 403)],
)
def test_who_sees_losses(client, people, october, role, count):
    client.force_login(people[role])

    response = client.get(reverse("deals:losses"), PERIOD)

    if count == 403:
        assert response.status_code == 403
    else:
        assert response.context["losses"].total.lost.count == count


def test_a_lead_sees_his_team_only(client, lead, stranger, october, tree):
    lost_deal(owner=stranger, reason=tree["dear"], on=date(2026, 10, 10))
    client.force_login(lead)

    assert client.get(reverse("deals:losses"), PERIOD).context["losses"].total.lost.count == 5


def test_a_period_that_ends_before_it_begins_says_so(client, head, october):
    client.force_login(head)

    response = client.get(
        reverse("deals:losses"), {"closed_from": "2026-10-31", "closed_to": "2026-10-01"}
    )

    assert "Период кончается раньше, чем начинается" in response.content.decode()
    assert response.context["losses"].total.lost.count == 0


@pytest.mark.parametrize("day", ["9999-12-31", "завтра", "2026-02-30"])
def test_a_day_that_cannot_be_shows_nothing_and_says_so(client, head, october, day):
    client.force_login(head)

    response = client.get(reverse("deals:losses"), {"closed_to": day})

    assert response.status_code == 200
    assert "closed_to" in response.context["form"].errors
    assert response.context["losses"].total.lost.count == 0


def test_a_rate_over_few_closed_deals_is_not_told(client, head, october):
    client.force_login(head)

    page = client.get(reverse("deals:losses"), PERIOD).content.decode()

    assert "мало, n=3" in page


@pytest.mark.parametrize("number", [1, 8])
def test_statements_do_not_grow_with_the_losses(client, head, seller, number):
    for _one in range(number):
        lost_deal(owner=seller, on=date(2026, 10, 5), competitor=CompetitorFactory())
    client.force_login(head)
    client.get(reverse("deals:losses"), PERIOD)

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("deals:losses"), PERIOD)

    assert len(queries) <= 15


def test_the_file_unfolds_the_matrix(client, head, october):
    client.force_login(head)

    response = client.get(reverse("deals:losses_export"), PERIOD | {"format": "csv"})

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    head_row, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert len(head_row) == 9
    assert [row[1:] for row in rows] == [
        ["КП", "Цена", "Дорого", "да", "Альфа", "2", "370000,00", "0"],
        ["Запрос", "Цена", "Дорого", "да", "", "1", "100000,50", "0"],
        ["КП", "Цена", "Условия", "да", "Бета", "1", "50000,00", "0"],
        ["КП", "Нет бюджета", "Нет бюджета", "нет", "", "1", "0", "1"],
    ]


def test_the_workbook_opens(client, head, october):
    client.force_login(head)

    response = client.get(reverse("deals:losses_export"), PERIOD | {"format": "xlsx"})

    assert b"".join(response.streaming_content).startswith(b"PK")
