"""The brief for the receiver of a base: by client, what is open, owed, said last and to be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from apps.clients.models import Client
from apps.core.calendars import company_today
from apps.deals.models import Activity, Deal, DealFile, ScheduleLine
from apps.portfolio.choices import HandoverKind
from apps.portfolio.models import Handover
from apps.tasks.models import Task

LAST_CONTACTS = 3


@dataclass
class ClientBrief:
    """One client; each of `deals` knows its number of `papers`, `payments` are still expected."""

    client: Client
    deals: list[Deal] = field(default_factory=list)
    contacts: list[Activity] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    payments: list[ScheduleLine] = field(default_factory=list)


def briefed_clients(handover: Handover) -> Any:
    """Clients of the handover, the most important first."""
    ids = handover.items.filter(kind=HandoverKind.CLIENT).values("client")
    return Client.objects.filter(pk__in=ids).order_by(
        F("potential").desc(nulls_last=True), "name_key", "pk"
    )


def briefs(handover: Handover, clients: list[Client]) -> list[ClientBrief]:
    """The briefs of a page of clients, in five statements however many there are."""
    found = {client.pk: ClientBrief(client) for client in clients}
    for deal in deals_of(handover, list(found)):
        found[deal.client_id].deals.append(deal)
    for activity in last_contacts(list(found)):
        found[activity.client_id or 0].contacts.append(activity)
    for line in payments_of(handover, list(found)):
        found[line.deal.client_id or 0].payments.append(line)
    for client, task in tasks_of(handover, found):
        found[client].tasks.append(task)
    return list(found.values())


def deals_of(handover: Handover, clients: list[int]) -> Any:
    items = handover.items.filter(kind=HandoverKind.DEAL).values("deal")
    rows = Deal.objects.filter(pk__in=items, client__in=clients, archived_at=None)
    papers = DealFile.objects.kept().filter(deal=OuterRef("pk")).order_by().values("deal")
    rows = rows.annotate(papers=Subquery(papers.annotate(n=Count("pk")).values("n")))
    return rows.select_related("stage").order_by(F("amount_base").desc(nulls_last=True), "pk")


def last_contacts(clients: list[int]) -> list[Activity]:
    """The last three contacts of each client: one statement, cut by rank."""
    rows = Activity.objects.raw(
        """
        SELECT * FROM (
            SELECT activity.*, row_number() OVER (
                PARTITION BY activity.client_id ORDER BY happened_at DESC, id DESC) AS place
            FROM deals_activity activity
            WHERE activity.client_id = ANY(%s) AND reversal_of_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM deals_activity reversal WHERE reversal.reversal_of_id = activity.id)
        ) AS ranked WHERE place <= %s ORDER BY client_id, place
        """,
        [clients, LAST_CONTACTS],
    )
    return list(rows)


def payments_of(handover: Handover, clients: list[int]) -> list[ScheduleLine]:
    """What is still expected for the won deals of the handover; each line knows if it `is_late`."""
    items = handover.items.filter(kind=HandoverKind.DEBT).values("deal")
    lines = ScheduleLine.objects.unpaid().filter(deal__in=items, deal__client__in=clients)
    today = company_today()
    found = list(lines.select_related("deal").order_by("due_on", "pk"))
    for line in found:
        line.is_late = line.due_on < today
    return found


def tasks_of(handover: Handover, found: dict[int, ClientBrief]) -> list[tuple[int, Task]]:
    """Open tasks of the handover with the client that each is about."""
    kinds = ContentType.objects.get_for_models(Client, Deal)
    deals = {deal.pk: pk for pk, brief in found.items() for deal in brief.deals}
    about = Q(content_type=kinds[Client], object_id__in=list(found))
    about |= Q(content_type=kinds[Deal], object_id__in=list(deals))
    items = handover.items.filter(kind=HandoverKind.TASK).values("task")
    rows = Task.objects.kept().filter(about, pk__in=items).order_by("due_at")
    return [
        (row.object_id if row.content_type_id == kinds[Client].pk else deals[row.object_id], row)
        for row in rows
    ]


def totals(handover: Handover) -> dict[str, Any]:
    """How many clients, deals and tasks went, with the amount of the deals."""
    return handover.items.aggregate(
        clients=Count("client"),
        deals=Count("deal", filter=Q(kind=HandoverKind.DEAL)),
        debts=Count("deal", filter=Q(kind=HandoverKind.DEBT)),
        tasks=Count("task"),
        amount=Sum("deal__amount_base", filter=Q(kind=HandoverKind.DEAL)),
        key_clients=Count("client", filter=Q(client__level="A")),
    )
