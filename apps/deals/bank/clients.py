"""Who paid and what he owes: the base as the matching reads it, in a fixed number of queries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from apps.clients.models import Client
from apps.deals.bank.matching import Debt
from apps.deals.choices import Outcome
from apps.deals.models import Receipt, ScheduleLine
from apps.staff.models import User

DIGITS = re.compile(r"[\w/-]*\d[\w/-]*")
# A receipt typed in by hand may carry a day near that of the bank.
DAYS_APART = timedelta(days=5)


@dataclass(frozen=True)
class Payer:
    """A client as a statement may mean him."""

    pk: int
    kpp: str


def payers_by_inn(inns: Iterable[str], *, by: User) -> dict[str, list[Payer]]:
    """Clients that `by` sees, by INN."""
    found: dict[str, list[Payer]] = defaultdict(list)
    clients = Client.objects.visible_to(by).kept().filter(inn__in=set(filter(None, inns)))
    for pk, inn, kpp in clients.order_by("pk").values_list("pk", "inn", "kpp"):
        found[inn].append(Payer(pk, kpp))
    return found


def debts_of(clients: Iterable[int], *, by: User) -> dict[tuple[int, str], list[Debt]]:
    """Unpaid payments of the clients' deals by client and currency, the oldest first."""
    lines = (
        ScheduleLine.objects.visible_to(by)
        .unpaid()
        .filter(deal__client__in=set(clients), deal__archived_at=None)
        .exclude(deal__outcome=Outcome.LOST)
        .order_by("due_on", "pk")
        .values_list(
            "pk",
            "deal_id",
            "deal__client_id",
            "deal__currency",
            "amount",
            "paid",
            "title",
            "deal__external_id",
        )
    )
    found: dict[tuple[int, str], list[Debt]] = defaultdict(list)
    for pk, deal, client, currency, amount, paid, title, code in lines:
        found[client, currency].append(Debt(pk, deal, amount - paid, names_of(deal, title, code)))
    return found


def names_of(deal: int, title: str, code: str) -> frozenset[str]:
    """The numbers by which a payer may call a debt: of the deal, of the bill, of another system."""
    named = [str(deal), code or "", *DIGITS.findall(title)]
    return frozenset(name.lower().lstrip("0") for name in named if name)


def receipts_of(clients: Iterable[int]) -> dict[tuple[int, str], list[Receipt]]:
    """Receipts that no bank statement brought, by client and sum."""
    receipts = Receipt.objects.standing().filter(client__in=set(clients), bank_payment=None)
    found: dict[tuple[int, str], list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        found[receipt.client_id, f"{receipt.amount} {receipt.currency}"].append(receipt)
    return found
