"""The public data sets, where they are at hand: SHARED_DATA names the folder, else it is looked
for beside the project."""

import os
from pathlib import Path

import pandas as pd
import pytest

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDER = Path(os.environ.get("SHARED_DATA", BESIDE))


def data_file(*parts):
    path = FOLDER.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not at hand")
    return path


def online_retail():
    """client, invoice, day, cents: one row an invoice; cancellations begin with C."""
    lines = pd.read_csv(
        data_file("online_retail", "online_retail.csv.gz"),
        usecols=["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"],
        dtype={"CustomerID": "string", "InvoiceNo": "string"},
        parse_dates=["InvoiceDate"],
    ).dropna(subset=["CustomerID"])
    lines["cents"] = (lines["Quantity"] * lines["UnitPrice"] * 100).round().astype("int64")
    lines["day"] = lines["InvoiceDate"].dt.date
    lines["client"] = lines["CustomerID"].str.extract(r"(\d+)", expand=False).astype("int64")
    sums = lines.groupby(["client", "InvoiceNo"], as_index=False).agg(
        day=("day", "min"), cents=("cents", "sum")
    )
    return sums.rename(columns={"InvoiceNo": "invoice"})


def maven_won():
    """client, day, cents, sector, employees of every won opportunity; clients numbered by name."""
    deals = pd.read_csv(data_file("maven_crm", "sales_pipeline.csv"))
    won = deals[deals["deal_stage"] == "Won"].copy()
    won["day"] = pd.to_datetime(won["close_date"]).dt.date
    won["cents"] = (won["close_value"] * 100).round().astype("int64")
    won["client"] = won["account"].rank(method="dense").astype("int64")
    return won[["client", "day", "cents"]]
