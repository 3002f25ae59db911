"""The naive ways: what a first version of such a product does, written as plainly as it would be."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.template import engines

from apps.clients.models import Client, Contact
from apps.core.calendars import company_today
from apps.core.periods import month_of
from apps.deals.models import Activity, Allocation, Deal, ScheduleLine, StageMove

ROWS = """
<table>{% for deal in page %}<tr><td>{{ deal.title }}</td><td>{{ deal.client.name }}</td>
<td>{{ deal.stage.name }}</td><td>{{ deal.owner }}</td><td>{{ deal.amount }}</td>
<td>{{ deal.source.name }}</td><td>{{ deal.activities.count }}</td></tr>{% endfor %}</table>
{{ page.paginator.count }}
"""


def live_dashboard(head: Any) -> bytes:
    """The figures of the head's page, aggregated while he waits."""
    today = company_today()
    month = month_of(today)
    deals = Deal.objects.visible_to(head).filter(archived_at=None)
    quarter = today - timedelta(days=90)
    said = {
        "won": list(
            deals.won_in(month).values("owner").annotate(n=Count("pk"), sum=Sum("amount_base"))
        ),
        "lost": list(deals.lost_in(month).values("owner").annotate(n=Count("pk"))),
        "created": list(
            deals.filter(opened_on__gte=month.start).values("owner").annotate(n=Count("pk"))
        ),
        "conversion": list(
            deals.filter(opened_on__gte=quarter)
            .values("owner")
            .annotate(n=Count("pk"), won=Count("pk", filter=Q(outcome="won")))
        ),
        "history": list(
            deals.filter(outcome="won")
            .annotate(month=TruncMonth("closed_on"))
            .values("month")
            .annotate(sum=Sum("amount_base"), n=Count("pk"))
        ),
        "pipeline": list(
            deals.open()
            .values("owner", "stage__name")
            .annotate(n=Count("pk"), weighted=Sum(F("amount_base") * F("stage__probability")))
        ),
        "funnel": list(
            StageMove.objects.filter(deal__in=deals, happened_on__gte=quarter, is_first_entry=True)
            .values("to_stage__name")
            .annotate(n=Count("deal", distinct=True))
        ),
        "activities": list(
            Activity.objects.visible_to(head)
            .filter(happened_on__gte=month.start)
            .values("user", "kind")
            .annotate(n=Count("pk"))
        ),
        "refusals": list(
            deals.filter(outcome="lost", closed_on__gte=quarter)
            .values("refusal_reason__name")
            .annotate(n=Count("pk"), sum=Sum("amount_base"))
        ),
        "received": Allocation.objects.filter(happened_on__gte=month.start).aggregate(
            sum=Sum("amount_base")
        ),
        "debts": _debts(head, today),
        "burning": list(
            deals.open().filter(expected_close_on__lt=today).order_by("-amount_base").values()[:20]
        ),
    }
    return json.dumps(said, default=str).encode()


def _debts(head: Any, today: Any) -> list[Any]:
    ages: dict[int, list[Any]] = defaultdict(list)
    for line in ScheduleLine.objects.visible_to(head).unpaid():
        ages[min(max((today - line.due_on).days, 0) // 30, 3)].append(line.amount - line.paid)
    return [(age, len(sums), sum(sums)) for age, sums in ages.items()]


def per_row_list(head: Any) -> bytes:
    """A page of model instances, each asking for its client, stage, owner, source and activities."""
    deals = Deal.objects.visible_to(head).order_by("-created_at")
    page = Paginator(deals, 50).get_page(1)
    return engines["django"].from_string(ROWS).render({"page": page}).encode()


def sorted_list(head: Any) -> bytes:
    """The same, of won deals by amount."""
    deals = Deal.objects.visible_to(head).filter(outcome="won").order_by("-amount")
    page = Paginator(deals, 50).get_page(1)
    return engines["django"].from_string(ROWS).render({"page": page}).encode()


BOARD = """
{% for stage, deals in columns %}<h2>{{ stage }} {{ deals|length }}</h2>{% for deal in deals %}
<div>{{ deal.title }} {{ deal.client.name }} {{ deal.owner }} {{ deal.amount }} {{ deal.next_step }}
{{ deal.next_step_at }} {{ deal.last_activity_at }}</div>{% endfor %}{% endfor %}
"""
# A card of the naive board asks for its client and owner; with all cards of a large base it never ends.
MOST_CARDS = 2_000


def whole_board(head: Any) -> bytes:
    """Every open deal as a card, column by column, each asking for its client and owner."""
    columns: dict[str, list[Deal]] = defaultdict(list)
    for deal in Deal.objects.visible_to(head).open().select_related("stage")[:MOST_CARDS]:
        columns[deal.stage.name].append(deal)
    return engines["django"].from_string(BOARD).render({"columns": columns.items()}).encode()


def substring_search(head: Any) -> bytes:
    """ILIKE '%text%' over three tables."""
    text = "уралмет"
    found: Counter[str] = Counter()
    found["deals"] = len(Deal.objects.visible_to(head).filter(title__icontains=text)[:20])
    found["clients"] = len(Client.objects.visible_to(head).filter(name__icontains=text)[:20])
    found["contacts"] = len(Contact.objects.visible_to(head).filter(name__icontains=text)[:20])
    return json.dumps(found).encode()


PAGES = {
    "naive dashboard": live_dashboard,
    "naive deal list": per_row_list,
    "naive sorted list": sorted_list,
    "naive board": whole_board,
    "naive search": substring_search,
}
