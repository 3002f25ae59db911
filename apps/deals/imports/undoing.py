"""Taking imported deals back."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from apps.clients.models import Client, Source
from apps.core.choices import RowStatus
from apps.core.importing import changes
from apps.core.models import ImportRow
from apps.deals.actions import assign_deal, change_deal, move_deal
from apps.deals.models import Deal, RefusalReason, Stage
from apps.staff.models import User

_FIELDS = ("title", "client_id", "amount", "currency", "expected_close_on", "source_id", "note")


def state_of(deal: Deal) -> dict[str, Any]:
    """What an undo needs to bring the deal back, as JSON."""
    fields = {name: changes.plain(getattr(deal, name)) for name in _FIELDS}
    return {
        "fields": fields,
        "owner": deal.owner_id,
        "stage": deal.stage_id,
        "closed_on": changes.plain(deal.closed_on),
        "refusal_reason": deal.refusal_reason_id,
    }


def undo_rows(rows: Sequence[ImportRow], *, by: User) -> list[int]:
    """Returns the lines of deals that were changed since: they stay as they are."""
    by_id = {row.object_id: row for row in rows if row.object_id is not None}
    locked = Deal.objects.filter(pk__in=by_id).order_by("pk").select_for_update(of=("self",))
    kept, archived = [], []
    for deal in locked:
        row = by_id[deal.pk]
        if row.before is None or deal.version != row.before["version"] or deal.archived_at:
            kept.append(row.line)
        elif row.status == RowStatus.CREATED:
            (kept.append(row.line) if _has_life(deal) else archived.append(deal))
        elif not _change_back(deal, row.before, by):
            kept.append(row.line)
    _archive(archived)
    _archive_clients([by_id[deal.pk] for deal in archived])
    return kept


def _has_life(deal: Deal) -> bool:
    """Work that people have put into the deal since."""
    return deal.activities.exists() or deal.schedule.exists()


def _archive(deals: Sequence[Deal]) -> None:
    """To the bin without the code, so that the file can be imported anew."""
    for deal in deals:
        deal.archived_at, deal.external_id = timezone.now(), ""
        deal.version += 1
    changes.save_all(deals, ["archived_at", "external_id", "version"])


def _archive_clients(rows: Sequence[ImportRow]) -> None:
    """Clients that the rows made go too, unless someone works with them."""
    made = {row.before["client"] for row in rows if row.before and "client" in row.before}
    unused = (
        Client.objects.filter(pk__in=made, version=1, archived_at=None)
        .exclude(deals__archived_at=None)
        .exclude(activities__isnull=False)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    clients = list(unused)
    for client in clients:
        client.archived_at, client.version = timezone.now(), client.version + 1
    changes.save_all(clients, ["archived_at", "version"])


def _change_back(deal: Deal, before: dict[str, Any], by: User) -> bool:
    """By the actions, like the change itself; False when a rule forbids it by now."""
    try:
        with transaction.atomic():
            _back(deal, before, by)
    except (ValidationError, PermissionDenied):
        return False
    return True


def _back(deal: Deal, before: dict[str, Any], by: User) -> None:
    if deal.stage_id != before["stage"]:
        stage = Stage.objects.get(pk=before["stage"])
        reason = RefusalReason.objects.filter(pk=before["refusal_reason"]).first()
        day = changes.value_of(Deal, "closed_on", before["closed_on"])
        deal = move_deal(deal, to=stage, by=by, on=day, reason=reason, imported=True)
    if deal.owner_id != before["owner"]:
        deal = assign_deal(deal, to=User.objects.get(pk=before["owner"]), by=by)
    kept = {name: changes.value_of(Deal, name, value) for name, value in before["fields"].items()}
    fields = {name: value for name, value in kept.items() if value != getattr(deal, name)}
    for name, model in (("client", Client), ("source", Source)):
        if f"{name}_id" in fields:
            fields[name] = model.objects.filter(pk=fields.pop(f"{name}_id")).first()
    if fields:
        change_deal(deal, by=by, **fields)
