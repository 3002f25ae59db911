"""Segments of real sales, from the tables to the run, against a count made here with pandas alone."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from apps.portfolio.actions.segments import segment_base
from apps.portfolio.models import SegmentRules
from apps.portfolio.summaries import cohorts
from tests.factories.clients import ClientFactory
from tests.factories.portfolio import sell, take_back
from tests.portfolio.real_data import maven_won, online_retail

pytestmark = pytest.mark.django_db


def stored(sales, returns=None):
    """Write the sales as won deals of clients; gives the client of each number."""
    owner = ClientFactory().owner
    clients = {number: ClientFactory(owner=owner) for number in sorted(set(sales["client"]))}
    deals = sell(
        [
            (clients[row.client], row.day, Decimal(row.cents) / 100)
            for row in sales.itertuples(index=False)
        ]
    )
    if returns is not None:
        by_client = {}
        for deal in deals:
            by_client.setdefault(deal.client_id, deal)
        for row in returns.itertuples(index=False):
            take_back(by_client[clients[row.client].pk], row.day, Decimal(-row.cents) / 100)
    return clients


def run_of(clients, day):
    """The rows of a run with no class of new clients, by the number in the source."""
    SegmentRules.objects.create(pk=1, new_days=0)
    run = segment_base(day=day)
    numbers = {client.pk: number for number, client in clients.items()}
    fields = "revenue orders abc xyz cv r f m silence first_on".split()
    rows = pd.DataFrame(
        run.rows.filter(client__in=numbers).values("client_id", *fields)
    )  # fmt: skip
    return run, rows.set_index(rows["client_id"].map(numbers)).sort_index()


def expected_abc(cents):
    """By the plain rule; equal revenue gets the class of the first of the equals."""
    revenue = cents[cents > 0].sort_values(ascending=False)
    total = revenue.sum()
    found = {}
    for client, own in revenue.items():
        before = revenue[revenue > own].sum() / total
        found[client] = "A" if before < 0.8 else "B" if before < 0.95 else "C"
    return pd.Series(found).reindex(cents.index).fillna("")


def quintile(values):
    return np.ceil(values.rank(method="average") * 5 / len(values)).astype(int)


@pytest.fixture
def retail():
    """The first 1,200 customers with a purchase: enough for every rule, quick to write."""
    everything = online_retail()
    bought = everything[~everything["invoice"].str.startswith("C") & (everything["cents"] > 0)]
    chosen = sorted(bought["client"].unique())[:1200]
    sales = bought[bought["client"].isin(chosen)]
    first = sales.groupby("client")["day"].transform("min")
    returned = everything[everything["client"].isin(chosen) & (everything["cents"] < 0)]
    # A return of what was bought before the data begin has no deal to stand against.
    known = returned["client"].map(sales.groupby("client")["day"].min())
    return sales[sales["day"] >= first], returned[returned["day"] >= known]


def test_abc_xyz_and_rfm_of_a_retailer(retail):
    sales, returns = retail
    day = date(2011, 11, 30)
    # Money taken back stands against the first deal, which must remain an order.
    first = sales.sort_values("day", kind="stable").groupby("client").head(1).set_index("client")
    back = returns.groupby("client")["cents"].sum()
    whole = back[-back < first["cents"].reindex(back.index)].index
    returns = returns[returns["client"].isin(whole)]
    sales = sales.sort_values(["day", "invoice"], kind="stable")
    clients = stored(sales, returns)

    run, rows = run_of(clients, day)

    until = sales[sales["day"] <= day]
    since = date(2010, 12, 1)
    events = pd.concat([until, returns[returns["day"] <= day]])
    events = events[events["day"] >= since]
    index = pd.Index(sorted(clients), name="client")
    net = events.groupby("client")["cents"].sum().reindex(index).fillna(0).astype("int64")
    assert [int(value * 100) for value in rows["revenue"]] == list(net)

    orders = until.groupby("client").size().reindex(index).fillna(0).astype(int)
    assert list(rows["orders"]) == list(orders)

    newest = until.groupby("client")["day"].min().reindex(index)
    old = newest < day
    assert list(rows.loc[old, "abc"]) == list(expected_abc(net.where(old, 0))[old])

    buying = orders[orders > 0].index
    silence = (pd.Timestamp(day) - pd.to_datetime(until.groupby("client")["day"].max())).dt.days
    assert list(rows.loc[buying, "silence"]) == list(silence[buying])
    assert list(rows.loc[buying, "r"]) == list(quintile(-silence[buying]))
    assert list(rows.loc[buying, "m"]) == list(quintile(net[buying]))
    single = orders[buying] == 1
    rest = orders[buying][~single]
    quartile = 1 + np.ceil(rest.rank(method="average") * 4 / len(rest)).astype(int)
    assert set(rows.loc[buying, "f"][single]) == {1}
    assert list(rows.loc[rest.index, "f"]) == list(quartile)

    quarters = pd.to_datetime(events["day"]).dt.month.map(lambda month: month % 12 // 3)
    table = events.pivot_table(
        index="client", columns=quarters.to_numpy(), values="cents", aggfunc="sum", fill_value=0
    ).reindex(index, fill_value=0)
    early = pd.to_datetime(newest) < pd.Timestamp(2011, 3, 1)
    variation = (table.std(axis=1, ddof=0) / table.mean(axis=1)).where(
        early & (table.mean(axis=1) > 0)
    )
    given = rows["cv"].astype(float)
    assert list(given.isna()) == list(variation.isna())
    assert np.allclose(given.dropna(), variation.dropna().round(3), atol=1e-3)
    assert (run.rfm_bins, variation.notna().sum() > 100) == (5, True)


def test_retention_of_a_retailer(retail):
    sales, _returns = retail
    day = date(2011, 9, 30)
    clients = stored(sales)
    run, rows = run_of(clients, day)

    found = cohorts(run.rows.filter(client__in=[one.pk for one in clients.values()]), run)

    until = sales[sales["day"] <= day].copy()
    until["quarter"] = [on.year * 4 + (on.month - 1) // 3 for on in until["day"]]
    until["born"] = until.groupby("client")["quarter"].transform("min")
    expected = []
    for born, own in until.groupby("born"):
        later = [
            own[own["quarter"] == born + step]["client"].nunique()
            for step in range(1, 2011 * 4 + 2 - born + 1)
        ]
        expected.append((born, own["client"].nunique(), later))
    assert [
        (cohort.quarter, cohort.clients, [cell.count for cell in cohort.cells]) for cohort in found
    ] == expected
    assert len(expected) == 4
    assert len(rows) == len(clients)


def test_segments_of_a_crm_export():
    """85 companies: fewer than a hundred, so RFM goes by three steps."""
    won = maven_won()
    won = won[won["cents"] > 0]
    day = won["day"].max()
    clients = stored(won)

    run, rows = run_of(clients, day)

    year = won[won["day"] > day.replace(year=day.year - 1)]
    index = pd.Index(sorted(clients))
    net = year.groupby("client")["cents"].sum().reindex(index).fillna(0).astype("int64")
    assert [int(value * 100) for value in rows["revenue"]] == list(net)
    assert list(rows["abc"]) == list(expected_abc(net))
    assert list(rows["orders"]) == list(year.groupby("client").size().reindex(index))
    thirds = np.ceil(net.rank(method="average") * 3 / len(net)).astype(int)
    assert list(rows["m"]) == list(thirds)
    assert run.rfm_bins == 3
    assert day + timedelta(days=1) > won["day"].max()
