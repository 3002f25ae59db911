"""The deal list as a file with the columns that the person has on his screen, in their order."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from apps.core.exporting import streamed
from apps.core.models import Tag
from apps.deals.choices import Outcome

# What always stands in the list, and what people choose beside it (apps.deals.views.columns).
ALWAYS = (
    "pk",
    "title",
    "client__name",
    "stage__name",
    "outcome",
    "amount",
    "currency",
    "next_step",
    "next_step_at",
    "expected_close_on",
    "owner_name",
)
BY_NAME = {
    "source": "source__name",
    "opened": "opened_on",
    "closed": "closed_on",
    "activity": "last_activity_at",
    "reason": "refusal_reason__name",
    "tags": "tag_names",
}
COMPUTED = {
    "owner_name": Concat(F("owner__last_name"), Value(" "), F("owner__first_name")),
    "tag_names": ArraySubquery(Tag.objects.filter(deals=OuterRef("pk")).values("name")),
}


def headings(names: Iterable[str]) -> list[str]:
    always = [
        _("Number"),
        _("Title"),
        _("Client"),
        _("Stage"),
        _("Outcome"),
        _("Amount"),
        _("Currency"),
        _("Next step"),
        _("When"),
        _("Expected close"),
        _("Owner"),
    ]
    chosen = {
        "source": _("Source"),
        "opened": _("Opened"),
        "closed": _("Closed"),
        "activity": _("Last activity"),
        "reason": _("Refusal reason"),
        "tags": _("Tags"),
    }
    return always + [chosen[name] for name in BY_NAME if name in set(names)]


def rows_of(deals: Any, names: Iterable[str]) -> Iterator[list[Any]]:
    """Values of the columns `names` after those that always stand; read in chunks."""
    fields = [*ALWAYS, *(field for name, field in BY_NAME.items() if name in set(names))]
    computed = {name: COMPUTED[name] for name in fields if name in COMPUTED}
    outcomes = {code: str(label) for code, label in Outcome.choices}
    at = ALWAYS.index("outcome")
    for row in streamed(deals.annotate(**computed).values_list(*fields)):
        values = [", ".join(value) if isinstance(value, list) else value for value in row]
        values[at] = outcomes[values[at]]
        yield values
