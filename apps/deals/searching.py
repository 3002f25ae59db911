"""Finding deals and clients by words, numbers and codes."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from apps.clients.models import CLIENT_SEARCH, Client
from apps.core.access import allowed
from apps.core.numerals import money_short
from apps.core.search import Hit, Rows, Usual, found
from apps.deals.models import DEAL_SEARCH, Deal

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 6
FEW = 2000
# Numbers of rows end here in PostgreSQL.
LARGEST_ID = 2**63 - 1


def words_query(text: str) -> SearchQuery | None:
    """Every word of `text` as a beginning of a word; None without words. Nothing else passes."""
    raw = raw_words(text)
    return SearchQuery(raw, config="simple", search_type="raw") if raw else None


def raw_words(text: str) -> str:
    words = [word.lower().replace("ё", "е") for word in WORD.findall(text)[:MAX_WORDS]]
    return " & ".join(f"'{word}':*" for word in words)


def number_in(text: str) -> int | None:
    """The number of a deal that `text` may be: "№ 4218", "4218"."""
    number = text.strip().lstrip("№# ").replace(" ", "")
    is_number = number.isascii() and number.isdigit() and int(number) <= LARGEST_ID
    return int(number) if is_number else None


def found_deals(text: str) -> Q:
    """Deals by words of the title, by number ("№ 4218", "4218") or by the code of another system."""
    wanted = Q(external_id=text.strip())
    if (number := number_in(text)) is not None:
        wanted |= Q(pk=number)
    query = words_query(text)
    return wanted | Q(words=query) if query else wanted


def searched(deals: Any, text: str) -> Any:
    """`deals` that `text` finds; a few are looked up first, which keeps the text index in use.

    With an order and a limit PostgreSQL would rather walk all deals from the newest on, which is
    right for a word of many titles only.
    """
    every = Deal.objects.alias(words=DEAL_SEARCH).filter(found_deals(text)).order_by()
    keys = list(every.values_list("pk", flat=True)[: FEW + 1])
    if len(keys) <= FEW:
        return deals.filter(pk__in=keys)
    return deals.alias(words=DEAL_SEARCH).filter(found_deals(text))


def deal_rows(user: Any, text: str, limit: int) -> Any:
    """Deals that `user` sees, the newest first, for the global search.

    What the text index finds stands in a query of its own with a limit, which keeps the index in
    use; of a word of more than FEW titles some are shown.
    """
    if not allowed(user, "deals.view_deal"):
        return None
    return deals_as_rows(user, found_deals(text), limit)


def deals_by_words(person: Any, limit: int, text: Any, words: Any, number: Any = None) -> Any:
    wanted = Q(external_id=text)
    wanted |= Q(words=SearchQuery(words, config="simple", search_type="raw"))
    return deals_as_rows(person, wanted if number is None else wanted | Q(pk=number), limit)


def words_alone(text: str) -> dict[str, str | int]:
    """What the indexes are asked; nothing for the number of a deal, and without words."""
    words = raw_words(text)
    return {} if number_in(text) is not None or not words else {"text": text, "words": words}


def number_alone(text: str) -> dict[str, str | int]:
    number, words = number_in(text), raw_words(text)
    if number is None or not words:
        return {}
    return {"text": text.strip(), "words": words, "number": number}


def deals_as_rows(user: Any, wanted: Q, limit: int) -> Any:
    keys = Deal.objects.alias(words=DEAL_SEARCH).filter(wanted).order_by()
    deals = Deal.objects.visible_to(user).kept().filter(pk__in=keys.values("pk")[:FEW])
    # Clients and stages are looked up for those shown, not for all that the words fit.
    shown = deals.order_by("-opened_on", "-pk").values("pk")[:limit]
    return found(
        Deal.objects.filter(pk__in=shown).order_by("-opened_on", "-pk"),
        limit,
        title="title",
        opened_on="opened_on",
        client="client__name",
        stage="stage__name",
        amount=Cast("amount", TextField()),
        currency="currency",
    )


def deal_hit(row: dict[str, Any]) -> Hit:
    parts = [f"№ {row['pk']}", row["client"], row["stage"]]
    if row["amount"] is not None:
        parts.append(money_short(Decimal(row["amount"]), row["currency"]))
    return Hit(
        row["title"], reverse("deals:deal", args=[row["pk"]]), " · ".join(filter(None, parts))
    )


def newest_first(row: dict[str, Any]) -> Any:
    return -date.fromisoformat(row["opened_on"]).toordinal(), -row["pk"]


DEALS = Rows(
    deal_rows,
    deal_hit,
    newest_first,
    usual=(
        Usual(words_alone, deals_by_words, "deals.view_deal"),
        Usual(number_alone, deals_by_words, "deals.view_deal"),
    ),
)


def found_clients(user: Any, text: str) -> Any:
    """Clients that `user` sees by words of the name, INN, phone, e-mail or city."""
    clients = Client.objects.visible_to(user).kept()
    query = words_query(text.lower().replace("ё", "е"))
    if query is None:
        return clients.none() if text.strip() else clients.order_by("-pk")
    return clients.alias(words=CLIENT_SEARCH).filter(words=query).order_by("name_key", "pk")
